"""Emptying and deleting what was kept for long enough; see ``ivr.retention``. Other tables have theirs beside them.

The newest row of what is numbered stays whatever its age: the next number is counted on from it. What there is
much of is taken away by ``BATCH``, each time that the function is called.
"""

from datetime import datetime

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Integer,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from ivr.dialog.state import DialogState, state_to_json
from ivr.store.erasure import ERASED
from ivr.store.person_tables import captures, consents, erasures
from ivr.store.tables import BATCH, appeals, calls, outbox, turns

_BEFORE: BindParameter[datetime] = bindparam("before")
_OLD_CALLS = calls.c.started_at < _BEFORE
_OLD_TURNS = turns.c.call_sid.in_(select(calls.c.sid).where(_OLD_CALLS))
_FORGET_TURNS = delete(turns).where(turns.c.id.in_(select(turns.c.id).where(_OLD_TURNS).limit(BATCH)))
# An erased caller's call has lost its number, but not what it answered last; one that never answered has only a number.
_NOT_EMPTY = or_(calls.c.from_number != ERASED, calls.c.reply.is_not(None))
_EMPTY_CALLS = (
    update(calls)
    .where(calls.c.sid.in_(select(calls.c.sid).where(_OLD_CALLS, _NOT_EMPTY).limit(BATCH)))
    .values(reply=None, state=state_to_json(DialogState(ERASED, ERASED)), from_number=ERASED, to_number=ERASED)
)
_PURGE_CALLS = delete(calls).where(calls.c.sid.in_(select(calls.c.sid).where(_OLD_CALLS).limit(BATCH)))
_OLD_MESSAGES = select(outbox.c.id).where(outbox.c.created_at < _BEFORE).limit(BATCH)
_PURGE_OUTBOX = delete(outbox).where(outbox.c.id.in_(_OLD_MESSAGES))
_PURGE_CONSENTS = delete(consents).where(consents.c.withdrawn_at < _BEFORE)
_PURGE_CAPTURES = delete(captures).where(captures.c.at < _BEFORE)


def _not_the_last(number: Column[int]) -> ColumnElement[bool]:
    return number < select(func.max(number, type_=Integer)).scalar_subquery()


_PURGE_APPEALS = delete(appeals).where(
    appeals.c.ended_at < _BEFORE, appeals.c.status != "open", _not_the_last(appeals.c.serial)
)
_PURGE_ACTS = delete(erasures).where(erasures.c.at < _BEFORE, _not_the_last(erasures.c.number))


def empty_calls(conn: Connection, before: datetime) -> int:
    """Take numbers, answers and dialogue out of calls that began before then. Returns how many rows were changed."""
    values = {"before": before}
    return conn.execute(_FORGET_TURNS, values).rowcount + conn.execute(_EMPTY_CALLS, values).rowcount


def purge_calls(conn: Connection, before: datetime) -> int:
    """Delete calls that began before then. Returns how many."""
    return conn.execute(_PURGE_CALLS, {"before": before}).rowcount


def purge_outbox(conn: Connection, before: datetime) -> int:
    """Delete messages that were promised before then. Returns how many."""
    return conn.execute(_PURGE_OUTBOX, {"before": before}).rowcount


def purge_appeals(conn: Connection, before: datetime) -> int:
    """Delete appeals that were ended before then. Returns how many."""
    return conn.execute(_PURGE_APPEALS, {"before": before}).rowcount


def purge_consents(conn: Connection, before: datetime) -> int:
    """Delete consents that were withdrawn before then. Returns how many."""
    return conn.execute(_PURGE_CONSENTS, {"before": before}).rowcount


def purge_captures(conn: Connection, before: datetime) -> int:
    """Delete sounds of steps that were heard before then. Returns how many."""
    return conn.execute(_PURGE_CAPTURES, {"before": before}).rowcount


def purge_acts(conn: Connection, before: datetime) -> int:
    """Delete acts of erasures that were done before then. Returns how many."""
    return conn.execute(_PURGE_ACTS, {"before": before}).rowcount
