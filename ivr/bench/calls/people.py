"""Who calls: a telephone and a card of their own for every call, so that no limit on codes stops the run.

The card is a copy of the fictional card that the scenario speaks of. Its first eight digits stay, so that halves of
numbers and their read-backs go on to fit.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ivr.store.cards import SAMPLE

KEPT_DIGITS = 8
_TAILS = 10**KEPT_DIGITS
_TAIL_STEP = 61_803_399
"""Shares no divisor with the number of tails, so each comes once; neighbours differ in most digits."""
_PREFIXES = 10**5
_PREFIX_STEP = 38_197
"""The same for telephones: codes are counted by a number's beginning as well."""
_LINE = 4


@dataclass(frozen=True, slots=True)
class Person:
    """One caller of the run."""

    phone: str
    """E.164."""
    tail: str
    """The last eight digits of the card's number."""

    def card(self, sample: str) -> str:
        """This caller's copy of the card ``sample``."""
        return sample[:KEPT_DIGITS] + self.tail


def person(seed: int, index: int) -> Person:
    """The caller of the run's call ``index``, below a hundred thousand; the same for the same seed."""
    prefix = (seed + index * _PREFIX_STEP) % _PREFIXES
    tail = (seed + (index + 1) * _TAIL_STEP) % _TAILS
    return Person(f"+79{prefix:05}{tail % 10**_LINE:0{_LINE}}", f"{tail:0{KEPT_DIGITS}}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A card that a call needs: a copy of ``sample`` for ``who``. ``caller``: the number that the sample is left."""

    sample: str
    who: Person
    caller: str


def sample_rows() -> dict[str, dict[str, str]]:
    """The fictional cards as they are written in their file, by number."""
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        return {row["number"]: row for row in csv.DictReader(file)}


def write_cards(path: Path, wanted: Iterable[Wanted]) -> None:
    """A file for ``import_cards``."""
    samples = sample_rows()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(next(iter(samples.values()))))
        writer.writeheader()
        writer.writerows(_row(samples[one.sample], one) for one in wanted)


def _row(sample: dict[str, str], wanted: Wanted) -> dict[str, str]:
    phone = wanted.who.phone if sample["phone"] == wanted.caller else sample["phone"]
    return sample | {"number": wanted.who.card(wanted.sample), "phone": phone}
