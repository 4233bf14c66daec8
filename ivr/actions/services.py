"""What actions may ask of the world. ``ivr.services`` gives it to them inside the step's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

from ivr.actions.appeal_services import AppealServices
from ivr.actions.card_services import CardFacts, CardServices
from ivr.actions.line_services import LineServices

__all__ = ["CardFacts", "CodeOffer", "CodeVerdict", "Context", "Services"]

CodeOffer = Literal["sent", "limited", "paused"]
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
    args: Mapping[str, str] = field(default_factory=dict)
    """Constants that the form gives, as its ``with`` says."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """All that is known of the call besides the caller's answers."""


class Services(CardServices, AppealServices, LineServices, Protocol):
    """Everything an action may do. All of it belongs to the step's transaction."""

    def offer_code(self, card_number: str, phone: str | None) -> CodeOffer:
        """Send a code to ``phone``, or pretend to where it is None. ``limited``: this asker has had too many;
        ``paused``: nobody is sent any for the time being."""
        ...

    def check_code(self, card_number: str, code: str) -> CodeVerdict: ...

    def date_in_words(self, day: date) -> str:
        """A fact: pieces with ``|`` between them."""
        ...

    def digits_in_words(self, digits: str) -> str:
        """A fact: read in pairs, pieces with ``|`` between them."""
        ...

    def local_date(self, moment: datetime) -> date:
        """The day in the hotline's zone."""
        ...
