"""Calls with the fictional cards on the real services, for tests of what actions decide."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ivr.actions import load_actions
from ivr.actions.services import Context
from ivr.clock import SetClock
from ivr.dialog.events import Finished
from ivr.hotline import Hotline
from ivr.loyalty.embedded import EmbeddedLoyalty
from ivr.loyalty.protocol import LoyaltyBackend
from ivr.services import CallServices, Desk
from ivr.store.cards import sample_cards
from ivr.store.db import Database
from tests.assembly import services_desk

ACTIONS = load_actions()
CALLER = "+79160000102"


class World:
    """Calls with the fictional cards; every action runs in a transaction of its own."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self.database = database
        self.desk = desk

    @contextmanager
    def services(self, call: str = "CA1", caller: str = CALLER) -> Iterator[CallServices]:
        with self.database.transaction() as conn:
            yield self.desk(conn, call, caller)

    def run(
        self,
        name: str,
        card: str | None = None,
        *,
        proven: str | None = None,
        call: str = "CA1",
        caller: str = CALLER,
        **more: Mapping[str, str],
    ) -> Finished:
        """Run an action about ``card``, in a call in which the code for ``proven`` was entered."""
        with self.services(call, caller) as services:
            slots = ({"card_number": card} if card else {}) | dict(more.get("slots", {}))
            facts = ({"verified": services.proof_of(proven)} if proven else {}) | dict(more.get("facts", {}))
            context = Context(call, self.desk.caller_phone(caller), slots, args=more.get("args", {}), facts=facts)
            return ACTIONS[name].run(context, services)

    def proven(self, name: str, card: str, **slots: str) -> Finished:
        return self.run(name, card, proven=card, slots=slots)


def make_world(database: Database, hotline: Hotline, clock: SetClock, loyalty: LoyaltyBackend | None = None) -> World:
    """``loyalty`` None: the fictional cards are in the hotline's own database."""
    if loyalty is None:
        with database.transaction() as conn:
            sample_cards(conn)
    desk = services_desk(hotline, clock, loyalty=loyalty or EmbeddedLoyalty(clock))
    return World(database, desk)
