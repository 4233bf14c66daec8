"""Calls: where each stands, what it answered last, which webhooks it has seen, and what was said.

The functions take the connection of an open transaction. ``state`` and ``reply`` are JSON as ``ivr.dialog`` makes it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from ivr.store.line import LONGEST_CALL
from ivr.store.tables import BATCH, calls, insert_new, seen, turns

Json = Mapping[str, Any]

STATUS_RANKS = {
    "queued": 0,
    "initiated": 1,
    "ringing": 2,
    "answered": 3,
    "in-progress": 4,
    "canceled": 5,
    "busy": 6,
    "no-answer": 7,
    "failed": 8,
    "completed": 9,
}
"""Twilio's words for a call's status, in the order in which they may follow one another."""
TERMINAL = frozenset({"canceled", "busy", "no-answer", "failed", "completed"})
"""Statuses after which nothing happens to a call."""


@dataclass(frozen=True, slots=True)
class CallRow:
    """A stored call."""

    sid: str
    step: int
    """How many events the dialogue has taken in."""
    state: Json
    reply: Json | None
    """What the last step answered; None before the first one."""
    driver: str
    """``stream`` or ``keypad``."""
    from_number: str
    """As Twilio gives it: E.164, or a word where the number is withheld."""
    to_number: str
    status: str
    status_sequence: int
    """The highest ``SequenceNumber`` taken in; -1 before the first callback."""
    stream_serial: int
    """How many media streams were opened."""
    disposition: str | None
    started_at: datetime
    updated_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class SeenStep:
    """What a webhook led to, kept in case Twilio sends it again."""

    call_sid: str
    step: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A line of the dialogue. The text may hold personal data: it is for operators, never for a log."""

    step: int
    who: str
    """``caller`` or ``hotline``."""
    text: str
    at: datetime
    field: str | None = None
    """Of a caller's line: the question that was open."""
    result: str | None = None
    """What the line was to that question, one of ``ivr.dialog.answered.Answered``; None where it was no answer."""


_COLUMNS = [calls.c[field.name] for field in fields(CallRow)]
_LAST_OF_CALLER = (
    select(calls.c.state, calls.c.disposition, calls.c.ended_at)
    .where(calls.c.from_number == bindparam("phone"), calls.c.sid != bindparam("this_sid"))
    .where(calls.c.started_at > bindparam("earliest"))
    .order_by(calls.c.started_at.desc())
    .limit(1)
)
_THIS_CALL = calls.c.sid == bindparam("this_sid")
_LOAD = select(*_COLUMNS).where(_THIS_CALL)
_LOAD_LOCKED = _LOAD.with_for_update()
_LOAD_WITH_TOKEN = (
    select(*_COLUMNS, seen.c.call_sid, seen.c.step)
    .select_from(calls.outerjoin(seen, seen.c.token == bindparam("token")))
    .where(_THIS_CALL)
    .with_for_update(of=calls)
)
_SAVE_STEP = (
    update(calls)
    .where(_THIS_CALL, calls.c.step == bindparam("expected_step"))
    .values(
        step=calls.c.step + 1,
        state=bindparam("new_state"),
        reply=bindparam("new_reply"),
        driver=bindparam("new_driver"),
        disposition=bindparam("new_disposition"),
        updated_at=bindparam("at"),
    )
)
_SET_STATUS = (
    update(calls)
    .where(_THIS_CALL)
    .values(status=bindparam("new_status"), status_sequence=bindparam("new_sequence"), ended_at=bindparam("new_end"))
)
_CONSUME_STREAM = (
    update(calls)
    .where(_THIS_CALL, calls.c.stream_serial == bindparam("expected_serial"))
    .values(stream_serial=calls.c.stream_serial + 1)
)
_SET_STREAM_SERIAL = update(calls).where(_THIS_CALL).values(stream_serial=bindparam("new_serial"))
_SAVE_REPLY = (
    update(calls).where(_THIS_CALL, calls.c.step == bindparam("expected_step")).values(reply=bindparam("new_reply"))
)
_SAVE_STATE = (
    update(calls)
    .where(_THIS_CALL, calls.c.step == bindparam("expected_step"))
    .values(state=bindparam("new_state"), updated_at=bindparam("at"))
)
_FIND_TOKEN = select(seen.c.call_sid, seen.c.step).where(seen.c.token == bindparam("token"))
_OLD_TOKENS = select(seen.c.token).where(seen.c.at < bindparam("before")).limit(BATCH)
_PURGE_TOKENS = delete(seen).where(seen.c.token.in_(_OLD_TOKENS))
_ADD_TURNS = insert(turns)
_TURNS_OF = select(*(turns.c[field.name] for field in fields(Turn))).where(turns.c.call_sid == bindparam("sid"))


def insert_call(
    conn: Connection,
    sid: str,
    *,
    state: Json,
    driver: str,
    from_number: str,
    to_number: str,
    at: datetime,
    status: str = "ringing",
) -> bool:
    """Begin a call at step 0. False where it has begun already: Twilio may call twice for one caller."""
    return insert_new(
        conn,
        calls,
        sid=sid,
        step=0,
        state=dict(state),
        reply=None,
        driver=driver,
        from_number=from_number,
        to_number=to_number,
        status=status,
        status_sequence=-1,
        stream_serial=0,
        disposition=None,
        started_at=at,
        updated_at=at,
        ended_at=None,
    )


