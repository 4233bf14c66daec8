"""The line to the operators: places in it, offers of them to operators, and all that happens there; see ``ivr.line``.

Everything that changes the line holds one name to the end of its transaction (``hold_line``), so that numbers have no
gaps, two matches do not give one caller to two operators, and nobody waits for a row that a waiting one has locked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from itertools import count
from secrets import token_hex
from typing import Any, Literal

from sqlalchemy import Connection, Select, and_, bindparam, func, insert, or_, select, update

from ivr.store.db import hold_counts
from ivr.store.tables import calls, line_events, offers, places

Kind = Literal["holding", "call_back"]
State = Literal["away", "waiting", "offered", "connecting", "talking", "ended"]
"""``away``: with the dialogue, never offered; ``waiting``: on hold, or a call back that is due or will be; ``offered``:
an operator is being rung; ``connecting``: an operator has accepted; ``talking``; ``ended``."""
Outcome = Literal["answered", "abandoned", "left", "cancelled", "unreached", "closed", "lost", "failed"]
OfferState = Literal["ringing", "accepted", "declined", "unanswered", "failed", "withdrawn"]
EventKind = Literal[
    "joined",
    "holding",
    "announced",
    "away",
    "booked",
    "offered",
    "accepted",
    "declined",
    "unanswered",
    "connecting",
    "talking",
    "returned",
    "ended",
    "status",
    "corrected",
    "action",
    "result",
]
LONGEST_CALL = timedelta(hours=4)
"""Twilio's own limit: a call that began earlier has ended, even where its end was never told."""
SERIAL_DIGITS = 10
_CLAIMED = "claimed-"
LIVE: tuple[State, ...] = ("away", "waiting", "offered", "connecting", "talking")
AHEAD: tuple[State, ...] = ("away", "waiting", "offered", "connecting")
"""Who is before others in the line: not with an operator yet."""


@dataclass(frozen=True, slots=True)
class Place:
    """One person in the line."""

    number: int
    """The order: never changed, never given again."""
    call_sid: str
    """The call that is on hold, or the one that the call back was booked in."""
    phone: str
    """As Twilio gives it; of a call back E.164."""
    kind: Kind
    state: State
    queue: str | None
    """Twilio's queue with this one caller in it; None for a call back and soon after the end."""
    category: str | None
    joined_at: datetime
    due_at: datetime
    """Not to be offered before."""
    seen_at: datetime
    """When the caller was last known to be there."""
    tries: int
    """How often a call back was dialled."""
    announced: int | None
    """The position that was said last."""
    operator: str | None
    """Who has it, or had it last."""
    answered_at: datetime | None
    """When an operator first talked with this person."""
    ended_at: datetime | None
    outcome: Outcome | None
    result: str | None
    """What the operator chose as the call's result."""
    result_at: datetime | None


@dataclass(frozen=True, slots=True)
class Offer:
    """One place offered to one operator."""

    id: str
    place: int
    operator: str
    state: OfferState
    leg_sid: str | None
    """The call to the operator, once there is one."""
    created_at: datetime
    ended_at: datetime | None
    """When it stopped ringing, also by being accepted."""


@dataclass(frozen=True, slots=True)
class LineEvent:
    """Something that happened in the line. Rows are only ever added."""

    id: int
    at: datetime
    kind: str
    """An ``EventKind``."""
    place: int | None
    operator: str | None
    data: Mapping[str, Any]
    """Small, and never about a person."""


