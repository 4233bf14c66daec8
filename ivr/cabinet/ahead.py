"""What a loyalty base over HTTP is asked before a transaction opens, and told again inside it.

A writing transaction holds the lock that all calls wait for, and the base may take seconds. The base in the hotline's
own tables is asked within the transaction: there it is cheap, and nothing can change in between.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Literal

from sqlalchemy import Connection

from ivr.cabinet.setting import CabinetSetting
from ivr.errors import LoyaltyUnavailable
from ivr.loyalty.http import HttpLoyalty
from ivr.loyalty.protocol import CARDS_AT_MOST, Activation, ContactChange, LoyaltyBase
from ivr.store.cards import Card
from ivr.store.histories import Operation, Receipt


def asked_ahead(setting: CabinetSetting, ask: Callable[[LoyaltyBase], object]) -> CabinetSetting:
    """The setting of one request, with what ``ask`` asks known already. Call it while no transaction is open."""
    loyalty = setting.desk.loyalty
    if not isinstance(loyalty, HttpLoyalty):
        return setting
    known = KnownAhead(loyalty)
    known.prepare(ask)
    return replace(setting, desk=replace(setting.desk, loyalty=known))


class KnownAhead:
    """A backend for one request: reads are asked once and remembered, changes go through.

    A base that was away while it was asked ahead stays away: nobody waits for it a second time.
    """

    kind: Literal["http"] = "http"

    def __init__(self, base: HttpLoyalty) -> None:
        self._base = base
        self._cards: dict[str, Card | None] = {}
        self._of_phone: dict[tuple[str, int], Sequence[Card]] = {}
        self._operations: dict[str, Sequence[Operation]] = {}
        self._away: LoyaltyUnavailable | None = None

    def prepare(self, ask: Callable[[LoyaltyBase], object]) -> None:
        """Ask; a base that is away is told of inside the transaction."""
        try:
            ask(self)
        except LoyaltyUnavailable as error:
            self._away = error

    def base(self, conn: Connection) -> "KnownAhead":
        return self

    def close(self) -> None:
        """The connections are those of the backend that all share."""

    def _there(self) -> HttpLoyalty:
        if self._away is not None:
            raise self._away
        return self._base

    # -- the base -----------------------------------------------------------------------------------------------------

    def find_card(self, number: str) -> Card | None:
        base = self._there()
        if number not in self._cards:
            self._cards[number] = base.find_card(number)
        return self._cards[number]

    def cards_of(self, phone: str, most: int = CARDS_AT_MOST) -> Sequence[Card]:
        base = self._there()
        if (phone, most) not in self._of_phone:
            found = self._of_phone[phone, most] = base.cards_of(phone, most)
            self._cards.update((card.number, card) for card in found)
        return self._of_phone[phone, most]

    def operations(self, number: str) -> Sequence[Operation]:
        base = self._there()
        if number not in self._operations:
            self._operations[number] = base.operations(number)
        return self._operations[number]

    def known_cards(self, numbers: Collection[str]) -> set[str]:
        return self._there().known_cards(numbers)

    def receipts(self, number: str) -> Sequence[Receipt]:
        return self._there().receipts(number)

    def activate(self, activation: Activation, key: str) -> bool:
        return self._there().activate(activation, key)

    def change_contact(self, change: ContactChange, key: str) -> bool:
        return self._there().change_contact(change, key)