def load_call(conn: Connection, sid: str, lock: bool = True) -> CallRow | None:
    """The call, or None. ``lock`` holds it to the end of the transaction, which then must be a writing one."""
    row = conn.execute(_LOAD_LOCKED if lock else _LOAD, {"this_sid": sid}).first()
    return CallRow(*row) if row else None


def dropped_call(conn: Connection, sid: str, phone: str, since: datetime) -> dict[str, Any] | None:
    """The state of the caller's call before this one, where the caller left it unfinished after ``since``."""
    values = {"phone": phone, "this_sid": sid, "earliest": since - LONGEST_CALL}
    last = conn.execute(_LAST_OF_CALLER, values).first()
    if last is None or last.disposition != "hung_up" or last.ended_at is None or last.ended_at < since:
        return None
    state: dict[str, Any] = last.state
    return state


def load_step(conn: Connection, sid: str, token: str | None) -> tuple[CallRow | None, SeenStep | None]:
    """The call, locked, and what this webhook has led to before, both by one statement."""
    row = conn.execute(_LOAD_WITH_TOKEN, {"this_sid": sid, "token": token or ""}).first()
    if row is None:
        return None, None
    count = len(_COLUMNS)
    answered = row[count:]
    return CallRow(*row[:count]), None if answered[0] is None else SeenStep(*answered)


def save_step(
    conn: Connection,
    sid: str,
    expected_step: int,
    *,
    state: Json,
    reply: Json | None,
    driver: str,
    at: datetime,
    disposition: str | None = None,
) -> bool:
    """Compare and set: store what a step made of the call and count the step. False where the call has moved on."""
    values = {
        "this_sid": sid,
        "expected_step": expected_step,
        "new_state": dict(state),
        "new_reply": reply,
        "new_driver": driver,
        "new_disposition": disposition,
        "at": at,
    }
    return conn.execute(_SAVE_STEP, values).rowcount == 1


def remember_token(conn: Connection, token: str, *, call_sid: str, step: int, at: datetime) -> bool:
    """Know a webhook again by its ``I-Twilio-Idempotency-Token``. False where the token is known."""
    return insert_new(conn, seen, token=token, call_sid=call_sid, step=step, at=at)


def find_token(conn: Connection, token: str) -> SeenStep | None:
    """What the webhook with this token led to."""
    row = conn.execute(_FIND_TOKEN, {"token": token}).first()
    return SeenStep(*row) if row else None


def purge_tokens(conn: Connection, before: datetime) -> int:
    """Forget webhooks, ``BATCH`` at most; Twilio repeats none after a day. Returns how many were forgotten."""
    return conn.execute(_PURGE_TOKENS, {"before": before}).rowcount


def set_status(conn: Connection, sid: str, status: str, sequence: int | None, at: datetime) -> bool:
    """Take in a status callback. False where it changes nothing: late, repeated, unknown, or no such call.

    Callbacks come in any order. A terminal status outweighs others, then the higher sequence, then the later word,
    so that every order ends in the same row.
    """
    call = load_call(conn, sid) if status in STATUS_RANKS else None
    number = -1 if sequence is None else sequence
    if call is None or _weight(status, number) <= _weight(call.status, call.status_sequence):
        return False
    ended_at = call.ended_at or (at if status in TERMINAL else None)
    conn.execute(_SET_STATUS, {"this_sid": sid, "new_status": status, "new_sequence": number, "new_end": ended_at})
    return True


def _weight(status: str, sequence: int) -> tuple[bool, int, int]:
    return status in TERMINAL, sequence, STATUS_RANKS[status]


def consume_stream(conn: Connection, sid: str, serial: int) -> bool:
    """Use up the one-time right to open stream number ``serial``. False where it was used or is not due."""
    return conn.execute(_CONSUME_STREAM, {"this_sid": sid, "expected_serial": serial}).rowcount == 1


def set_stream_serial(conn: Connection, sid: str, serial: int) -> None:
    """Number the next stream: a token for an earlier one opens nothing any more."""
    conn.execute(_SET_STREAM_SERIAL, {"this_sid": sid, "new_serial": serial})


def save_reply(conn: Connection, sid: str, expected_step: int, reply: Json) -> bool:
    """Change what a step answers without taking a step. False where the call has moved on."""
    values = {"this_sid": sid, "expected_step": expected_step, "new_reply": dict(reply)}
    return conn.execute(_SAVE_REPLY, values).rowcount == 1


def save_state(conn: Connection, sid: str, expected_step: int, state: Json, at: datetime) -> bool:
    """Put a call's state right from outside the dialogue, without taking a step: webhooks on their way stay good.

    False where the call has moved on.
    """
    values = {"this_sid": sid, "expected_step": expected_step, "new_state": dict(state), "at": at}
    return conn.execute(_SAVE_STATE, values).rowcount == 1


def add_turns(conn: Connection, call_sid: str, lines: Iterable[Turn]) -> None:
    """Write lines of the dialogue behind those that are there."""
    rows = [{"call_sid": call_sid, **asdict(line)} for line in lines]
    if rows:
        conn.execute(_ADD_TURNS, rows)


def turns_of(conn: Connection, call_sid: str) -> list[Turn]:
    """The dialogue of a call, oldest line first."""
    return [Turn(*row) for row in conn.execute(_TURNS_OF.order_by(turns.c.id), {"sid": call_sid})]
