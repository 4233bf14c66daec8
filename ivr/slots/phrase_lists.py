"""Lists for the recognizer."""

from collections.abc import Iterable

FILLER_WEIGHT = 0.25
"""How often a filler is said, as a part of how often a word of numbers is."""


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


def with_ordered_pairs(
    words: Iterable[str],
    fillers: Iterable[str],
    rare: Iterable[str],
    frequent: Iterable[tuple[Iterable[str], int]] = (),
) -> tuple[str, ...]:
    """The list for an answer that is a string of ``words``, with what stands around it.

    A phrase counts as often as it is listed. Each word is in the pairs once for every other word; a filler that is
    listed once would be so unlikely beside them that number words are heard in its place. ``rare`` phrases are listed
    once: they change what was said, so hearing one by mistake costs more than missing one. Each group of ``frequent``
    words has its pairs so many times more.
    """
    words = tuple(dict.fromkeys(words))
    often = max(1, round(len(words) * FILLER_WEIGHT))
    pairs = [ordered_pairs(words), *(ordered_pairs(group) for group, times in frequent for _ in range(times))]
    return (*pairs, *words, *(filler for filler in dict.fromkeys(fillers) for _ in range(often)), *rare)
