"""Words with a meaning, and the cutting of heard text into them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

NumberKind = Literal["zero", "unit", "teen", "tens", "hundreds", "thousand", "noun", "times", "key", "ordinal"]
DateKind = Literal["month", "year", "round_year"]
WordKind = NumberKind | DateKind
Mark = Literal["correct", "restart", "wrong", "right", "instead", "take_back", "end", "gap"]
"""``correct``: the next words replace the last ones. ``restart``: nothing before counts. ``wrong`` … ``right``:
"not … but". ``instead``: "instead of …". ``take_back``: the key ``*``. ``end``: the key ``#``. ``gap``: a pause, or a
word without meaning."""

_SAME_LETTER = {0x451: 0x435}
"""The letter yo is written as ye by many, and by the recognizer's model only sometimes."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that means a number or a piece of a date."""

    kind: WordKind
    value: int
    agreement: str = ""
    """Of a thousand: ``one``, ``few`` or ``many``, what may stand before it. Of one and two: ``feminine`` if so."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the digits that follow belong: «второй блок», «последние четыре»."""

    block: int | None = None
    """The block's index, from the end where it is negative; None where single digits are counted."""
    first: int | None = None
    """So many digits from the beginning; 0 where the caller does not say how many."""
    last: int | None = None
    """The same, up to the end."""


Token = Word | Mark | Place


def fold(text: str) -> str:
    """Lower case, with yo spelled as ye: the form in which words are compared."""
    return text.lower().translate(_SAME_LETTER)


class Vocabulary:
    """Cuts text into words, marks and places; every other word is a gap."""

    def __init__(
        self, words: Mapping[str, Word], marks: Mapping[str, Mark], places: Mapping[str, Place] | None = None
    ) -> None:
        self._tokens: dict[str, Token] = {**words, **marks, **(places or {})}
        self._longest = max(len(phrase.split()) for phrase in self._tokens)
        self._starts = {phrase.split()[0] for phrase in self._tokens}

    def tokens(self, text: str) -> tuple[Token, ...]:
        """The longest phrases that fit, from left to right; gaps next to each other are one."""
        words, found = fold(text).split(), list[Token]()
        while words:
            item, used = self._first(words) if words[0] in self._starts else ("gap", 1)
            if item != "gap" or (found and found[-1] != "gap"):
                found.append(item)
            del words[:used]
        return tuple(found)

    def _first(self, words: list[str]) -> tuple[Token, int]:
        for used in range(min(self._longest, len(words)), 0, -1):
            if item := self._tokens.get(" ".join(words[:used])):
                return item, used
        return "gap", 1


def settle_contrast(tokens: Iterable[Token]) -> list[Token]:
    """Turns «05, not 05 but 06» into a correction by 06; any other "not" is a correction, any other "but" a gap.

    So with «05, instead of 05 06».
    """
    settled, since = list[Token](), -1
    for item in _settle_instead(list(tokens)):
        if item == "right":
            if since >= 0 and _repeats(settled[:since], settled[since + 1 :]):
                del settled[since + 1 :]
            settled.append("gap")
            since = -1
        elif item == "wrong":
            since = len(settled)
            settled.append("correct")
        else:
            settled.append(item)
    return settled


def _settle_instead(tokens: list[Token]) -> list[Token]:
    """What follows "instead" without what was said before it; the shortest repetition is what is replaced."""
    if "instead" not in tokens:
        return tokens
    at = tokens.index("instead")
    before, after = tokens[:at], _settle_instead(tokens[at + 1 :])
    cut = next((cut for cut in range(1, len(after)) if _repeats(before, after[:cut])), 0)
    return [*before, "correct", *after[cut:]]


def _repeats(before: list[Token], after: list[Token]) -> bool:
    said, again = ([item for item in items if item != "gap"] for items in (before, after))
    return bool(again) and said[-len(again) :] == again


_DIGIT_KEYS: dict[str, Token] = {str(digit): Word("key", digit) for digit in range(10)}
_KEYS: dict[str, Token] = {**_DIGIT_KEYS, "*": "take_back", "#": "end"}


def key_tokens(keys: str) -> tuple[Token, ...]:
    """Keys as tokens: digits never join with their neighbours into a larger number."""
    return tuple(_KEYS[key] for key in keys)
