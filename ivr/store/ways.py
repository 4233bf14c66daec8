"""Ways that were tried, and whether they helped. Kept under keys in place of phones and cards, as codes are."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, bindparam, delete, insert, select

from ivr.store.tables import ways

WayResult = Literal["helped", "failed"]


@dataclass(frozen=True, slots=True)
class TriedWay:
    """How a way went the last time."""

    way: str
    result: WayResult
    at: datetime


_NOTE = insert(ways)
_LAST = (
    select(ways.c.result)
    .where(ways.c.key.in_(bindparam("keys", expanding=True)), ways.c.way == bindparam("this_way"))
    .where(ways.c.at >= bindparam("since"))
    .order_by(ways.c.at.desc(), ways.c.id.desc())
    .limit(1)
)
_LIST = (
    select(ways.c.way, ways.c.result, ways.c.at)
    .where(ways.c.key.in_(bindparam("keys", expanding=True)), ways.c.at >= bindparam("since"))
    .order_by(ways.c.at.desc(), ways.c.id.desc())
)
_PURGE = delete(ways).where(ways.c.at < bindparam("before"))


def note_way(conn: Connection, keys: Collection[str], way: str, result: WayResult, at: datetime) -> None:
    """Remember how a way went, for each of the keys."""
    conn.execute(_NOTE, [{"key": key, "way": way, "result": result, "at": at} for key in keys])


def way_failed(conn: Connection, keys: Collection[str], way: str, since: datetime) -> bool:
    """True when the way was tried under one of the keys since then, and did not help the last time."""
    return conn.execute(_LAST, {"keys": list(keys), "this_way": way, "since": since}).scalar() == "failed"


def list_ways(conn: Connection, keys: Collection[str], since: datetime) -> list[TriedWay]:
    """What was tried under any of the keys since then, each way as it went the last time, newest first."""
    latest: dict[str, TriedWay] = {}
    for row in conn.execute(_LIST, {"keys": list(keys), "since": since}):
        latest.setdefault(row.way, TriedWay(*row))
    return list(latest.values())


def purge_ways(conn: Connection, before: datetime) -> int:
    """Forget what was tried before then. Returns how many rows."""
    return conn.execute(_PURGE, {"before": before}).rowcount
