"""What the operator's screen reads besides the call: counts, what it was about, answers, codes, the dialogue."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from ivr.store.person_tables import codes
from ivr.store.tables import answers, calls, topics, turns, ways

LINES_AT_MOST = 500
"""Lines of one dialogue that are read at once; the longest call has some three hundred."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What became of one turn of the caller."""

    field: str
    result: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A code of the call, without what it was."""

    id: str
    created_at: datetime
    tries: int
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the dialogue with the number that grows."""

    id: int
    at: datetime
    who: str
    text: str


_BY_PHONE = calls.c.from_number == bindparam("phone")
_CALLS_SINCE = select(func.count()).select_from(calls).where(_BY_PHONE, calls.c.started_at > bindparam("since"))
_TOPICS = select(topics.c.at, topics.c.category).where(topics.c.call_sid == bindparam("sid")).order_by(topics.c.at)
_ANSWERS = (
    select(answers.c.field, answers.c.result, answers.c.at)
    .where(answers.c.call_sid == bindparam("sid"))
    .order_by(answers.c.id)
)
_CODES = (
    select(codes.c.id, codes.c.created_at, codes.c.tries, codes.c.used_at)
    .where(codes.c.purpose == "call", codes.c.holder == bindparam("sid"))
    .order_by(codes.c.created_at)
)
_WAYS = (
    select(ways.c.way, ways.c.result)
    .where(ways.c.key.in_(bindparam("keys", expanding=True)), ways.c.at >= bindparam("since"))
    .order_by(ways.c.at, ways.c.id)
)
_LINES = (
    select(turns.c.id, turns.c.at, turns.c.who, turns.c.text)
    .where(turns.c.call_sid == bindparam("sid"), turns.c.id > bindparam("after"))
    .order_by(turns.c.id)
    .limit(LINES_AT_MOST)
)


def calls_since(conn: Connection, phone: str, since: datetime) -> int:
    """How many calls came from this number."""
    return conn.execute(_CALLS_SINCE, {"phone": phone, "since": since}).scalar_one()


def topics_of(conn: Connection, call_sid: str) -> list[tuple[datetime, str]]:
    """When the call came to be about which category, oldest first."""
    return [(at, category) for at, category in conn.execute(_TOPICS, {"sid": call_sid})]


def answers_of(conn: Connection, call_sid: str) -> list[AnswerRow]:
    """What became of each turn, oldest first."""
    return [AnswerRow(*row) for row in conn.execute(_ANSWERS, {"sid": call_sid})]


def codes_of(conn: Connection, call_sid: str) -> list[CodeSent]:
    """The call's codes, oldest first; a card that does not exist has them too."""
    return [CodeSent(*row) for row in conn.execute(_CODES, {"sid": call_sid})]


def failed_ways(conn: Connection, keys: Collection[str], since: datetime) -> list[str]:
    """What was tried since then under one of the keys and did not help the last time."""
    last = {way: result for way, result in conn.execute(_WAYS, {"keys": list(keys), "since": since})}
    return [way for way, result in last.items() if result == "failed"]


def lines_of(conn: Connection, call_sid: str, after: int) -> list[LineRow]:
    """The dialogue behind a line, oldest first, at most ``LINES_AT_MOST``."""
    return [LineRow(*row) for row in conn.execute(_LINES, {"sid": call_sid, "after": after})]
