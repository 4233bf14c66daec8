"""How people stumble: hesitations between groups, and corrections of what was just said."""

import random
from collections.abc import Mapping, Sequence

from ivr.speech.training.texts.deck import Deck
from ivr.speech.training.texts.lexis import LEXICON, Words, read_yaml, split, ways
from ivr.speech.training.texts.numerals import Group, whole

FALTERS = 0.25
"""Share of speakers who hesitate aloud at all."""


class Faltering:
    """Puts hesitations and corrections into groups of words."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._hesitations = Deck(split(ways()["hesitations"]), rng)
        marks = read_yaml(LEXICON / "speech.yaml")
        self._corrections = Deck(split((*_both(marks["correction"]), *ways()["corrections"])), rng)
        self._restarts = Deck(split((*_both(marks["restart"]), *ways()["restarts"])), rng)
        self._not, self._but = marks["contrast"]["wrong"], marks["contrast"]["right"]

    def hesitate(self, groups: Sequence[Words], share: float = FALTERS) -> Words:
        """The groups joined, with a hesitation in one place to three in a ``share`` of the texts."""
        places = set[int]()
        if self._rng.random() < share:
            places = set(self._rng.choices(range(len(groups)), k=self._rng.randint(1, 3)))
        words: list[str] = []
        for at, group in enumerate(groups):
            words += [*(self._hesitations.deal() if at in places else ()), *group]
        return tuple(words)

    def correct(self, groups: Sequence[Words], at: int, wrong: Words) -> list[Words]:
        """``wrong`` said first in place of the group ``at``, then put right."""
        right = groups[at]
        if self._rng.random() < 0.2:
            return [*groups[:at], wrong, (*self._not, *wrong, *self._but, *right), *groups[at + 1 :]]
        return [*groups[:at], wrong, self._corrections.deal(), *groups[at:]]

    def start_over(self, groups: Sequence[Words], false_start: Sequence[Words]) -> list[Words]:
        """A false start, and all of it anew."""
        return [*false_start, self._restarts.deal(), *groups]


def _both(lists: Mapping[str, list[str]]) -> list[str]:
    return [*lists["heard"], *lists["text_only"]]


def other_digits(group: Group, rng: random.Random) -> Words:
    """A group as long as this one, with one digit changed."""
    digits, at = group.digits, rng.randrange(len(group.digits))
    other = rng.choice([digit for digit in "0123456789" if digit != digits[at]])
    return whole(digits[:at] + other + digits[at + 1 :], rng).words
