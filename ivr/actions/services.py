"""What actions may ask of the world. ``ivr.services`` gives it to them inside the step's transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

CodeVerdict = Literal["right", "wrong", "spent", "expired", "none"]


@dataclass(frozen=True, slots=True)
class Context:
    """The call, as an action sees it."""

    call_sid: str
    caller: str | None
    """The caller's phone in E.164 where it can receive SMS; None for a withheld or foreign number."""
    slots: Mapping[str, str]
    candidates: tuple[str, ...] = ()
    """Readings of the open question's answer, best first."""


class CardFacts(Protocol):
    """A card of the loyalty base."""

    @property
    def status(self) -> str: ...
    @property
    def birth_date(self) -> date | None: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def activated_at(self) -> datetime | None: ...


class Services(Protocol):
    """Everything an action may do. All of it belongs to the step's transaction."""

    def find_card(self, number: str) -> CardFacts | None: ...

    def known_cards(self, numbers: Collection[str]) -> set[str]:
        """Those of the numbers that are cards, whatever their status."""
        ...

    def activate(self, number: str, name: str, birth_date: date, phone: str | None) -> bool:
        """False when the card was not waiting for activation."""
        ...

    def offer_code(self, card_number: str, phone: str | None) -> bool:
        """Send a code to ``phone``, or pretend to where it is None. False when the limits forbid another one."""
        ...

    def check_code(self, card_number: str, code: str) -> CodeVerdict: ...

    def register_appeal(self, category: str, card_number: str | None) -> str:
        """The appeal's number, eight digits."""
        ...

    def operators_work(self) -> bool:
        """True inside working hours."""
        ...

    def date_in_words(self, day: date) -> str:
        """A fact: pieces with ``|`` between them."""
        ...

    def digits_in_words(self, digits: str) -> str:
        """A fact: read in pairs, pieces with ``|`` between them."""
        ...

    def local_date(self, moment: datetime) -> date:
        """The day in the hotline's zone."""
        ...
