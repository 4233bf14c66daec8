"""How much one address and one phone may do in the cabinet: counted in the database for all processes.

Tries for one code, one phone and one card have limits of their own; see ``ivr.codes``. Behind one address of a mobile
network stand many people, so those of an address are wide: they are there for who tries a guess at each of many phones,
and for who keeps the loyalty base busy with questions that cost him nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from ivr.clock import Clock
from ivr.store.visits import count_wrong_entries, note_wrong_entry

WINDOW = timedelta(minutes=15)
PER_ADDRESS = 30
"""Wrong codes."""
ASKED_PER_ADDRESS = 60
"""Codes that are asked for, sent or not: thrice the codes that an address is sent in an hour."""
DAY = timedelta(days=1)
WISHES_PER_DAY = 4
"""Names and dates that one phone may want changed: an operator looks at each, and each number is an SMS."""
CONSENTS_PER_DAY = 10
"""Times that one phone may give a consent; it is withdrawn as often as its holder likes, which adds no row."""


@dataclass(frozen=True, slots=True)
class EntryLimits:
    """Counts wrong codes. ``key_of`` makes the digests that are stored instead of addresses."""

    key_of: Callable[[str, str], str]
    clock: Clock

    def exhausted(self, conn: Connection, address: str) -> bool:
        """True where this address may enter no code now."""
        return self._count(conn, "address", address) >= PER_ADDRESS

    def note(self, conn: Connection, address: str) -> None:
        """A code was wrong."""
        note_wrong_entry(conn, self.key_of("address", address), self.clock.now())

    def may_ask(self, conn: Connection, address: str) -> bool:
        """Count a code that is asked for; False where this address has asked for too many."""
        if self._count(conn, "asking", address) >= ASKED_PER_ADDRESS:
            return False
        note_wrong_entry(conn, self.key_of("asking", address), self.clock.now())
        return True

    def _count(self, conn: Connection, kind: str, address: str) -> int:
        return count_wrong_entries(conn, self.key_of(kind, address), self.clock.now() - WINDOW)
