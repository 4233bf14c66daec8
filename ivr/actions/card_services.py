"""What actions may ask about cards. Everything that goes to the loyalty base may raise ``LoyaltyUnavailable``.

An action need not catch it: ``ivr.actions.Action`` turns it into the outcome ``unavailable``.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Literal, Protocol

from ivr.actions.rules import Rules

ContactField = Literal["phone", "email"]
WayResult = Literal["helped", "failed"]


class CardFacts(Protocol):
    """A card of the loyalty base."""

    @property
    def status(self) -> str:
        """``issued`` (waits for activation), ``active``, ``blocked``, ``excluded`` or ``replaced``."""
        ...

    @property
    def name(self) -> str | None: ...
    @property
    def birth_date(self) -> date | None: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def balance(self) -> int:
        """Points."""
        ...

    @property
    def reason(self) -> str | None:
        """A code: why the card is blocked, excluded or replaced."""
        ...

    @property
    def activated_at(self) -> datetime | None:
        """None also for a card of old."""
        ...

    @property
    def issued_at(self) -> datetime | None:
        """When it was handed out, where that is known."""
        ...


class ReceiptFacts(Protocol):
    """A purchase with the card."""

    @property
    def at(self) -> datetime: ...
    @property
    def shop(self) -> str:
        """As it is to be spoken."""
        ...

    @property
    def tobacco(self) -> bool: ...
    @property
    def spend(self) -> str:
        """``none``: no points were asked for; ``spent``; ``refused``: the till was asked and did not take them."""
        ...

    @property
    def points_due(self) -> int:
        """What the purchase earns on an active card."""
        ...


class OperationFacts(Protocol):
    """Points that came or went."""

    @property
    def at(self) -> datetime: ...
    @property
    def points(self) -> int:
        """More than zero: credited; less: debited."""
        ...

    @property
    def cause(self) -> str:
        """``purchase``, ``gift``, ``spent``, ``refund`` or ``correction``."""
        ...


class CardServices(Protocol):
    """Cards, proofs, and the ways that were tried."""

    @property
    def rules(self) -> Rules: ...

    def now(self) -> datetime: ...

    def find_card(self, number: str) -> CardFacts | None: ...

    def known_cards(self, numbers: Collection[str]) -> set[str]:
        """Those of the numbers that are cards, whatever their status."""
        ...

    def activate(self, number: str, name: str, birth_date: date, phone: str | None) -> bool:
        """False when the card was not waiting for activation. ``phone`` None keeps the one on file."""
        ...

    def receipts(self, number: str) -> Sequence[ReceiptFacts]:
        """The last purchases, newest first."""
        ...

    def operations(self, number: str) -> Sequence[OperationFacts]:
        """The last operations with points, newest first."""
        ...

    def note_consent(self, phone: str, number: str) -> None:
        """Write down that the holder of a phone (E.164) agreed to the handling of the data of a card."""
        ...

    def change_contact(self, number: str, field: ContactField, value: str) -> bool:
        """Put another phone (E.164) or e-mail on file. False where the card is not known or not in use."""
        ...

    def proof_of(self, number: str) -> str:
        """What the fact ``verified`` holds once this call has proven to hold this card's phone."""
        ...

    def way_failed(self, way: str, card_number: str | None) -> bool:
        """True when this way was tried lately by the caller, or for the card, and did not help the last time."""
        ...

    def note_way(self, way: str, result: WayResult, card_number: str | None) -> None:
        """Remember how a way went, for the caller and, where it is given, for the card."""
        ...

    def text_steps(self, phone: str, text: str) -> bool:
        """Send steps by SMS; the same text is sent once in a call. False when this phone had enough of them."""
        ...

    def since_in_words(self, moment: datetime | None) -> str:
        """A fact: the day, or words for a time long ago where it is None."""
        ...

    def points_in_words(self, points: int) -> str:
        """A fact: how many points, with the word itself."""
        ...

    def operation_in_words(self, operation: OperationFacts) -> str:
        """A fact: the day, whether points came or went, how many."""
        ...

    def no_operations_in_words(self) -> str:
        """A fact: that there were none."""
        ...

    def reason_in_words(self, reason: str | None) -> str:
        """A fact: why a card is blocked, excluded or replaced."""
        ...
