"""Messages that a step promises: written in its transaction, sent after it, and never sent twice.

    pending ──claim──▶ sending ──▶ sent ──▶ delivered
       ▲                 │ │ └──────────────▶ failed     refused for good; undelivered; expired; lost
       └──refused for now┘ └──▶ unknown ──▶ sent, delivered, failed

A message is ``sending`` before the request leaves. When the answer is doubtful (no answer, a server error, a dead
worker), the message may have been taken, so it becomes ``unknown`` and is only ever looked up: a status callback names
it by its id, or the provider's list of messages to that phone shows it. What does not show up within ten minutes is
lost, and the caller may ask for another code.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import Connection

from ivr.clock import Clock
from ivr.store.db import Database
from ivr.store.outbox import (
    OutboxRow,
    abandon_messages,
    bound_sids,
    claim_message,
    due_messages,
    expire_messages,
    find_message,
    fold_message,
    insert_message,
    mark_message,
)

LIFETIME = timedelta(days=1)
"""How long an ordinary message is worth sending."""
MAX_ATTEMPTS = 6
"""Times the provider may ask for patience before a message is given up."""
FIRST_PAUSE = timedelta(seconds=2)
"""Doubles with each attempt."""
SENDING = timedelta(seconds=30)
"""A message that is ``sending`` for longer has lost its sender: requests end within ten seconds."""
LOOK_UP_AFTER = timedelta(seconds=30)
"""How long a status callback has time to settle an unknown message."""
LOOK_UP_EVERY = timedelta(seconds=60)
LOST_AFTER = timedelta(minutes=10)
"""A message that the provider's list does not show by then was never taken."""
UNASKED_AFTER = timedelta(days=1)
"""When the list itself could not be read for so long, the message counts as lost."""
CLOCK_SKEW = timedelta(seconds=15)
"""The provider's clock may be behind ours by that much."""

STATUS_STATES = {
    "accepted": "sent",
    "scheduled": "sent",
    "queued": "sent",
    "sending": "sent",
    "sent": "sent",
    "partially_delivered": "sent",
    "canceled": "failed",
    "failed": "failed",
    "undelivered": "failed",
    "delivered": "delivered",
    "read": "delivered",
}
"""Twilio's words for a message, in the order in which a later one outweighs an earlier one, and our states."""
_RANKS = {status: rank for rank, status in enumerate(STATUS_STATES)}

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sms:
    """A message to hand over."""

    to: str
    body: str
    status_callback: str
    """Absolute address for status callbacks; names the message by its id only."""
    valid_seconds: int
    """How long the network may try."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider has taken the message."""

    sid: str
    status: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider has surely not taken the message."""

    code: int
    """Twilio's number of the error; 0 where the provider could not be reached at all."""
    permanent: bool
    """False where the same message may be taken later."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Nobody knows whether the provider has taken the message."""

    reason: str
    """A word such as ``timeout`` or ``http_500``."""


@dataclass(frozen=True, slots=True)
class ListedSms:
    """A message that the provider has."""

    sid: str
    status: str
    error: str | None
    created_at: datetime


class SmsGateway(Protocol):
    """A provider of SMS."""

    def send(self, sms: Sms) -> Sent | Refused | Ambiguous:
        """Hand a message over; ends within ten seconds and raises nothing."""
        ...

    def list_to(self, to: str) -> tuple[ListedSms, ...] | None:
        """The newest messages to a phone, or None where the list cannot be had now."""
        ...


def enqueue_sms(
    conn: Connection,
    unique_key: str,
    to: str,
    body: str,
    *,
    at: datetime,
    expires_at: datetime | None = None,
    wanted: bool = True,
) -> str:
    """Promise an SMS in this transaction and return its id; the same ``unique_key`` is promised once.

    Hand the id to the worker after the commit. ``wanted`` False runs the same statement and promises nothing.
    """
    message_id = message_id_of(unique_key)
    insert_message(
        conn,
        message_id=message_id,
        unique_key=unique_key,
        to_number=to,
        body=body,
        at=at,
        expires_at=expires_at or at + LIFETIME,
        wanted=wanted,
    )
    return message_id


def message_id_of(unique_key: str) -> str:
    """The id of the message that was, or would be, promised under this key."""
    return hashlib.sha256(unique_key.encode()).hexdigest()[:32]


def note_status(conn: Connection, message_id: str, *, sid: str, status: str, error: str | None, now: datetime) -> bool:
    """Take in what the provider says of a message. False where it changes nothing: late, repeated, or not ours.

    Callbacks come in any order and more than once; a later word outweighs an earlier one, so that every order ends in
    the same row.
    """
    row = find_message(conn, message_id, lock=True)
    if row is None or row.state == "pending" or status not in _RANKS:
        return False
    if row.provider_sid is None:
        # Until now nothing has tied the message to a name; a name that another message bears is a mix-up.
        if bound_sids(conn, [sid]):
            return False
    elif row.provider_sid != sid or _RANKS[status] <= _RANKS[row.provider_status or "accepted"]:
        return False
    state = STATUS_STATES[status]
    fold_message(
        conn,
        message_id,
        to_state=state,
        provider_sid=sid,
        provider_status=status,
        error=error if state == "failed" else None,
        now=now,
    )
    return True


