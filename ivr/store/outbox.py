"""The outbox as it is kept: messages that were promised in a transaction and are sent after it; see ``ivr.outbox``."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    String,
    Text,
    bindparam,
    func,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from ivr.store.moments import UtcDateTime
from ivr.store.tables import outbox

SWEEP_LIMIT = 200
"""Rows taken up by one sweep; the next one takes the rest."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message on its way."""

    id: str
    kind: str
    unique_key: str
    to_number: str
    body: str | None
    """None once the message has left."""
    state: str
    """``pending``, ``sending``, ``sent``, ``delivered``, ``failed`` or ``unknown``."""
    provider_sid: str | None
    provider_status: str | None
    error: str | None
    """Twilio's number of the error, or a word of ours."""
    attempts: int
    due_at: datetime
    """When it is to be looked at again."""
    expires_at: datetime
    """When it is of no more use to the person it is for."""
    created_at: datetime
    sent_at: datetime | None
    """When it was handed over for the last time."""
    updated_at: datetime


_COLUMNS = [outbox.c[field.name] for field in fields(OutboxRow)]
_THIS = outbox.c.id == bindparam("this_id")
_FIND = select(*_COLUMNS).where(_THIS)
_FIND_LOCKED = _FIND.with_for_update()
_COUNT = select(func.count()).where(
    outbox.c.to_number == bindparam("this_number"),
    outbox.c.created_at >= bindparam("since"),
    outbox.c.unique_key.startswith(bindparam("key_prefix")),
)
_LATEST = (
    select(*_COLUMNS)
    .where(outbox.c.to_number == bindparam("this_number"))
    .order_by(outbox.c.created_at.desc())
    .limit(1)
)
_ALL_TO = select(*_COLUMNS).where(outbox.c.to_number == bindparam("this_number")).order_by(outbox.c.created_at)
_CLAIM = (
    update(outbox)
    .where(
        _THIS,
        outbox.c.state == "pending",
        outbox.c.due_at <= bindparam("now"),
        outbox.c.expires_at > bindparam("now"),
    )
    .values(state="sending", attempts=outbox.c.attempts + 1, sent_at=bindparam("now"), updated_at=bindparam("now"))
    .returning(*_COLUMNS)
)
_MARK = (
    update(outbox)
    .where(_THIS, outbox.c.state == bindparam("from_state"))
    .values(
        state=bindparam("to_state"),
        error=bindparam("new_error"),
        due_at=bindparam("new_due_at"),
        body=func.nullif(func.coalesce(bindparam("kept_body", type_=Text), ""), ""),
        updated_at=bindparam("now"),
    )
)
_FOLD = (
    update(outbox)
    .where(_THIS)
    .values(
        state=bindparam("to_state"),
        provider_sid=bindparam("new_sid"),
        provider_status=bindparam("new_status"),
        error=bindparam("new_error"),
        body=null(),
        updated_at=bindparam("now"),
    )
)
_BOUND = select(outbox.c.provider_sid).where(outbox.c.provider_sid.in_(bindparam("sids", expanding=True)))
_ABANDON = (
    update(outbox)
    .where(outbox.c.state == "sending", outbox.c.updated_at <= bindparam("before"))
    .values(state="unknown", error="interrupted", body=null(), due_at=bindparam("now"), updated_at=bindparam("now"))
)
_EXPIRE = (
    update(outbox)
    .where(outbox.c.state == "pending", outbox.c.expires_at <= bindparam("now"))
    .values(state="failed", error="expired", body=null(), updated_at=bindparam("now"))
)
_DUE = (
    select(outbox.c.id)
    .where(outbox.c.state.in_(("pending", "unknown")), outbox.c.due_at <= bindparam("now"))
    .order_by(outbox.c.due_at, outbox.c.created_at)
    .limit(SWEEP_LIMIT)
)


def _insert(dialect: str) -> postgresql.Insert | sqlite.Insert:
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(outbox)
    row: dict[str, ColumnElement[Any]] = {
        "id": bindparam("id", type_=String),
        "kind": literal("sms", String),
        "unique_key": bindparam("unique_key", type_=String),
        "to_number": bindparam("to_number", type_=String),
        "body": bindparam("body", type_=Text),
        "state": literal("pending", String),
        "attempts": literal(0),
        "due_at": bindparam("at", type_=UtcDateTime),
        "expires_at": bindparam("expires_at", type_=UtcDateTime),
        "created_at": bindparam("at", type_=UtcDateTime),
        "updated_at": bindparam("at", type_=UtcDateTime),
    }
    wanted = select(*row.values()).where(bindparam("wanted", type_=Boolean))
    return statement.from_select(list(row), wanted).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


