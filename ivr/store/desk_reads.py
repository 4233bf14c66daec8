"""What the operators' pages read: whose call is whose, who is in the line, and what has happened since."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from ivr.store.line import LIVE, LineEvent, Offer, Place
from ivr.store.tables import line_events, offers, places, turns

WITH_OPERATOR = ("connecting", "talking")


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A line of a dialogue, for the one operator who has its call."""

    id: int
    call_sid: str
    who: str
    text: str
    at: datetime


_PLACE = [places.c[field.name] for field in fields(Place)]
_OFFER = [offers.c[field.name] for field in fields(Offer)]
_EVENT = [line_events.c[field.name] for field in fields(LineEvent)]
_RINGING = select(*_OFFER).where(offers.c.operator == bindparam("name"), offers.c.state == "ringing").limit(1)
_HELD = (
    select(*_PLACE)
    .where(places.c.operator == bindparam("name"), places.c.state.in_(WITH_OPERATOR))
    .order_by(places.c.number.desc())
    .limit(1)
)
_UNWRITTEN = (
    select(*_PLACE)
    .where(places.c.operator == bindparam("name"), places.c.answered_at.is_not(None), places.c.result.is_(None))
    .order_by(places.c.answered_at.desc())
    .limit(1)
)
_TAKEN = select(places.c.call_sid, places.c.operator, places.c.number).where(
    places.c.operator.is_not(None), places.c.state.in_(LIVE)
)
_RUNG = (
    select(places.c.call_sid, offers.c.operator, places.c.number)
    .join(offers, offers.c.place == places.c.number)
    .where(offers.c.state == "ringing")
)
_EVENTS = select(*_EVENT).where(line_events.c.id > bindparam("after")).order_by(line_events.c.id)
_TURNS = (
    select(turns.c.id, turns.c.call_sid, turns.c.who, turns.c.text, turns.c.at)
    .where(turns.c.id > bindparam("after"), turns.c.call_sid.in_(bindparam("sids", expanding=True)))
    .order_by(turns.c.id)
)
_LAST_EVENT = select(func.coalesce(func.max(line_events.c.id), 0))
_LAST_TURN = select(func.coalesce(func.max(turns.c.id), 0))
_ANSWERED_BY = select(func.count()).where(
    places.c.operator == bindparam("name"), places.c.answered_at >= bindparam("since")
)


def ringing_offer(conn: Connection, name: str) -> Offer | None:
    """The offer that the operator is being rung for."""
    row = conn.execute(_RINGING, {"name": name}).first()
    return Offer(*row) if row else None


def held_place(conn: Connection, name: str) -> Place | None:
    """The place whose person talks, or is about to talk, with the operator."""
    return _one(conn.execute(_HELD, {"name": name}).first())


def unwritten_place(conn: Connection, name: str) -> Place | None:
    """The operator's last conversation, where its result is not written down."""
    return _one(conn.execute(_UNWRITTEN, {"name": name}).first())


def calls_of_operators(conn: Connection) -> dict[str, tuple[str, int]]:
    """Whose calls are with an operator now, or ring at one: the call's sid to the operator's name and the place."""
    rows = [*conn.execute(_TAKEN), *conn.execute(_RUNG)]
    return {sid: (name, number) for sid, name, number in rows}


def events_after(conn: Connection, after: int) -> list[LineEvent]:
    """What has happened in the line behind this event, oldest first."""
    return [LineEvent(*row) for row in conn.execute(_EVENTS, {"after": after})]


def turns_after(conn: Connection, after: int, call_sids: Sequence[str]) -> list[NewTurn]:
    """Lines of these calls' dialogues behind this line, oldest first."""
    rows = conn.execute(_TURNS, {"after": after, "sids": list(call_sids)}) if call_sids else ()
    return [NewTurn(*row) for row in rows]


def newest(conn: Connection) -> tuple[int, int]:
    """The last event of the line, and the last line of any dialogue; 0 before the first."""
    return conn.execute(_LAST_EVENT).scalar_one(), conn.execute(_LAST_TURN).scalar_one()


def answered_since(conn: Connection, name: str, since: datetime) -> int:
    """How many calls the operator has had."""
    return conn.execute(_ANSWERED_BY, {"name": name, "since": since}).scalar_one()


def _one(row: Sequence[object] | None) -> Place | None:
    return Place(*row) if row else None  # type: ignore[arg-type]