class Outbox:
    """Sends what was promised. Any number of processes may do so at once."""

    def __init__(self, db: Database, gateway: SmsGateway, clock: Clock, public_base_url: str) -> None:
        self._db = db
        self._gateway = gateway
        self._clock = clock
        self._callback = f"{public_base_url.rstrip('/')}/sms/status?o="

    def attend(self, message_id: str) -> timedelta | None:
        """Do what is due: send a pending message, look an unknown one up. Returns as ``deliver`` does."""
        return self.deliver(message_id) or self.look_up(message_id)

    def deliver(self, message_id: str) -> timedelta | None:
        """Send a pending message. Returns when to come back to it, or None where nothing more is to be done.

        Does nothing where the message is unknown, not due, or another worker's.
        """
        with self._db.transaction() as conn:
            row = claim_message(conn, message_id, self._clock.now())
        if row is None:
            return None
        outcome = self._send(row)
        with self._db.transaction() as conn:
            pause = self._settle(conn, row, outcome)
        _log.info("sms_handed_over", outbox_id=message_id, outcome=type(outcome).__name__, attempt=row.attempts)
        return pause

    def look_up(self, message_id: str) -> timedelta | None:
        """Find out what became of an unknown message. Returns as ``deliver`` does. Never sends."""
        now = self._clock.now()
        with self._db.reading() as conn:
            row = find_message(conn, message_id)
        if row is None or row.state != "unknown" or row.due_at > now:
            return None
        listed = self._gateway.list_to(row.to_number)
        with self._db.transaction() as conn:
            return self._conclude(conn, row, listed)

    def sweep(self) -> list[str]:
        """Put right what crashes have left, and name the messages to attend to."""
        now = self._clock.now()
        with self._db.transaction() as conn:
            abandoned = abandon_messages(conn, now - SENDING, now)
            expired = expire_messages(conn, now)
            due = due_messages(conn, now)
        if abandoned or expired:
            _log.warning("outbox_swept", abandoned=abandoned, expired=expired)
        return due

    def _send(self, row: OutboxRow) -> Sent | Refused | Ambiguous:
        left = row.expires_at - self._clock.now()
        sms = Sms(row.to_number, row.body or "", self._callback + row.id, max(1, int(left.total_seconds())))
        try:
            return self._gateway.send(sms)
        except Exception as error:
            # The request may have left before this came up. Only its kind is told: its text may quote the request.
            _log.error("sms_gateway_failed", outbox_id=row.id, error=type(error).__name__)
            return Ambiguous("gateway_failed")

    def _settle(self, conn: Connection, row: OutboxRow, outcome: Sent | Refused | Ambiguous) -> timedelta | None:
        match outcome:
            case Sent(sid, status):
                known = status if status in _RANKS else "accepted"
                note_status(conn, row.id, sid=sid, status=known, error=None, now=self._clock.now())
                return None
            case Refused(code, permanent):
                return self._refused(conn, row, str(code), final=permanent or row.attempts >= MAX_ATTEMPTS)
            case Ambiguous(reason):
                return self._mark(conn, row, "unknown", error=reason, pause=LOOK_UP_AFTER)

    def _refused(self, conn: Connection, row: OutboxRow, code: str, final: bool) -> timedelta | None:
        if final:
            self._mark(conn, row, "failed", error=code, pause=timedelta(0))
            return None
        pause = FIRST_PAUSE * 2 ** (row.attempts - 1)
        return self._mark(conn, row, "pending", error=code, pause=pause, body=row.body)

    def _conclude(self, conn: Connection, row: OutboxRow, listed: tuple[ListedSms, ...] | None) -> timedelta | None:
        now = self._clock.now()
        handed_over = row.sent_at or row.created_at
        found = None if listed is None else _first_unbound(conn, listed, handed_over - CLOCK_SKEW)
        if found is not None:
            note_status(conn, row.id, sid=found.sid, status=found.status, error=found.error, now=now)
            _log.info("sms_found", outbox_id=row.id)
            return None
        patience = UNASKED_AFTER if listed is None else LOST_AFTER
        if now - handed_over < patience:
            return self._mark(conn, row, "unknown", error=row.error, pause=LOOK_UP_EVERY)
        self._mark(conn, row, "failed", error="lost", pause=timedelta(0))
        _log.warning("sms_lost", outbox_id=row.id)
        return None

    def _mark(
        self,
        conn: Connection,
        row: OutboxRow,
        state: str,
        *,
        error: str | None,
        pause: timedelta,
        body: str | None = None,
    ) -> timedelta | None:
        """Leave the state that the work began in; None where a status callback was faster."""
        now = self._clock.now()
        moved = mark_message(
            conn,
            row.id,
            from_state=row.state,
            to_state=state,
            now=now,
            error=error,
            due_at=now + pause,
            body=body,
        )
        return pause if moved else None


def _first_unbound(conn: Connection, listed: tuple[ListedSms, ...], since: datetime) -> ListedSms | None:
    """The oldest message of that time that is not another one of ours: unknown ones are looked up in their order."""
    recent = [sms for sms in listed if sms.created_at >= since and sms.status in _RANKS]
    taken = bound_sids(conn, [sms.sid for sms in recent])
    return min((sms for sms in recent if sms.sid not in taken), key=lambda sms: sms.created_at, default=None)
