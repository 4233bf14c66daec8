"""What reports read from the database: portable statements over indexed ranges of time; no personal data comes out.

A caller's number is compared with others in here and goes no further.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    String,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
)

from ivr.store.db import Database, be_patient
from ivr.store.line import LIVE, LONGEST_CALL
from ivr.store.person_tables import codes
from ivr.store.tables import appeals, calls, incidents, operators, outbox, places, topics

STATEMENT_SECONDS = 10
"""How long PostgreSQL may work on a statement of a report. Nobody's call waits for it."""
BIN = timedelta(minutes=10)
"""Calls are counted by spans of so long, which fit into the hours of every zone but three with an odd quarter."""
ROWS_AT_ONCE = 2000
ANONYMOUS = 5
"""A shorter "number" is no number: withheld ones are words or a few digits."""
Fate = Literal["operator", "line", "solved", "appeal", "other"]
"""``operator``: answered by one; ``line``: came into the line, or was being connected, and no further; ``other``: hung
up on the machine."""


@contextmanager
def reading(db: Database) -> Iterator[Connection]:
    """A reading transaction in which statements may take longer than a caller could wait."""
    with db.reading() as conn:
        be_patient(conn, STATEMENT_SECONDS)
        yield conn


# -- calls by time ------------------------------------------------------------------------------------------------


def topics_by_bin(conn: Connection, since: datetime, until: datetime) -> Mapping[tuple[datetime, str], int]:
    """Calls by the beginning of the ten minutes in UTC, and by category."""
    span = _bin_of(conn, topics.c.at)
    counts = (
        select(span, topics.c.category, func.count())
        .where(topics.c.at >= since, topics.c.at < until)
        .group_by(span, topics.c.category)
    )
    return {(_moment(begin), category): count for begin, category, count in conn.execute(counts)}


def calls_by_bin(conn: Connection, since: datetime, until: datetime) -> Mapping[datetime, int]:
    """Calls by the beginning of the ten minutes, in UTC, in which they began."""
    span = _bin_of(conn, calls.c.started_at)
    counts = select(span, func.count()).where(calls.c.started_at >= since, calls.c.started_at < until).group_by(span)
    return {_moment(begin): count for begin, count in conn.execute(counts)}


def _bin_of(conn: Connection, column: ColumnElement[datetime]) -> ColumnElement[str]:
    """``2026-11-24 12:3``, in UTC: SQLite keeps moments as such text, PostgreSQL is asked to write it so."""
    if conn.dialect.name == "sqlite":
        return func.substr(column, 1, 15, type_=String)
    return func.substr(func.to_char(func.timezone("UTC", column), "YYYY-MM-DD HH24:MI"), 1, 15, type_=String)