_INSERTS = {dialect: _insert(dialect) for dialect in ("sqlite", "postgresql")}


def insert_message(
    conn: Connection,
    *,
    message_id: str,
    unique_key: str,
    to_number: str,
    body: str,
    at: datetime,
    expires_at: datetime,
    wanted: bool,
) -> bool:
    """Promise a message. False where it was promised before, or is not ``wanted``: the same statement adds no row."""
    values = {
        "id": message_id,
        "unique_key": unique_key,
        "to_number": to_number,
        "body": body,
        "at": at,
        "expires_at": expires_at,
        "wanted": wanted,
    }
    return conn.execute(_INSERTS[conn.dialect.name], values).rowcount == 1


def find_message(conn: Connection, message_id: str, lock: bool = False) -> OutboxRow | None:
    """The message, or None. ``lock`` holds it to the end of the transaction, which then must be a writing one."""
    row = conn.execute(_FIND_LOCKED if lock else _FIND, {"this_id": message_id}).first()
    return OutboxRow(*row) if row else None


def latest_to(conn: Connection, to_number: str) -> OutboxRow | None:
    """The newest message to a phone: was it sent, did it arrive?"""
    row = conn.execute(_LATEST, {"this_number": to_number}).first()
    return OutboxRow(*row) if row else None


def messages_to(conn: Connection, to_number: str) -> list[OutboxRow]:
    """All messages to a phone, oldest first."""
    return [OutboxRow(*row) for row in conn.execute(_ALL_TO, {"this_number": to_number})]


def count_messages(conn: Connection, to_number: str, key_prefix: str, since: datetime) -> int:
    """How many messages whose keys begin so were promised to a phone since then."""
    values = {"this_number": to_number, "key_prefix": key_prefix, "since": since}
    return conn.execute(_COUNT, values).scalar_one()


def claim_message(conn: Connection, message_id: str, now: datetime) -> OutboxRow | None:
    """Take a message that is pending and due; None where there is no such one, for another worker may have it."""
    row = conn.execute(_CLAIM, {"this_id": message_id, "now": now}).first()
    return OutboxRow(*row) if row else None


def mark_message(
    conn: Connection,
    message_id: str,
    *,
    from_state: str,
    to_state: str,
    now: datetime,
    error: str | None,
    due_at: datetime,
    body: str | None = None,
) -> bool:
    """Move a message from one state to another; False where it has left ``from_state``. No ``body`` erases it."""
    values: Mapping[str, object] = {
        "this_id": message_id,
        "from_state": from_state,
        "to_state": to_state,
        "now": now,
        "new_error": error,
        "new_due_at": due_at,
        "kept_body": body,
    }
    return conn.execute(_MARK, values).rowcount == 1


def fold_message(
    conn: Connection,
    message_id: str,
    *,
    to_state: str,
    provider_sid: str,
    provider_status: str,
    error: str | None,
    now: datetime,
) -> None:
    """Write down what the provider says of a message; its body is erased."""
    values = {
        "this_id": message_id,
        "to_state": to_state,
        "new_sid": provider_sid,
        "new_status": provider_status,
        "new_error": error,
        "now": now,
    }
    conn.execute(_FOLD, values)


def bound_sids(conn: Connection, sids: Collection[str]) -> set[str]:
    """Those of the provider's names that belong to a message of ours already."""
    found = conn.execute(_BOUND, {"sids": list(sids)}).scalars() if sids else ()
    return {sid for sid in found if sid is not None}


def abandon_messages(conn: Connection, before: datetime, now: datetime) -> int:
    """Messages whose sender has died become ``unknown``: they may have left, so they are never sent again."""
    return conn.execute(_ABANDON, {"before": before, "now": now}).rowcount


def expire_messages(conn: Connection, now: datetime) -> int:
    """Messages that nobody needs any more become ``failed``."""
    return conn.execute(_EXPIRE, {"now": now}).rowcount


def due_messages(conn: Connection, now: datetime) -> list[str]:
    """Ids of pending and unknown messages to take up now, the longest due first."""
    return list(conn.execute(_DUE, {"now": now}).scalars())
