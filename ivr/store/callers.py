"""What is remembered of a caller's number: the pace of speech asked for. Kept under a key in place of the number."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from ivr.store.tables import callers, insert_new

_THIS = callers.c.key == bindparam("this_key")
_PACE = select(callers.c.pace).where(_THIS)
_CHANGE = update(callers).where(_THIS).values(pace=bindparam("new_pace"), updated_at=bindparam("at"))
_PURGE = delete(callers).where(callers.c.updated_at < bindparam("before"))


def pace_of(conn: Connection, key: str) -> str | None:
    """The pace asked for last, or None where nobody has asked."""
    pace: str | None = conn.execute(_PACE, {"this_key": key}).scalar()
    return pace


def remember_pace(conn: Connection, key: str, pace: str, at: datetime) -> None:
    """Keep the pace for the next call from this number."""
    if not insert_new(conn, callers, key=key, pace=pace, updated_at=at):
        conn.execute(_CHANGE, {"this_key": key, "new_pace": pace, "at": at})


def purge_callers(conn: Connection, before: datetime) -> int:
    """Forget numbers that have asked for nothing since then. Returns how many."""
    return conn.execute(_PURGE, {"before": before}).rowcount
