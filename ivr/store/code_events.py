"""Codes that were sent and tries, as limits count them; see ``ivr.codes``.

A row names nobody: it holds keyed digests of phone, card and asker.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, delete, func, insert, or_, select

from ivr.store.person_tables import code_events
from ivr.store.tables import BATCH

EventKind = Literal["sent", "wrong", "right"]
Neighbours = Literal["range_key", "prefix_key"]
"""Of the phone, and of the asker."""
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
TEN_MINUTES = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class EventKeys:
    """Whose an event is."""

    phone_key: str
    card_key: str
    purpose: str
    source_key: str | None
    """None for a withheld line."""
    prefix_key: str
    """The asker's neighbours."""
    range_key: str
    """The phone's neighbours."""
    decoy: bool
    """For figures only: limits count decoys like others."""


@dataclass(frozen=True, slots=True)
class CodeCounts:
    """What was sent and guessed lately; see ``ivr.hotline.CodeLimits``."""

    phone_day: int
    card_day: int
    phone_ten_minutes: int
    wrong_phone_day: int
    wrong_card_day: int
    source_hour: int
    prefix_hour: int
    range_hour: int


@dataclass(frozen=True, slots=True)
class Pulse:
    """How all codes fare together."""

    judged: int
    right: int
    sent_day: int
    """Without decoys, which cost nothing."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """Codes to the phones of one range, or of one asker's neighbours."""

    sent: int
    right: int


def _count(kind: EventKind, whose: ColumnElement[bool], *more: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((and_(code_events.c.kind == kind, whose, *more), 1)))


def _is(key: str) -> ColumnElement[bool]:
    return code_events.c[key] == bindparam(f"this_{key}")


_HOUR_AGO = code_events.c.at > bindparam("hour_ago")
_COUNTS = select(
    _count("sent", _is("phone_key")),
    _count("sent", _is("card_key")),
    _count("sent", _is("phone_key"), code_events.c.at > bindparam("ten_minutes_ago")),
    _count("wrong", _is("phone_key")),
    _count("wrong", _is("card_key")),
    _count("sent", _is("source_key"), _HOUR_AGO),
    _count("sent", _is("prefix_key"), _HOUR_AGO),
    _count("sent", _is("range_key"), _HOUR_AGO),
).where(
    # Written apart, so that each side has an index of its own: of neighbours only the last hour is read.
    or_(
        and_(_is("phone_key"), code_events.c.at > bindparam("day_ago")),
        and_(_is("card_key"), code_events.c.at > bindparam("day_ago")),
        and_(_is("source_key"), _HOUR_AGO),
        and_(_is("prefix_key"), _HOUR_AGO),
        and_(_is("range_key"), _HOUR_AGO),
    )
)
_WRONG = select(_count("wrong", _is("phone_key")), _count("wrong", _is("card_key"))).where(
    or_(_is("phone_key"), _is("card_key")), code_events.c.at > bindparam("day_ago")
)
_JUDGED = select(func.count(), func.count(case((code_events.c.kind == "right", 1)))).where(
    code_events.c.kind.in_(("wrong", "right")), code_events.c.at > bindparam("since")
)
_SENT = select(func.count()).where(
    code_events.c.kind == "sent", code_events.c.decoy.is_(False), code_events.c.at > bindparam("since")
)
_INSERT = insert(code_events)
_OLD = select(code_events.c.id).where(code_events.c.at < bindparam("before")).limit(BATCH)
_PURGE = delete(code_events).where(code_events.c.id.in_(_OLD))


def count_events(conn: Connection, keys: EventKeys, now: datetime) -> CodeCounts:
    """Count back from ``now``: a day, an hour and ten minutes."""
    names = ("phone_key", "card_key", "source_key", "prefix_key", "range_key")
    values: dict[str, object] = {f"this_{name}": getattr(keys, name) for name in names}
    values |= {"day_ago": now - DAY, "hour_ago": now - HOUR, "ten_minutes_ago": now - TEN_MINUTES}
    return CodeCounts(*conn.execute(_COUNTS, values).one())


def count_wrong(conn: Connection, phone_key: str, card_key: str, now: datetime) -> tuple[int, int]:
    """Wrong tries within a day, for the phone and for the card."""
    values = {"this_phone_key": phone_key, "this_card_key": card_key, "day_ago": now - DAY}
    phone, card = conn.execute(_WRONG, values).one()
    return phone, card


def take_pulse(conn: Connection, now: datetime, lately: timedelta) -> Pulse:
    """Tries of all callers ``lately``, and messages of a day."""
    judged, right = conn.execute(_JUDGED, {"since": now - lately}).one()
    return Pulse(judged, right, conn.execute(_SENT, {"since": now - DAY}).scalar_one())


def worst_conversion(conn: Connection, key: Neighbours, now: datetime, least: int) -> Conversion:
    """Of those with ``least`` codes or more within a day, the one whose codes were entered least; decoys left out."""
    sent = func.count(case((code_events.c.kind == "sent", 1)))
    right = func.count(case((code_events.c.kind == "right", 1)))
    worst = (
        select(sent, right)
        .where(code_events.c.kind.in_(("sent", "right")), code_events.c.decoy.is_(False), code_events.c.at > now - DAY)
        # By a value made of the key: by the key itself SQLite reads its whole index, days that are over too.
        .group_by(func.coalesce(code_events.c[key], ""))
        .having(sent >= least)
        .order_by(right * 1.0 / sent, sent.desc())
        .limit(1)
    )
    row = conn.execute(worst).first()
    return Conversion(*row) if row else Conversion(0, 0)


def add_event(conn: Connection, kind: EventKind, keys: EventKeys, at: datetime) -> None:
    """Count a code that was sent, or a try."""
    conn.execute(_INSERT, {"kind": kind, "at": at, **asdict(keys)})


def purge_events(conn: Connection, before: datetime) -> int:
    """Forget events, ``BATCH`` at most. ``before`` must be more than a day ago: limits look a day back."""
    return conn.execute(_PURGE, {"before": before}).rowcount
