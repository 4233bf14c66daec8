"""Clips: the sound behind answers, sealed by ``ivr.case.clips``. The table holds nothing that can be listened to."""

from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Insert, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from ivr.store.tables import calls, clips, places

_OF_CALL = clips.c.call_sid == bindparam("this_call")
_FIND = select(clips.c.sound).where(_OF_CALL, clips.c.field == bindparam("this_field"))
_FIELDS = select(clips.c.field).where(_OF_CALL)
_FORGET = delete(clips).where(_OF_CALL)
_WANTED = select(places.c.number).where(
    places.c.call_sid == clips.c.call_sid,
    places.c.ended_at.is_(None) | (places.c.operator.is_not(None) & places.c.result_at.is_(None)),
)
_OVER = select(calls.c.sid).where(calls.c.sid == clips.c.call_sid, calls.c.ended_at.is_not(None))
_PURGE = delete(clips).where((clips.c.at < bindparam("before")) | (_OVER.exists() & ~_WANTED.exists()))


def put_clip(conn: Connection, call_sid: str, field: str, sound: bytes, at: datetime) -> None:
    """Keep the sound behind an answer in place of the one that there was."""
    conn.execute(_put(conn.dialect.name), {"call_sid": call_sid, "field": field, "sound": sound, "at": at})


def find_clip(conn: Connection, call_sid: str, field: str) -> bytes | None:
    """The sealed sound, or None."""
    return conn.execute(_FIND, {"this_call": call_sid, "this_field": field}).scalar()


def clip_fields(conn: Connection, call_sid: str) -> frozenset[str]:
    """The answers of a call whose sound is kept."""
    return frozenset(conn.execute(_FIELDS, {"this_call": call_sid}).scalars())


def forget_clips(conn: Connection, call_sid: str) -> int:
    """Delete the sound of a call. Returns how many clips there were."""
    return conn.execute(_FORGET, {"this_call": call_sid}).rowcount


def purge_clips(conn: Connection, before: datetime) -> int:
    """Delete what is older, and what no operator needs any more: the call is over, and nobody waits or works on it.

    Returns how many clips were deleted.
    """
    return conn.execute(_PURGE, {"before": before}).rowcount


@cache
def _put(dialect: str) -> Insert:
    insert = postgresql.insert(clips) if dialect == "postgresql" else sqlite.insert(clips)
    new = {"sound": insert.excluded.sound, "at": insert.excluded.at}
    return insert.on_conflict_do_update(index_elements=["call_sid", "field"], set_=new)