_PLACE = [places.c[field.name] for field in fields(Place)]
_OFFER = [offers.c[field.name] for field in fields(Offer)]
_EVENT = [line_events.c[field.name] for field in fields(LineEvent)]
_LAST_NUMBER = select(func.coalesce(func.max(places.c.number), 0))
_QUEUES = select(places.c.queue).where(places.c.queue.is_not(None))
_PLACES = select(*_PLACE).order_by(places.c.number)
_LIVE = _PLACES.where(places.c.state.in_(LIVE))
_FIND = _PLACES.where(places.c.number == bindparam("this_number"))
_OF_CALL = _PLACES.where(places.c.call_sid == bindparam("this_call"))
_CALL_BACK = _LIVE.where(places.c.phone == bindparam("this_phone"), places.c.kind == "call_back")
_DUE = _PLACES.where(places.c.state == "waiting", places.c.due_at <= bindparam("now"))
_AHEAD = select(func.count()).where(places.c.number < bindparam("this_number"), places.c.state.in_(AHEAD))
_HOLDING = select(func.count()).where(places.c.kind == "holding", places.c.state.in_(LIVE))
_OFFERS = select(*_OFFER).order_by(offers.c.id)
_LAST_OFFER = select(func.max(offers.c.id))
_FIND_OFFER = _OFFERS.where(offers.c.id == bindparam("this_offer"))
_OFFERS_OF = _OFFERS.where(offers.c.place == bindparam("this_number"))
_LAST_OF_OPERATOR = (
    select(offers.c.place).where(offers.c.operator == bindparam("this_operator")).order_by(offers.c.id.desc()).limit(1)
)
_RINGING = _OFFERS.where(offers.c.state == "ringing")
_DROPPED = select(offers.c.leg_sid).where(
    offers.c.state == "withdrawn",
    offers.c.leg_sid.is_not(None),
    offers.c.created_at >= bindparam("created_since"),
    offers.c.ended_at >= bindparam("since"),
)
_SILENT = _PLACES.where(places.c.kind == "holding", places.c.state == "waiting", places.c.seen_at < bindparam("before"))
_LEFT_BEHIND = (
    _PLACES.outerjoin_from(places, calls, calls.c.sid == places.c.call_sid)
    .where(
        or_(
            and_(places.c.kind == "holding", places.c.state.in_(AHEAD)),
            and_(places.c.kind == "call_back", places.c.state == "away"),
        )
    )
    .where(
        or_(
            calls.c.ended_at.is_not(None),
            and_(places.c.state == "away", places.c.seen_at < bindparam("before")),
            and_(places.c.kind == "call_back", calls.c.sid.is_(None)),
        )
    )
)
_FORGOTTEN = _PLACES.where(places.c.queue.is_not(None), places.c.ended_at < bindparam("before"))
_SET_LEG = (
    update(offers)
    .where(offers.c.id == bindparam("this_offer"))
    .where(or_(offers.c.leg_sid.is_(None), offers.c.leg_sid == bindparam("claim")))
    .values(leg_sid=bindparam("new_leg"))
)
_CLAIM = (
    update(offers)
    .where(offers.c.id == bindparam("this_offer"), offers.c.leg_sid.is_(None), offers.c.state == "ringing")
    .values(leg_sid=bindparam("claim"))
)
_EVENTS = select(*_EVENT).order_by(line_events.c.id)
_ADD_EVENT = insert(line_events)


def hold_line(conn: Connection) -> None:
    """Nobody else changes the line before this transaction ends."""
    hold_counts(conn)


# -- places -----------------------------------------------------------------------------------------------------------


def add_place(
    conn: Connection,
    *,
    call_sid: str,
    phone: str,
    kind: Kind,
    category: str | None,
    at: datetime,
    due_at: datetime,
) -> Place:
    """A new place at the end of the line, ``away``. Hold the line before."""
    number = conn.execute(_LAST_NUMBER).scalar_one() + 1
    place = Place(
        number=number,
        call_sid=call_sid,
        phone=phone,
        kind=kind,
        state="away",
        queue=free_queue(conn) if kind == "holding" else None,
        category=category,
        joined_at=at,
        due_at=due_at,
        seen_at=at,
        tries=0,
        announced=None,
        operator=None,
        answered_at=None,
        ended_at=None,
        outcome=None,
        result=None,
        result_at=None,
    )
    conn.execute(insert(places), {field.name: getattr(place, field.name) for field in fields(Place)})
    return place


def free_queue(conn: Connection) -> str:
    """The name of a Twilio queue in which nobody is, with the smallest number: Twilio keeps what it has made."""
    taken = set(conn.execute(_QUEUES).scalars())
    return next(name for name in (f"line-{n}" for n in count(1)) if name not in taken)


def change_place(conn: Connection, place: Place, **values: object) -> Place | None:
    """Change a place that is still in the state in which it was read, by compare-and-set; returns it as it is now."""
    statement = update(places).where(places.c.number == place.number, places.c.state == place.state).values(**values)
    return replace(place, **values) if conn.execute(statement).rowcount == 1 else None  # type: ignore[arg-type]


def find_place(conn: Connection, number: int) -> Place | None:
    """The place with this number."""
    return next(iter(_places(conn, _FIND, this_number=number)), None)


def places_of_call(conn: Connection, call_sid: str) -> list[Place]:
    """All places that this call has, or had; the first in the line first."""
    return _places(conn, _OF_CALL, this_call=call_sid)


def call_back_of(conn: Connection, phone: str) -> Place | None:
    """The live call back to this phone; of several the first in the line."""
    return next(iter(_places(conn, _CALL_BACK, this_phone=phone)), None)


def live_places(conn: Connection) -> list[Place]:
    """Everybody in the line, in its order; those who talk with an operator too."""
    return _places(conn, _LIVE)


def all_places(conn: Connection) -> list[Place]:
    """Ended ones too, oldest first."""
    return _places(conn, _PLACES)


def due_places(conn: Connection, now: datetime) -> list[Place]:
    """Those that may be offered now, in the line's order."""
    return _places(conn, _DUE, now=now)


def count_ahead(conn: Connection, number: int) -> int:
    """How many are before this place and not with an operator yet."""
    return conn.execute(_AHEAD, {"this_number": number}).scalar_one()


