"""Ways that were tried, and whether they helped. Kept under keys in place of phones and cards, as codes are."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, bindparam, delete, insert, select

from ivr.store.tables import ways

WayResult = Literal["helped", "failed"]

_NOTE = insert(ways)
_LAST = (
    select(ways.c.result)
    .where(ways.c.key.in_(bindparam("keys", expanding=True)), ways.c.way == bindparam("this_way"))
    .where(ways.c.at >= bindparam("since"))
    .order_by(ways.c.at.desc(), ways.c.id.desc())
    .limit(1)
)
_PURGE = delete(ways).where(ways.c.at < bindparam("before"))


def note_way(conn: Connection, keys: Collection[str], way: str, result: WayResult, at: datetime) -> None:
    """Remember how a way went, for each of the keys."""
    conn.execute(_NOTE, [{"key": key, "way": way, "result": result, "at": at} for key in keys])


def way_failed(conn: Connection, keys: Collection[str], way: str, since: datetime) -> bool:
    """True when the way was tried under one of the keys since then, and did not help the last time."""
    return conn.execute(_LAST, {"keys": list(keys), "this_way": way, "since": since}).scalar() == "failed"


def purge_ways(conn: Connection, before: datetime) -> int:
    """Forget what was tried before then. Returns how many rows."""
    return conn.execute(_PURGE, {"before": before}).rowcount
