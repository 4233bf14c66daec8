"""The sounds that the acoustic model tells apart, and how espeak-ng's Russian phonemes become them.

A phone is a string: a consonant, with ``;`` where it is palatal (``t``, ``t;``), or a vowel, with ``1`` where it is
stressed (``a``, ``a1``). espeak-ng tells what it speaks itself; people differ in three ways, which are put right here:

- a soft sign before a consonant or at the end softens: to espeak-ng the l of «ноль» is the l of «кол»;
- unstressed о and а are one vowel, short or very short by its place, and after a palatal consonant they are и;
- a doubled consonant is one phone, a longer one: CTC would ask for a silence between two that are the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

SILENCE = "SIL"
"""CTC's blank: silence, and the time inside a sound that is already told."""
NOISE = "SPN"
"""Sound that is no Russian speech: coughs, music, babble."""
INVENTORY = Path(__file__).parent / "phones.txt"
LETTERS = Path(__file__).parent / "letters.tsv"

_VOWELS = {"A": "a", "V": "a", "8": "o", "@": "a"}
"""Vowels that espeak-ng has under other names. The first letter names a vowel: ``E#`` is ``E``."""
_CONSONANTS = {"R": "r;", "N": "n", "dZ;": "tS;", "Z;": "S;", "dZ": "tS;"}
"""Likewise consonants. The last three occur in hardly a word, and become the nearest that is no rarity."""
_UNHEARD = {"@-", "I^"}
"""Vowels that espeak-ng puts between consonants and nobody hears."""
_VOWEL_LETTERS = "aieEouyIAV8@"
_ALWAYS_HARD = {"S", "Z", "ts"}
_NEVER_SOFTENED = _ALWAYS_HARD | {"j", "x"}
"""x is palatal in a handful of words only: no phone of its own."""
_MARKS = str.maketrans("", "", "',%_:!|=")
_SWALLOWED = {("t", "ts"), ("d", "ts"), ("t", "tS;"), ("d", "tS;"), ("s", "S;"), ("s", "S"), ("z", "Z")}
"""Pairs that people speak as the second, only longer."""


@dataclass(frozen=True, slots=True)
class Letters:
    """The Russian alphabet."""

    vowels: dict[str, str]
    """A vowel, and its sound under stress."""
    soft_sign: str
    heard_as: dict[str, frozenset[str]]
    """A consonant, and the phones without ``;`` that it may be heard as."""
    known: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Sound:
    """A vowel, whose name is one of ``a i y u e E o``, or a consonant. ``stress``: 0, 1, or 2 for the secondary one."""

    name: str
    stress: int = 0

    @property
    def vowel(self) -> bool:
        return self.name[0] in _VOWEL_LETTERS


@lru_cache(maxsize=1)
def phone_inventory() -> tuple[str, ...]:
    """All phones in the order of the network's outputs: ``SIL``, ``SPN``, then the sounds, sorted.

    The file is fixed: a line more or less shifts the outputs of every network that was trained before.
    """
    return tuple(INVENTORY.read_text("utf-8").split())


@lru_cache(maxsize=1)
def letters() -> Letters:
    """The alphabet with what pronunciation needs to know of it."""
    lines = LETTERS.read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return Letters(
        vowels={row[0]: row[2] for row in rows if row[1] == "vowel"},
        soft_sign=next(row[0] for row in rows if row[1] == "soft_sign"),
        heard_as={row[0]: frozenset(row[2].split()) for row in rows if row[1] == "consonant"},
        known=frozenset(row[0] for row in rows),
    )


def phones_of(word: str, phonemes: str, stressed: int | None = None) -> tuple[str, ...]:
    """The phones of a word that espeak-ng speaks as ``phonemes`` (names with spaces between them).

    ``stressed``: which vowel letter has the stress, from 0, where espeak-ng puts it on a wrong one.
    The phones need not be in the inventory: the caller knows whom to blame.
    Raises ``ValueError`` where the stress cannot be moved, since the letters' vowels are not the sounds'.
    """
    sounds = _stressed(_sounds(phonemes))
    if stressed is not None:
        sounds = _restressed(word, sounds, stressed)
    return tuple(_without_doubles(_reduced(_softened(word, sounds))))


def _sounds(phonemes: str) -> list[_Sound]:
    found: list[_Sound] = []
    for token in phonemes.split():
        name = token.translate(_MARKS)
        stress = 1 if "'" in token else 2 if "," in token else 0
        if name == ";" and found:
            found[-1] = _soft(found[-1])
        elif name in ("ja", "ju"):
            found += [_Sound("j"), _Sound(name[1], stress)]
        elif name and name != ";" and name not in _UNHEARD:
            found.append(_sound(name, stress))
    return found


