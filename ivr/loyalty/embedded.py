"""The loyalty base in the hotline's own database: what a step does to a card commits or fails with the step."""

from collections.abc import Collection, Sequence
from typing import Literal

from sqlalchemy import Connection

from ivr.clock import Clock
from ivr.loyalty.protocol import CARDS_AT_MOST, HISTORY, Activation, ContactChange
from ivr.store.cards import Card, activate, cards_of, change_contact, find_card, known_cards
from ivr.store.histories import Operation, Receipt, list_operations, list_receipts


class EmbeddedLoyalty:
    """A backend of tables."""

    kind: Literal["embedded"] = "embedded"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def base(self, conn: Connection) -> "EmbeddedBase":
        return EmbeddedBase(conn, self._clock)

    def close(self) -> None:
        """The connections are the database's."""


class EmbeddedBase:
    """The tables within one transaction. Keys of changes are not needed: a step that is repeated was not committed."""

    def __init__(self, conn: Connection, clock: Clock) -> None:
        self._conn = conn
        self._clock = clock

    def find_card(self, number: str) -> Card | None:
        return find_card(self._conn, number)

    def known_cards(self, numbers: Collection[str]) -> set[str]:
        return known_cards(self._conn, numbers)

    def cards_of(self, phone: str, most: int = CARDS_AT_MOST) -> Sequence[Card]:
        return cards_of(self._conn, phone, most)

    def receipts(self, number: str) -> Sequence[Receipt]:
        return list_receipts(self._conn, number, HISTORY)

    def operations(self, number: str) -> Sequence[Operation]:
        return list_operations(self._conn, number, HISTORY)

    def activate(self, activation: Activation, key: str) -> bool:
        return activate(
            self._conn,
            activation.number,
            name=activation.name,
            birth_date=activation.birth_date,
            phone=activation.phone,
            at=self._clock.now(),
        )

    def change_contact(self, change: ContactChange, key: str) -> bool:
        return change_contact(self._conn, change.number, change.field, change.value)
