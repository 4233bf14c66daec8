"""How words are pronounced: by espeak-ng's Russian rules, and by a list of what it gets wrong.

The list, ``pronunciations.tsv``, has a word a line and its pronunciations after tabs, the most usual first. A
pronunciation is a respelling, with ``+`` before the stressed vowel where that is needed, or phones in square brackets.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from ivr.errors import ModelError
from ivr.speech.phones import NOISE, SILENCE, letters, phone_inventory, phones_of
from ivr.speech.synthesizer import shared_synthesizer

Phones = tuple[str, ...]
Lexicon = Mapping[str, tuple[Phones, ...]]
"""A word, and its pronunciations, the main one first."""

DICTIONARY = Path(__file__).parent / "pronunciations.tsv"
TRANSCRIPTION = Path(__file__).parent / "transcription.tsv"


def pronounce(words: Sequence[str]) -> dict[str, Phones]:
    """The main pronunciation of each word. Raises ``ModelError`` as ``pronunciations`` does."""
    return {word: ways[0] for word, ways in pronunciations(words).items()}


def pronunciations(
    words: Sequence[str], respelled: Mapping[str, Sequence[str]] | None = None
) -> dict[str, tuple[Phones, ...]]:
    """All pronunciations of each word, the main one first.

    ``respelled``: words and how to write them, in place of the list's entries.
    Raises ``ModelError`` for a word that is not in small Russian letters, or has a sound outside the inventory.
    """
    spellings = {**dictionary(), **(respelled or {})}
    return {word: _ways(word, spellings.get(word, (word,))) for word in words}


@lru_cache(maxsize=1)
def dictionary() -> dict[str, tuple[str, ...]]:
    """The list's words, and how they are respelled."""
    lines = DICTIONARY.read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]
    return {word: tuple(ways) for word, *ways in rows}


def write_lexicon(file: Path, lexicon: Lexicon) -> None:
    """A word a line, and after tabs its pronunciations, phones with spaces between them."""
    rows = ("\t".join([word, *map(" ".join, ways)]) for word, ways in sorted(lexicon.items()))
    file.write_text("".join(f"{row}\n" for row in rows), "utf-8")


def read_lexicon(file: Path) -> dict[str, tuple[Phones, ...]]:
    """What ``write_lexicon`` wrote."""
    rows = (line.split("\t") for line in file.read_text("utf-8").splitlines())
    return {word: tuple(tuple(way.split()) for way in ways) for word, *ways in rows}


def shown(phones: Phones) -> str:
    """A pronunciation as people read it, in Russian letters."""
    rows = (line.split("\t") for line in TRANSCRIPTION.read_text("utf-8").splitlines() if not line.startswith("#"))
    letter = {row[0]: row[1] for row in rows}
    return "".join(letter.get(phone, f"[{phone}]") for phone in phones)


def check_spelling(text: str) -> None:
    """Raises ``ModelError`` where a word or a respelling has something in it that is no small Russian letter."""
    wrong = sorted(set(text) - letters().known - {"-", "+"})
    if wrong or not text.strip("-+"):
        raise ModelError(
            f"{text!r} has {' '.join(wrong) or 'no letters'} in it: write it in Russian letters, as it is spoken."
        )


def _ways(word: str, spellings: Sequence[str]) -> tuple[Phones, ...]:
    return tuple(dict.fromkeys(_phones(word, spelling) for spelling in spellings))


def _phones(word: str, spelling: str) -> Phones:
    phones = tuple(spelling[1:-1].split()) if spelling.startswith("[") else _spoken(spelling)
    for phone in phones or ("nothing",):
        if phone not in phone_inventory() or phone in (SILENCE, NOISE):
            raise ModelError(f"{word}: no phone {phone!r} in the model ({spelling}). Respell the word.")
    return phones


def _spoken(spelling: str) -> Phones:
    check_spelling(spelling)
    before, plus, after = spelling.partition("+")
    if plus and (after[:1] not in letters().vowels or "+" in after):
        raise ModelError(f"{spelling}: a + stands before the stressed vowel, once. Respell the word.")
    stressed = sum(letter in letters().vowels for letter in before) if plus else None
    word = before + after
    # The full stop makes it a sentence of one word: else its stress may depend on the word after it.
    phonemes = shared_synthesizer().phonemes(f"{word}.")
    try:
        return phones_of(word, phonemes, stressed)
    except ValueError as error:
        raise ModelError(f"{error}: respell it, or write its phones in brackets.") from error