def _sound(name: str, stress: int) -> _Sound:
    if name[0] not in _VOWEL_LETTERS:
        return _Sound(_CONSONANTS.get(name, name))
    vowel = _VOWELS.get(name[0], name[0])
    return _Sound("i" if vowel == "I" else vowel, stress)


def _soft(sound: _Sound) -> _Sound:
    hard = not sound.vowel and not sound.name.endswith(";") and sound.name not in _NEVER_SOFTENED
    return _Sound(f"{sound.name};") if hard else sound


def _stressed(sounds: list[_Sound]) -> list[_Sound]:
    """With one stress where espeak-ng gives none, as it does in words that lean on the next one: «может», «было»."""
    vowels = [at for at, sound in enumerate(sounds) if sound.vowel]
    first = [at for at in vowels if sounds[at].stress == 1]
    second = [at for at in vowels if sounds[at].stress == 2]
    chosen = first or second[-1:] or (vowels if len(vowels) == 1 else [])
    return [_Sound(sound.name, int(at in chosen)) if sound.vowel else sound for at, sound in enumerate(sounds)]


def _restressed(word: str, sounds: list[_Sound], stressed: int) -> list[_Sound]:
    """With the stress moved: the vowels get back what espeak-ng took from them, or lose it."""
    vowels = [at for at, sound in enumerate(sounds) if sound.vowel]
    spelled = [letter for letter in word if letter in letters().vowels]
    if len(vowels) != len(spelled) or stressed >= len(vowels):
        raise ValueError(f"{word}: {len(spelled)} vowels are written, {len(vowels)} are spoken")
    made = list(sounds)
    for syllable, (at, letter) in enumerate(zip(vowels, spelled, strict=True)):
        husher = at > 0 and sounds[at - 1].name in _ALWAYS_HARD
        name = _vowel(letters().vowels[letter], syllable == stressed, husher)
        made[at] = _Sound(name, int(syllable == stressed))
    return made


def _vowel(written: str, stressed: bool, husher: bool) -> str:
    """What a vowel letter sounds like. ``husher``: after a consonant that no letter makes palatal."""
    if stressed:
        return {"e": "E", "i": "y"}.get(written, written) if husher else written
    return {"o": "a", "e": "y" if husher else "i", "i": "y" if husher else "i"}.get(written, written)


def _softened(word: str, sounds: list[_Sound]) -> list[_Sound]:
    """With the consonants palatal that stand before a soft sign. Vowels, which both have, lead from letter to sound."""
    alphabet = letters()
    places = [-1, *(at for at, sound in enumerate(sounds) if sound.vowel), len(sounds)]
    syllable, made = 0, list(sounds)
    if sum(letter in alphabet.vowels for letter in word) != len(places) - 2:
        return made
    for letter, following in pairwise(f"{word} "):
        syllable += letter in alphabet.vowels
        if following == alphabet.soft_sign and letter in alphabet.heard_as:
            for at in range(places[syllable] + 1, places[syllable + 1]):
                if made[at].name.rstrip(";") in alphabet.heard_as[letter]:
                    made[at] = _soft(made[at])
                    break
    return made


def _reduced(sounds: list[_Sound]) -> list[str]:
    stressed = [at for at, sound in enumerate(sounds) if sound.stress]
    vowels = [at for at, sound in enumerate(sounds) if sound.vowel]
    full = {at for at, following in pairwise(vowels) if following in stressed} | {0}
    return [_phone(sounds, at, at in full) for at in range(len(sounds))]


def _phone(sounds: list[_Sound], at: int, full: bool) -> str:
    """``full``: at the beginning or right before the stress, where an unstressed vowel is not yet a mere breath."""
    sound = sounds[at]
    if not sound.vowel:
        return sound.name
    if sound.stress or sound.name in "eEo":  # without stress these three are foreign and rare: no phones of their own
        return f"{'E' if sound.name == 'e' and not sound.stress else sound.name}1"
    if sound.name != "a":
        return sound.name
    after_soft = at > 0 and (sounds[at - 1].name.endswith(";") or sounds[at - 1].name == "j")
    if after_soft and at < len(sounds) - 1:
        return "i"
    return "a" if full else "V"


def _without_doubles(phones: Sequence[str]) -> list[str]:
    made: list[str] = []
    for phone in phones:
        if made and (_same(made[-1], phone) or (made[-1].rstrip(";"), phone) in _SWALLOWED):
            made.pop()
        made.append(phone)
    return made


def _same(left: str, right: str) -> bool:
    return left == right or (left.rstrip(";") == right.rstrip(";") and "S" not in left)
