"""How often somebody may guess a password: counted for the name and for the address, by all processes together."""

import hmac
from dataclasses import dataclass
from datetime import timedelta

from ivr.clock import Clock
from ivr.store.db import Database
from ivr.store.sign_ins import came_in, note_attempt, refused_since

WINDOW = timedelta(minutes=15)
PER_NAME = 5
PER_ADDRESS = 20
"""An address is a whole call centre's at times, so it may fail more often than a name."""


@dataclass(frozen=True, slots=True)
class SignInLimits:
    """Counts attempts. ``key`` makes the digests that are stored instead of names and addresses."""

    db: Database
    clock: Clock
    key: bytes

    def begin(self, name: str, address: str) -> int | None:
        """The attempt's number; None where too many have failed, and this one is not to be looked at."""
        name_key, address_key = self._digest("name", name.casefold()), self._digest("address", address)
        now = self.clock.now()
        with self.db.transaction() as conn:
            refused = refused_since(conn, now - WINDOW)
            of_name = sum(1 for key, _ in refused if key == name_key)
            of_address = sum(1 for _, key in refused if key == address_key)
            if of_name >= PER_NAME or of_address >= PER_ADDRESS:
                return None
            return note_attempt(conn, name_key, address_key, now)

    def succeed(self, attempt: int) -> None:
        """The password was right: the attempt counts against nobody."""
        with self.db.transaction() as conn:
            came_in(conn, attempt)

    def _digest(self, what: str, value: str) -> str:
        return hmac.new(self.key, f"{what}|{value}".encode(), "sha256").hexdigest()[:32]