def _moment(begin: str) -> datetime:
    return datetime.strptime(f"{begin}0", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def mean_call_seconds(conn: Connection, since: datetime, until: datetime) -> float | None:
    """How long calls lasted that began between two moments; None where none has ended."""
    ended = and_(calls.c.started_at >= since, calls.c.started_at < until, calls.c.ended_at.is_not(None))
    seconds = _seconds_between(conn, calls.c.started_at, calls.c.ended_at)
    return conn.execute(select(func.avg(seconds, type_=Float)).where(ended)).scalar()


def _seconds_between(
    conn: Connection, begin: ColumnElement[datetime], end: ColumnElement[datetime | None]
) -> ColumnElement[float]:
    if conn.dialect.name == "sqlite":
        days: ColumnElement[float] = func.julianday(end, type_=Float) - func.julianday(begin, type_=Float)
        return days * 86400
    return cast(extract("epoch", end - begin), Float)


# -- how calls ended ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallFate:
    """One call."""

    started_at: datetime
    ended_at: datetime | None
    """None where it goes on."""
    number: str | None
    """The caller's; None where it is withheld."""
    fate: Fate


def call_fates(conn: Connection, since: datetime, until: datetime, now: datetime) -> Iterator[CallFate]:
    """The calls that began between two moments, oldest first. Read them before the transaction ends."""
    here = places.c.call_sid == calls.c.sid
    answered = select(literal(1)).where(here, places.c.answered_at.is_not(None)).exists()
    in_line = select(literal(1)).where(here, func.coalesce(places.c.outcome, "") != "left").exists()
    rows = (
        select(calls.c.started_at, calls.c.ended_at, calls.c.updated_at, calls.c.from_number, calls.c.disposition)
        .add_columns(answered, in_line)
        .where(calls.c.started_at >= since, calls.c.started_at < until)
        .order_by(calls.c.started_at)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    for started_at, ended_at, updated_at, number, disposition, is_answered, was_in_line in conn.execute(rows):
        is_over = disposition is not None or started_at < now - LONGEST_CALL
        known = number if len(number) > ANONYMOUS and number.lstrip("+").isdecimal() else None
        fate = _fate(disposition, is_answered=bool(is_answered), was_in_line=bool(was_in_line))
        yield CallFate(started_at, ended_at or (updated_at if is_over else None), known, fate)


def _fate(disposition: str | None, *, is_answered: bool, was_in_line: bool) -> Fate:
    if is_answered:
        return "operator"
    if was_in_line or disposition == "operator":
        return "line"
    return "solved" if disposition == "solved" else "appeal" if disposition == "appeal" else "other"


# -- the line -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlaceFate:
    """One person in the line to the operators."""

    kind: str
    state: str
    joined_at: datetime
    due_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    result_at: datetime | None


_PLACE = [places.c[field.name] for field in fields(PlaceFate)]


def places_between(conn: Connection, since: datetime, until: datetime) -> list[PlaceFate]:
    """Who came into the line between two moments, by the order of coming."""
    joined = select(*_PLACE).where(places.c.joined_at >= since, places.c.joined_at < until)
    return [PlaceFate(*row) for row in conn.execute(joined.order_by(places.c.joined_at))]


def live_places(conn: Connection) -> list[PlaceFate]:
    """Who is in the line now, or talks with an operator."""
    return [PlaceFate(*row) for row in conn.execute(select(*_PLACE).where(places.c.state.in_(LIVE)))]


def operators_by_status(conn: Connection) -> Mapping[str, int]:
    """How many are signed in, by status."""
    counts = select(operators.c.status, func.count()).where(operators.c.status != "off").group_by(operators.c.status)
    return {status: count for status, count in conn.execute(counts)}


# -- the machine --------------------------------------------------------------------------------------------------


def calls_in_progress(conn: Connection, now: datetime) -> int:
    """Calls that have begun and are not known to have ended."""
    recent = calls.c.started_at > now - LONGEST_CALL
    going = select(func.count()).where(recent, calls.c.ended_at.is_(None), calls.c.disposition.is_(None))
    return conn.execute(going).scalar_one()


def open_incidents(conn: Connection, now: datetime) -> int:
    """How many outages are announced."""
    is_open = and_(incidents.c.closed_at.is_(None), incidents.c.expires_at > now, incidents.c.opened_at <= now)
    return conn.execute(select(func.count()).where(is_open)).scalar_one()


@dataclass(frozen=True, slots=True)
class SentCode:
    """One code whose SMS was handed over."""

    created_at: datetime
    sent_at: datetime
    expires_at: datetime
    used_at: datetime | None


def sent_codes(conn: Connection, since: datetime) -> list[SentCode]:
    """Codes since a moment. A decoy has no message, so it is none of them; codes are kept for two days."""
    message = outbox.c.unique_key == literal("code:") + codes.c.id
    sent = (
        select(codes.c.created_at, outbox.c.sent_at, codes.c.expires_at, codes.c.used_at)
        .select_from(codes.join(outbox, message))
        .where(codes.c.created_at >= since, outbox.c.state.in_(("sent", "delivered")), outbox.c.sent_at.is_not(None))
    )
    return [SentCode(*row) for row in conn.execute(sent)]


# -- appeals ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AppealCounts:
    """Open appeals by their deadline."""

    open: int
    near: int
    overdue: int


def appeal_counts(conn: Connection, now: datetime, near: timedelta) -> AppealCounts:
    """Open ones; ``near``: how soon a deadline is near."""
    overdue = appeals.c.due_at < now
    soon = and_(appeals.c.due_at >= now, appeals.c.due_at < now + near)
    counts = select(func.count(), func.count(case((soon, 1))), func.count(case((overdue, 1))))
    return AppealCounts(*conn.execute(counts.where(appeals.c.status == "open")).one())


@dataclass(frozen=True, slots=True)
class OpenAppeal:
    """An appeal that waits for its answer."""

    category: str
    created_at: datetime
    due_at: datetime


def open_appeals(conn: Connection) -> list[OpenAppeal]:
    """All of them."""
    waiting = select(appeals.c.category, appeals.c.created_at, appeals.c.due_at).where(appeals.c.status == "open")
    return [OpenAppeal(*row) for row in conn.execute(waiting)]


@dataclass(frozen=True, slots=True)
class DueAppeal:
    """An appeal by its deadline."""

    due_at: datetime
    ended_at: datetime | None
    status: str


def appeals_due(conn: Connection, since: datetime, until: datetime) -> list[DueAppeal]:
    """Those whose deadline is between two moments, answered or not."""
    due = and_(appeals.c.due_at >= since, appeals.c.due_at < until)
    by_status = or_(*(and_(appeals.c.status == status, due) for status in ("open", "answered", "closed")))
    return [
        DueAppeal(*row)
        for row in conn.execute(select(appeals.c.due_at, appeals.c.ended_at, appeals.c.status).where(by_status))
    ]
