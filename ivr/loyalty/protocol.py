"""The port to the loyalty base, and how it can fail.

LoyaltyUnavailable            nothing is known of cards now (``ivr.errors``)
├── LoyaltySilentError        no answer in time, a server error, or the circuit is open
├── LoyaltyRefusedError       it refuses the hotline: a wrong token, or a request that it does not understand
└── LoyaltyMisfitError        its answer does not fit docs/loyalty-api.yaml
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from sqlalchemy import Connection

from ivr.errors import LoyaltyUnavailable
from ivr.store.cards import Card, ContactField
from ivr.store.histories import Operation, Receipt

HISTORY = 50
"""Receipts and operations that are looked at: what is older explains nothing."""


CARDS_AT_MOST = 20
"""Cards of one phone that are shown: a family has a few."""
EVERY_CARD = 1000
"""Cards of one phone that are erased; a base is asked for no more at once."""


class LoyaltySilentError(LoyaltyUnavailable):
    """No answer. ``retry``: the same request may succeed at once."""

    def __init__(self, text: str, *, retry: bool) -> None:
        super().__init__(text)
        self.retry = retry


class LoyaltyRefusedError(LoyaltyUnavailable):
    """The base refuses the hotline."""


class LoyaltyMisfitError(LoyaltyUnavailable):
    """The base answers otherwise than its contract says."""


@dataclass(frozen=True, slots=True)
class Activation:
    """What an activation puts on file."""

    number: str
    name: str
    birth_date: date
    phone: str | None
    """E.164; None keeps the one on file."""


@dataclass(frozen=True, slots=True)
class ContactChange:
    """Another phone or e-mail for a questionnaire."""

    number: str
    field: ContactField
    value: str
    """E.164 for a phone."""


class LoyaltyBase(Protocol):
    """Cards and what happened on them. Every method may raise ``LoyaltyUnavailable``.

    ``key`` makes a change safe to repeat: with the same key it is done once and answered alike.
    """

    def find_card(self, number: str) -> Card | None:
        """The card, whatever its status."""
        ...

    def known_cards(self, numbers: Collection[str]) -> set[str]:
        """Those of the numbers that are cards."""
        ...

    def cards_of(self, phone: str, most: int = CARDS_AT_MOST) -> Sequence[Card]:
        """The cards with this phone (E.164) in their questionnaire, whatever their status, by number; ``most``."""
        ...

    def receipts(self, number: str) -> Sequence[Receipt]:
        """The last ``HISTORY`` purchases, newest first; none for an unknown card."""
        ...

    def operations(self, number: str) -> Sequence[Operation]:
        """The last ``HISTORY`` operations with points, newest first; none for an unknown card."""
        ...

    def activate(self, activation: Activation, key: str) -> bool:
        """Make an issued card active. False, and nothing is changed, for any other."""
        ...

    def change_contact(self, change: ContactChange, key: str) -> bool:
        """Put a contact on file. False, and nothing is changed, where the card is not known or not in use."""
        ...


class LoyaltyBackend(Protocol):
    """Gives each step of a call its base."""

    @property
    def kind(self) -> Literal["embedded", "http"]: ...

    def base(self, conn: Connection) -> LoyaltyBase:
        """The base for one step; ``conn`` is the step's transaction."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...
