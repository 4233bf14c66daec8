"""Lists for the recognizer."""

from collections.abc import Iterable


def ordered_pairs(words: Iterable[str]) -> str:
    """One phrase that holds every ordered pair of the words, a word with itself too.

    The recognizer makes a bigram model of its list. With this phrase any word may follow any other at the least cost; a
    list of single words makes each further digit about one nat dearer, and digits get lost.
    """
    left = {word: list(words) for word in words}
    stack, tour = list(left)[:1], list[str]()
    while stack:
        if left[stack[-1]]:
            stack.append(left[stack[-1]].pop())
        else:
            tour.append(stack.pop())
    return " ".join(tour)


def with_ordered_pairs(words: Iterable[str], around: Iterable[str]) -> tuple[str, ...]:
    """The list for an answer that is a string of ``words``; phrases ``around`` it stand alone."""
    words = tuple(dict.fromkeys(words))
    return tuple(dict.fromkeys((ordered_pairs(words), *words, *around)))
