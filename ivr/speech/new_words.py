"""A person's list of words for the model to learn, and what may go wrong with them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import ModelError
from ivr.speech.lexicon import Lexicon, Phones, check_spelling, pronunciations

FAR = 2


@dataclass(frozen=True, slots=True)
class Alike:
    """Two words that are easily taken for each other."""

    word: str
    other: str
    same: bool
    """They sound the same; otherwise one phone is different, more or less."""


def read_new_words(file: Path) -> dict[str, tuple[Phones, ...]]:
    """The words of a list and their pronunciations, in the order of the list.

    A word or a phrase a line. Where it is not spoken as it is written, after a tab follows how to spell it as it
    sounds (``+`` before the stressed vowel), or the phones of a word in brackets. ``#`` begins a comment. Capital
    letters become small ones.
    Raises ``ModelError``, with the line, for what is not written in Russian letters.
    """
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{file} cannot be read: write a text file in UTF-8, a word or a phrase a line.") from error
    found: dict[str, list[Phones]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        try:
            for word, ways in _words(line.partition("#")[0]):
                found.setdefault(word, []).extend(ways)
        except ModelError as error:
            raise ModelError(f"{file}:{number}: {error}") from error
    if not found:
        raise ModelError(f"{file} holds no words: write a word or a phrase a line.")
    return {word: tuple(dict.fromkeys(ways)) for word, ways in found.items()}


def _words(line: str) -> Iterator[tuple[str, tuple[Phones, ...]]]:
    written, _, respelled = (part.strip() for part in line.partition("\t"))
    words = written.lower().split()
    sounds = [respelled] if respelled.startswith("[") else respelled.lower().split()
    if sounds and len(sounds) != len(words):
        raise ModelError(
            f"{len(words)} words, but {len(sounds)} after the tab: respell each word, or the phrase word by word."
        )
    for word, sound in zip(words, sounds or words, strict=True):
        check_spelling(word)
        yield word, pronunciations([word], {word: (sound,)} if sounds else None)[word]


def merged(old: Lexicon, new: Lexicon) -> dict[str, tuple[Phones, ...]]:
    """Both; a word that is in both keeps its pronunciations and gets the new ones after them."""
    words = dict.fromkeys((*old, *new))
    return {word: tuple(dict.fromkeys((*old.get(word, ()), *new.get(word, ())))) for word in words}


def sound_alikes(new: Iterable[str], lexicon: Lexicon) -> list[Alike]:
    """Pairs of a new word and any other word that are heard as the same, or nearly: those that are the same first."""
    near: dict[Phones, set[str]] = {}
    for word, ways in lexicon.items():
        for shape in (shape for way in ways for shape in _shapes(way)):
            near.setdefault(shape, set()).add(word)
    found: dict[frozenset[str], Alike] = {}
    for word in new:
        others = set().union(*(near[shape] for way in lexicon[word] for shape in _shapes(way))) - {word}
        for other in others:
            steps = min(_steps(one, another) for one in lexicon[word] for another in lexicon[other])
            if steps < FAR:
                found.setdefault(frozenset((word, other)), Alike(word, other, same=steps == 0))
    return sorted(found.values(), key=lambda pair: (not pair.same, pair.word, pair.other))


def _shapes(way: Phones) -> Iterator[Phones]:
    """A pronunciation, and what is left of it when one phone is unknown or missing; neighbours share one of these."""
    yield way
    for at in range(len(way)):
        yield (*way[:at], "", *way[at + 1 :])
        yield (*way[:at], *way[at + 1 :])


def _steps(one: Phones, other: Phones) -> int:
    """How many phones are different, more or less: 0, 1, or ``FAR`` for anything beyond."""
    if one == other:
        return 0
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return FAR
    at = next((at for at, (left, right) in enumerate(zip(short, long, strict=False)) if left != right), len(short))
    rest = short[at:] if len(short) < len(long) else short[at + 1 :]
    return 1 if rest == long[at + 1 :] else FAR
