"""Who is in the cabinet: visits in the database, and what a browser keeps between a form and its code.

The browser's token is random and stands nowhere else; the database knows its keyed digest. What is kept in the browser
before there is a visit is sealed: of equal length and without meaning for whoever reads it, so that it tells nobody
whether a code was really sent.
"""

import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

from sqlalchemy import Connection

from ivr.cabinet.form import Registration
from ivr.clock import Clock
from ivr.sealing import Seal
from ivr.store.visits import (
    VisitRow,
    end_other_visits,
    end_visit,
    find_visit,
    move_visit,
    note_visit,
    open_visit,
)

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
NOTED_EVERY = timedelta(seconds=30)
"""A visit's use is written down so often at most."""
STEP_LIFE = timedelta(minutes=30)
"""How long a form may wait for its code: some codes are asked for again."""
TOKEN_BYTES = 32
REFERENCE_LETTERS = 32


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who has proven to hold a phone. ``repr`` shows nothing personal."""

    key: str
    phone: str = field(repr=False)
    """E.164."""
    is_fresh: bool = True
    """False where its use should be noted."""

    @property
    def reference(self) -> str:
        """Stands where a call's SID stands for calls."""
        return f"web:{self.key[:REFERENCE_LETTERS]}"


@dataclass(frozen=True, slots=True)
class Step:
    """A form whose code is waited for. Personal data: ``repr`` shows none of it."""

    holder: str = field(repr=False)
    """Who may enter the code; see ``ivr.codes.CodeRequest``."""
    phone: str = field(repr=False)
    """Where the code has gone, or would have gone; the visit will be this phone's."""
    form: Registration | None = field(default=None, repr=False)
    """None: only the cabinet is to be opened."""


class Visits:
    """Opens and finds visits, on the connection of a transaction. Threads may share it.

    ``key``: a secret that the database does not hold. ``key_of`` makes keyed digests of phones, as codes have them.
    """

    def __init__(self, key: bytes, key_of: Callable[[str, str], str], clock: Clock) -> None:
        self._key, self._key_of, self._clock = key, key_of, clock
        self._seal = Seal(hmac.digest(key, b"seal", "sha256"))

    def open(self, conn: Connection, phone: str) -> tuple[str, Visit]:
        """Begin a visit; the first value is the browser's token."""
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self._clock.now()
        key = self._digest(token)
        open_visit(conn, VisitRow(key, self._key_of("phone", phone), self._sealed(phone.encode()), now, now))
        return token, Visit(key, phone)

    def find(self, conn: Connection, token: str) -> Visit | None:
        """The visit of a browser's token; None where there is none, or it was idle for too long."""
        row, now = find_visit(conn, self._digest(token)), self._clock.now()
        if row is None or row.seen_at <= now - IDLE or row.created_at <= now - LONGEST:
            return None
        phone = self._seal.open(row.sealed)
        return Visit(row.key, phone.decode(), is_fresh=row.seen_at > now - NOTED_EVERY) if phone else None

    def note(self, conn: Connection, visit: Visit) -> None:
        """The visit goes on."""
        note_visit(conn, visit.key, self._clock.now())

    def move(self, conn: Connection, visit: Visit, phone: str) -> None:
        """The visit is another phone's from now on, and all others of the old phone end."""
        move_visit(conn, visit.key, self._key_of("phone", phone), self._sealed(phone.encode()))
        end_other_visits(conn, self._key_of("phone", visit.phone), visit.key)

    def end(self, conn: Connection, visit: Visit) -> None:
        """Sign out."""
        end_visit(conn, visit.key)

    def _sealed(self, payload: bytes) -> bytes:
        return self._seal.seal(payload, self._clock.now())

    def _digest(self, token: str) -> str:
        return hmac.digest(self._key, f"visit|{token}".encode(), "sha256").hex()

    # -- what a browser keeps for a visit ------------------------------------------------------------------------------

    def keep_for(self, visit: Visit, name: str, value: bytes) -> str:
        """A value as the browser keeps it: sealed, and of no use to another visit or under another name."""
        return self._sealed(f"{visit.key}\n{name}\n".encode() + value).decode()

    def kept_for(self, visit: Visit, name: str, kept: str) -> bytes | None:
        """What a browser has kept; None where it is not this visit's, not of this name, or too old."""
        opened, mark = self._opened(kept), f"{visit.key}\n{name}\n".encode()
        return opened.removeprefix(mark) if opened is not None and opened.startswith(mark) else None

    def _opened(self, kept: str) -> bytes | None:
        return self._seal.open_young(kept.encode(), STEP_LIFE, self._clock.now())

    # -- before a visit -----------------------------------------------------------------------------------------------

    def keep_step(self, step: Step) -> str:
        """A step as the browser keeps it."""
        kept = json.dumps(asdict(step), default=date.isoformat, ensure_ascii=False)
        return self._sealed(kept.encode()).decode()

    def read_step(self, kept: str) -> Step | None:
        """What a browser has kept; None where it is not ours or too old."""
        opened = self._opened(kept)
        if opened is None or not opened.startswith(b"{"):
            return None
        data = json.loads(opened)
        form = data["form"]
        if form is not None:
            form = Registration(**form | {"birth_date": date.fromisoformat(form["birth_date"])})
        return Step(data["holder"], data["phone"], form)
