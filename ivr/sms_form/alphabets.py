"""Letters of the wrong kind: look-alikes, the other keyboard layout, Latin spellings of Russian words.

Two spellings of one word have one *sound*: both are brought to a plain Latin alphabet in which what writers exchange is
the same letter. «Юлия», ``Yuliya``, ``Iuliia`` and ``Julia`` all sound ``iulia``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from ivr.slots.words import fold

LATIN = re.compile("[a-z]")
SPELLINGS_AT_MOST = 16
"""Of one word: four letters that can be read in two ways."""

_PAIRS = (
    ("shch", "S"), ("sch", "S"), ("tch", "C"), ("sh", "S"), ("ch", "C"), ("zh", "Z"), ("kh", "H"), ("ts", "T"),
    ("tz", "T"), ("ph", "f"), ("th", "t"), ("ck", "k"), ("yo", "e"), ("jo", "e"), ("io", "e"), ("ye", "e"), ("je", "e"),
    ("x", "ks"), ("w", "v"), ("q", "k"), ("h", "H"), ("c", "k"), ("y", "i"), ("j", "i"), ("'", ""),
)  # fmt: skip
_SOUND = re.compile("|".join(re.escape(pair) for pair, _ in _PAIRS))
_SOUNDS = dict(_PAIRS)
_DOUBLED = re.compile(r"(.)\1+")
_OTHERWISE: Mapping[str, tuple[str, ...]] = {
    "ch": ("ch", "kh", "k"),
    "j": ("j", "zh"),
    "c": ("k", "ts"),
    "x": ("x", "kh"),
    "w": ("w", "sh"),
}
"""Latin letters that writers use for several sounds."""
_EITHER = re.compile("ch|[jcxw]")
_SOFT_VOWELS = {"yu": "u", "ya": "a"}
"""«Lubov», «sentabra»: after a consonant the i is often left out."""


@dataclass(frozen=True, slots=True)
class Alphabets:
    """Tables of letters, from ``grammars/sms.yaml``; all of them lower case."""

    vowels: frozenset[str]
    lookalikes: Mapping[str, str]
    digits: Mapping[str, str]
    foreign: Mapping[str, str]
    to_cyrillic_keys: Mapping[str, str]
    """The layout: what stands on the same key."""
    to_latin_keys: Mapping[str, str]
    latin: Mapping[str, str]
    cyrillic: Mapping[str, str]
    endings: Mapping[str, str]

    def plain(self, word: str) -> str:
        """Lower case, ё as е, letters of neighbouring alphabets as Russian ones."""
        return "".join(self.foreign.get(letter, letter) for letter in fold(word))

    def without_lookalikes(self, word: str) -> str:
        """The word with its Latin letters and its digits as the Cyrillic ones that they look like."""
        return "".join(self.lookalikes.get(letter, letter) for letter in word)

    def other_layout(self, word: str) -> str:
        """What the same keys type in the other layout."""
        keys = self.to_cyrillic_keys if LATIN.search(word) else self.to_latin_keys
        return "".join(keys.get(letter, letter) for letter in word)

    def sounds(self, word: str) -> tuple[str, ...]:
        """The sounds that a lower-case word may have, in either alphabet, the likeliest first."""
        if not LATIN.search(word):
            latin = [self.latin.get(letter, letter) for letter in word]
            shortened = "".join(_SOFT_VOWELS.get(letter, letter) for letter in latin)
            return tuple(dict.fromkeys((_sound("".join(latin)), _sound(shortened))))
        return tuple(dict.fromkeys(map(_sound, _spellings(word))))

    def in_cyrillic(self, word: str) -> str:
        """A lower-case Latin word letter by letter, where no list knows it."""
        ending = next((end for end in sorted(self.endings, key=len, reverse=True) if word.endswith(end)), "")
        if ending and len(word) == len(ending):
            ending = ""
        stem = word[: len(word) - len(ending)]
        return "".join(self._cyrillic_pieces(stem)) + self.endings.get(ending, "")

    def _cyrillic_pieces(self, word: str) -> Iterator[str]:
        at, longest = 0, max(map(len, self.cyrillic))
        while at < len(word):
            sizes = range(longest, 0, -1)
            size = next((size for size in sizes if word[at : at + size] in self.cyrillic), 1)
            piece = word[at : at + size]
            yield self.cyrillic.get(piece, piece if piece == "-" or not piece.isascii() else "")
            at += len(piece)

    def is_russian(self, word: str) -> bool:
        """True for letters of the Russian alphabet, with hyphens between them."""
        return bool(word) and all(part and all(letter in self.latin for letter in part) for part in word.split("-"))


def _spellings(word: str) -> Iterator[str]:
    """The word with each doubtful letter in every way, as it is written first."""
    cuts = [match.span() for match in _EITHER.finditer(word)][:4]
    choices, at = list[tuple[str, ...]](), 0
    for start, end in cuts:
        choices += [(word[at:start],), _OTHERWISE[word[start:end]]]
        at = end
    for count, pieces in enumerate(product(*choices, (word[at:],))):
        if count < SPELLINGS_AT_MOST:
            yield "".join(pieces)


def _sound(latin: str) -> str:
    return _DOUBLED.sub(r"\1", _SOUND.sub(lambda match: _SOUNDS[match[0]], latin))
