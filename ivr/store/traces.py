"""Under which names a person stands in the tables, and what of theirs still goes on; see ``ivr.erasure``.

The search reads every call, line of dialogue and message that is kept, and takes seconds where there are many: it
belongs on a reading connection, which keeps nobody waiting. What has come since is found again in milliseconds.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Text, and_, cast, func, or_, select, true

from ivr.store.line import LIVE, LONGEST_CALL
from ivr.store.tables import appeals, calls, cards, desk_actions, messages, outbox, places, turns

Name = TypeVar("Name", str, int)
AT_ONCE = 500
"""Names in one statement: SQLite takes no more than 32,766, PostgreSQL 65,535."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whose traces are looked for."""

    phone: str
    """E.164."""
    keys: frozenset[str]
    """Keyed digests that stand for the phone or a card."""
    cards: tuple[str, ...]
    """Numbers of the cards that have the phone on file."""


@dataclass(frozen=True, slots=True)
class Traces:
    """Where a person stands in the tables, besides the rows that phone, card or key find by an index."""

    calls: frozenset[str]
    """Calls from or to the phone."""
    other_calls: frozenset[str]
    """Calls of others in which the phone or a card was named."""
    texts: frozenset[str]
    """The provider's names of messages from the phone."""
    told: frozenset[str]
    """Ids of messages that the person's calls sent to another phone."""
    actions: frozenset[int]
    """Ids of what employees did with the person's cards."""

    def with_later(self, later: "Traces") -> "Traces":
        """These and those that were found later."""
        own = self.calls | later.calls
        others = (self.other_calls | later.other_calls) - own
        return Traces(own, others, self.texts | later.texts, self.told | later.told, self.actions | later.actions)


def cards_on_phone(conn: Connection, phone: str) -> tuple[str, ...]:
    """Numbers of the embedded base's cards that have this phone on file."""
    return tuple(conn.execute(select(cards.c.number).where(cards.c.phone == phone).order_by(cards.c.number)).scalars())


def find_traces(conn: Connection, person: Person, since: datetime | None = None) -> Traces:
    """Look for a person: a number may stand in anybody's call. ``since``: only what came or changed after then."""
    own = _own_calls(conn, person.phone, since)
    others = frozenset(_calls_naming(conn, person, since)) - own
    texts = frozenset(conn.execute(select(messages.c.sid).where(messages.c.from_key.in_(person.keys))).scalars())
    told = frozenset(_messages_about(conn, own, since))
    return Traces(own, others, texts, told, frozenset(_actions_on(conn, person, since)))


def _own_calls(conn: Connection, phone: str, since: datetime | None) -> frozenset[str]:
    """Calls from the phone have an index; to look for those to it reads all calls."""
    made = select(calls.c.sid).where(calls.c.from_number == phone)
    got = select(calls.c.sid).where(calls.c.to_number == phone, _after(calls.c.started_at, since))
    return frozenset(conn.execute(made).scalars()) | frozenset(conn.execute(got).scalars())


def _calls_naming(conn: Connection, person: Person, since: datetime | None) -> Iterator[str]:
    digits = (*person.cards, person.phone[2:] if person.phone.startswith("+7") else person.phone[1:])
    written = (cast(calls.c.state, Text), cast(calls.c.reply, Text))
    in_call = or_(*(text.contains(one) for text in written for one in digits))
    in_lines = or_(*(turns.c.text.contains(one) for one in digits))
    lines: Select[Any] = select(turns.c.call_sid).where(in_lines).distinct()
    if since is not None:
        lines = lines.where(turns.c.call_sid.in_(select(calls.c.sid).where(_changed(since))))
    yield from conn.execute(select(calls.c.sid).where(_changed(since), in_call)).scalars()
    yield from conn.execute(lines).scalars()


def _changed(since: datetime | None) -> ColumnElement[bool]:
    """Calls that said anything after then. A call has an index of its beginning, and goes on for hours at most."""
    if since is None:
        return true()
    return and_(calls.c.started_at > since - LONGEST_CALL, calls.c.updated_at > since)


def _after(column: ColumnElement[datetime], since: datetime | None) -> ColumnElement[bool]:
    return true() if since is None else column > since


def _messages_about(conn: Connection, sids: Collection[str], since: datetime | None) -> Iterator[str]:
    """Messages that a call of the person sent to another phone: the key names the call."""
    named = select(outbox.c.id, outbox.c.unique_key).where(
        _after(outbox.c.created_at, since), outbox.c.unique_key.like("%:%:%")
    )
    return (row.id for row in conn.execute(named) if row.unique_key.split(":")[1] in sids)


def _actions_on(conn: Connection, person: Person, since: datetime | None) -> Iterable[int]:
    told = cast(desk_actions.c.data, Text)
    named = or_(*(told.contains(key) for key in person.keys))
    return conn.execute(select(desk_actions.c.id).where(_after(desk_actions.c.at, since), named)).scalars()


# -- what is still going on ---------------------------------------------------------------------------------------


def own_calls_going_on(conn: Connection, phone: str, since: datetime) -> int:
    """Calls from or to the phone that began after then and are not known to have ended."""
    own = or_(calls.c.from_number == phone, calls.c.to_number == phone)
    return _count(conn, own, calls.c.started_at > since, calls.c.ended_at.is_(None))


def calls_going_on(conn: Connection, sids: Collection[str], since: datetime) -> int:
    """Calls among these that began after then and are not known to have ended."""
    going = and_(calls.c.ended_at.is_(None), calls.c.started_at > since)
    return sum(_count(conn, calls.c.sid.in_(some), going) for some in chunks(sids))


def places_held(conn: Connection, phone: str) -> int:
    """Places in the line to the operators, call backs among them."""
    return _count(conn, places.c.phone == phone, places.c.state.in_(LIVE))


def open_appeals(conn: Connection, phone: str) -> list[str]:
    """Numbers of the phone's appeals that wait for an answer."""
    waiting = select(appeals.c.number).where(appeals.c.phone == phone, appeals.c.status == "open")
    return list(conn.execute(waiting.order_by(appeals.c.serial)).scalars())


def _count(conn: Connection, *where: ColumnElement[bool]) -> int:
    return conn.execute(select(func.count()).where(*where)).scalar_one()


def chunks(names: Collection[Name]) -> Iterator[list[Name]]:
    """The names in groups that one statement takes."""
    listed = sorted(names)
    yield from (listed[at : at + AT_ONCE] for at in range(0, len(listed), AT_ONCE))
