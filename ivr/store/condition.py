"""How the database is set up: what decides whether a commit outlives a crash, and what time it thinks it is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from ivr.store.db import Database

_SYNCHRONOUS = ("off", "normal", "full", "extra")
"""SQLite's numbers for them."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Of the database as a connection of ours meets it."""

    journal: str
    """SQLite's journal mode; PostgreSQL has its own log always, ``wal``."""
    synchronous: str
    """In SQLite's words ``off``, ``normal``, ``full``, ``extra``; in PostgreSQL's ``on``, ``off`` and others."""
    version: tuple[int, int]
    """Of the server, or of the SQLite library: its first two numbers."""
    now: datetime | None
    """The server's clock; None for SQLite, which has this machine's."""


def condition_of(db: Database) -> Condition:
    """Ask the database. Raises ``StoreUnavailable``."""
    with db.reading() as conn:
        return _sqlite(conn) if db.kind == "sqlite" else _postgresql(conn)


def _sqlite(conn: Connection) -> Condition:
    journal = conn.execute(text("PRAGMA journal_mode")).scalar_one()
    synchronous = conn.execute(text("PRAGMA synchronous")).scalar_one()
    major, minor = conn.execute(text("SELECT sqlite_version()")).scalar_one().split(".")[:2]
    return Condition(journal, _SYNCHRONOUS[synchronous], (int(major), int(minor)), None)


def _postgresql(conn: Connection) -> Condition:
    synchronous = conn.execute(text("SHOW synchronous_commit")).scalar_one()
    number = int(conn.execute(text("SHOW server_version_num")).scalar_one())
    now = conn.execute(text("SELECT clock_timestamp()")).scalar_one()
    return Condition("wal", synchronous, divmod(number, 10_000), now)
