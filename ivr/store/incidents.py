"""Incidents: known outages, and what calls are about; see ``ivr.incidents`` and ``ivr.watch``."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select, update

from ivr.store.db import lock_names
from ivr.store.tables import incidents, insert_new, topics

Window = tuple[datetime, datetime]
"""From a moment, up to another one."""


@dataclass(frozen=True, slots=True)
class Incident:
    """A known outage. Open until it is closed or its time is over."""

    number: int
    category: str
    """A category of the book, or ``all``."""
    title: str
    """For people on duty."""
    say: str
    """What callers hear of it."""
    opened_at: datetime
    expires_at: datetime
    closed_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        return self.closed_at is None and now < self.expires_at


_COLUMNS = [incidents.c[field.name] for field in fields(Incident)]
_LAST = select(func.coalesce(func.max(incidents.c.number), 0))
_OPEN = insert(incidents)
_LIST = select(*_COLUMNS).order_by(incidents.c.number)
_LIST_OPEN = _LIST.where(incidents.c.closed_at.is_(None), incidents.c.expires_at > bindparam("now"))
_FIND = _LIST.where(incidents.c.number == bindparam("this_number"))
_CLOSE = (
    update(incidents)
    .where(incidents.c.number == bindparam("this_number"), incidents.c.closed_at.is_(None))
    .values(closed_at=bindparam("at"))
)
_FIRST_TOPIC = select(func.min(topics.c.at))
_PURGE_TOPICS = delete(topics).where(topics.c.at < bindparam("before"))


def insert_incident(
    conn: Connection, *, category: str, title: str, say: str, opened_at: datetime, expires_at: datetime
) -> Incident:
    """Store an open incident and give it its number, counted from 1. Hold the name ``incidents`` before."""
    number = conn.execute(_LAST).scalar_one() + 1
    incident = Incident(number, category, title, say, opened_at, expires_at, None)
    conn.execute(_OPEN, {field.name: getattr(incident, field.name) for field in fields(Incident)})
    return incident


def hold_incidents(conn: Connection) -> None:
    """Nobody else opens an incident before this transaction ends."""
    lock_names(conn, "incidents")


def find_incident(conn: Connection, number: int) -> Incident | None:
    """The incident with this number, also a closed one."""
    row = conn.execute(_FIND, {"this_number": number}).first()
    return Incident(*row) if row else None


def list_incidents(conn: Connection) -> list[Incident]:
    """All incidents, oldest first."""
    return [Incident(*row) for row in conn.execute(_LIST)]


def open_incidents(conn: Connection, now: datetime) -> list[Incident]:
    """Those that are open now, oldest first."""
    return [Incident(*row) for row in conn.execute(_LIST_OPEN, {"now": now})]


def close_incident(conn: Connection, number: int, at: datetime) -> bool:
    """False where it is closed already. One whose time is over can still be closed."""
    return conn.execute(_CLOSE, {"this_number": number, "at": at}).rowcount == 1


def note_topic(conn: Connection, call_sid: str, category: str, at: datetime) -> bool:
    """Count that a call is about a category; False where that was counted before."""
    return insert_new(conn, topics, call_sid=call_sid, category=category, at=at)


def count_topics(conn: Connection, windows: list[Window]) -> Mapping[str, int]:
    """Calls by category within any of the windows; categories without calls are left out."""
    within = or_(*(and_(topics.c.at >= start, topics.c.at < end) for start, end in windows))
    counts = select(topics.c.category, func.count()).where(within).group_by(topics.c.category)
    return {category: count for category, count in conn.execute(counts)}


def first_topic_at(conn: Connection) -> datetime | None:
    """Since when calls are counted."""
    return conn.execute(_FIRST_TOPIC).scalar()


def purge_topics(conn: Connection, before: datetime) -> int:
    """Forget what calls were about."""
    return conn.execute(_PURGE_TOPICS, {"before": before}).rowcount
