"""What a message to the short number comes to: a whole form, or the one fault that its sender can mend."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol, get_args

FaultKind = Literal[
    "empty",
    "too_long",
    "nothing",
    "hidden",
    "two_cards",
    "no_card",
    "card_too_short",
    "card_too_long",
    "card_series",
    "card_check_digit",
    "two_dates",
    "no_date",
    "date_impossible",
    "date_future",
    "date_too_old",
    "date_ambiguous",
    "date_incomplete",
    "no_name",
    "only_surname",
    "name_unreadable",
    "too_many_names",
]
"""``nothing``: neither a number nor a date nor a known name is in it. ``hidden``: asterisks stand for digits, as in our
own answers. ``date_ambiguous``: of two centuries or of two days, neither is likelier. ``date_incomplete``: a day, a
month or a year is missing. ``only_surname``: a surname or patronymic without a first name."""
Verdict = Literal["accepted", "limited", "unavailable"]
"""Of a whole form, once it was taken further. ``accepted`` says nothing of the card: the answer is the same for a known
and an unknown one. ``limited``: too many tries. ``unavailable``: the loyalty base is away."""
Part = Literal["name", "card", "date"]
PARTS: tuple[Part, ...] = get_args(Part)
FAULTS: tuple[FaultKind, ...] = get_args(FaultKind)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
WHOLE: frozenset[str] = frozenset({"empty", "too_long", "nothing", "hidden"})
"""Faults of the message as a whole."""
AT_FAULT: Mapping[str, Part] = {
    **dict.fromkeys(
        ("two_cards", "no_card", "card_too_short", "card_too_long", "card_series", "card_check_digit"), "card"
    ),
    **dict.fromkeys(
        (
            *("two_dates", "no_date", "date_impossible", "date_future", "date_too_old"),
            *("date_ambiguous", "date_incomplete"),
        ),
        "date",
    ),
    **dict.fromkeys(("no_name", "only_surname", "name_unreadable", "too_many_names"), "name"),
}
"""The part in which every other fault is."""


class CardScheme(Protocol):
    """What a card number looks like; ``ivr.hotline.CardScheme`` is one."""

    @property
    def length(self) -> int:
        """Digits."""
        ...

    @property
    def series(self) -> tuple[str, ...]:
        """First digits; empty takes any."""
        ...

    @property
    def luhn(self) -> bool:
        """True where the last digit is a check digit."""
        ...


@dataclass(frozen=True, slots=True)
class Understood:
    """What was read, part by part. Personal data: ``repr`` shows none of it."""

    name: tuple[str, ...] = field(default=(), repr=False)
    """Up to four lower-case Russian words: the first name, the patronymic, then the rest; empty where there is none."""
    first_names: tuple[str, ...] = field(default=(), repr=False)
    """The full names that the first one may stand for, the likeliest first, as the slot type ``person_name`` gives
    them. Of a mended slip the last one is what was written."""
    card_number: str | None = field(default=None, repr=False)
    """A number of the right length; in a fault of the series or the check digit it is not a right one."""
    birth_date: date | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SmsForm:
    """A whole form. Personal data: ``repr`` shows none of it."""

    name: tuple[str, ...] = field(repr=False)
    first_names: tuple[str, ...] = field(repr=False)
    card_number: str = field(repr=False)
    birth_date: date = field(repr=False)

    @property
    def understood(self) -> Understood:
        return Understood(self.name, self.first_names, self.card_number, self.birth_date)


@dataclass(frozen=True, slots=True)
class SmsFault:
    """The most helpful fault, and what was understood of the rest."""

    kind: FaultKind
    understood: Understood = Understood()
    count: int = 0
    """Digits of a card number that is too short or too long."""