def count_holding(conn: Connection) -> int:
    """How many callers hold a place, those who talk too."""
    return conn.execute(_HOLDING).scalar_one()


# -- offers -----------------------------------------------------------------------------------------------------------


def add_offer(conn: Connection, place: Place, operator: str, at: datetime) -> Offer:
    """A new offer that rings. Hold the line before: ids are in the order of offers, and cannot be guessed."""
    last = conn.execute(_LAST_OFFER).scalar() or ""
    serial = int(last[:SERIAL_DIGITS] or 0) + 1
    offer = Offer(f"{serial:0{SERIAL_DIGITS}}{token_hex(11)}", place.number, operator, "ringing", None, at, None)
    conn.execute(insert(offers), {field.name: getattr(offer, field.name) for field in fields(Offer)})
    return offer


def find_offer(conn: Connection, offer_id: str) -> Offer | None:
    """The offer with this id."""
    return next(iter(_offers(conn, _FIND_OFFER, this_offer=offer_id)), None)


def offers_of(conn: Connection, number: int) -> list[Offer]:
    """All offers of a place, oldest first."""
    return _offers(conn, _OFFERS_OF, this_number=number)


def ringing_offers(conn: Connection) -> list[Offer]:
    """All offers that ring now, oldest first."""
    return _offers(conn, _RINGING)


def last_place_of(conn: Connection, operator: str) -> int | None:
    """The place that was offered to an operator last."""
    return conn.execute(_LAST_OF_OPERATOR, {"this_operator": operator}).scalar()


def end_offer(conn: Connection, offer: Offer, state: OfferState, at: datetime) -> bool:
    """Change the state of an offer that is still as it was read, by compare-and-set."""
    statement = update(offers).where(offers.c.id == offer.id, offers.c.state == offer.state)
    return conn.execute(statement.values(state=state, ended_at=at)).rowcount == 1


def claim_leg(conn: Connection, offer_id: str) -> bool:
    """From now on it is the caller of this function that rings the operator. False where somebody does already."""
    return conn.execute(_CLAIM, {"this_offer": offer_id, "claim": _claim(offer_id)}).rowcount == 1


def set_leg(conn: Connection, offer_id: str, leg_sid: str) -> bool:
    """The call to the operator is this one. False where the offer has another one, or is not there."""
    values = {"this_offer": offer_id, "claim": _claim(offer_id), "new_leg": leg_sid}
    if conn.execute(_SET_LEG, values).rowcount == 1:
        return True
    offer = find_offer(conn, offer_id)
    return offer is not None and offer.leg_sid == leg_sid


def real_leg(offer: Offer) -> str | None:
    """The call to the operator; None also while it is being made."""
    return None if offer.leg_sid == _claim(offer.id) else offer.leg_sid


def dropped_legs(conn: Connection, since: datetime) -> list[str]:
    """Calls to operators whose offers were withdrawn since then: they are to be hung up."""
    values = {"since": since, "created_since": since - LONGEST_CALL}
    return [leg for leg in conn.execute(_DROPPED, values).scalars() if not leg.startswith(_CLAIMED)]


def silent_places(conn: Connection, before: datetime) -> list[Place]:
    """Callers on hold whose queue has not asked for more music since then."""
    return _places(conn, _SILENT, before=before)


def left_behind(conn: Connection, before: datetime) -> list[Place]:
    """Live places of calls that have ended, and of callers away since ``before``, who have gone unnoticed."""
    return _places(conn, _LEFT_BEHIND, before=before)


def forgotten_queues(conn: Connection, before: datetime) -> list[Place]:
    """Places that ended before, and still keep a queue."""
    return _places(conn, _FORGOTTEN, before=before)


# -- events -----------------------------------------------------------------------------------------------------------


def add_event(
    conn: Connection,
    at: datetime,
    event: EventKind,
    /,
    place: int | None = None,
    operator: str | None = None,
    **data: object,
) -> None:
    """Write down what has happened. ``data`` never holds anything of a person."""
    conn.execute(_ADD_EVENT, {"at": at, "kind": event, "place": place, "operator": operator, "data": data})


def events_of(conn: Connection, number: int) -> list[LineEvent]:
    """What has happened with a place."""
    return _events(conn, _EVENTS.where(line_events.c.place == number))


def _places(conn: Connection, statement: Select[Any], **values: object) -> list[Place]:
    return [Place(*row) for row in conn.execute(statement, values)]


def _offers(conn: Connection, statement: Select[Any], **values: object) -> list[Offer]:
    return [Offer(*row) for row in conn.execute(statement, values)]


def _events(conn: Connection, statement: Select[Any]) -> list[LineEvent]:
    return [LineEvent(*row) for row in conn.execute(statement)]


def _claim(offer_id: str) -> str:
    """Stands for the leg while the telephone network is asked for it; unique as legs are."""
    return f"{_CLAIMED}{offer_id}"
