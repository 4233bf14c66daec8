"""Sounds of listening steps, sealed by ``ivr.captures``. The table holds nothing that can be listened to."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select

from ivr.store.person_tables import captures


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """The sound of one step."""

    step: int
    sealed: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class CapturedCall:
    """A call of which sounds are kept."""

    call_sid: str
    steps: int
    first_at: datetime
    last_at: datetime


_INSERT = insert(captures)
_OF_CALL = (
    select(*(captures.c[field.name] for field in fields(CaptureRow)))
    .where(captures.c.call_sid == bindparam("this_call"))
    .order_by(captures.c.step, captures.c.id)
)
_CALLS = (
    select(captures.c.call_sid, func.count(), func.min(captures.c.at), func.max(captures.c.at))
    .group_by(captures.c.call_sid)
    .order_by(func.min(captures.c.at), captures.c.call_sid)
)


def add_capture(conn: Connection, call_sid: str, step: int, sealed: bytes, at: datetime) -> None:
    """Keep the sound of a step."""
    conn.execute(_INSERT, {"call_sid": call_sid, "step": step, "sealed": sealed, "at": at})


def captures_of(conn: Connection, call_sid: str) -> list[CaptureRow]:
    """The sounds of a call, by step."""
    return [CaptureRow(*row) for row in conn.execute(_OF_CALL, {"this_call": call_sid})]


def captured_calls(conn: Connection) -> list[CapturedCall]:
    """Calls of which sounds are kept, oldest first."""
    return [CapturedCall(*row) for row in conn.execute(_CALLS)]
