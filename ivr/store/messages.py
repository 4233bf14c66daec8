"""Messages that came to the short number: from whom, under a key in place of the phone, and what was decided.

Neither the text nor anything of it is kept.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select, update

from ivr.store.tables import insert_new, messages

UNDECIDED = "undecided"
"""The verdict of a message that is being read; never committed."""

_FROM = messages.c.from_key == bindparam("this_key")
_JUDGE = update(messages).where(messages.c.sid == bindparam("this_sid")).values(verdict=bindparam("new_verdict"))
_COUNT = select(func.count()).where(_FROM, messages.c.received_at > bindparam("since"))
_LAST = (
    select(messages.c.received_at, messages.c.verdict)
    .where(_FROM, messages.c.received_at > bindparam("since"))
    .order_by(messages.c.received_at.desc(), messages.c.id.desc())
    .limit(1)
)
_PURGE = delete(messages).where(messages.c.received_at < bindparam("before"))


@dataclass(frozen=True, slots=True)
class ReceivedText:
    """What became of a message."""

    at: datetime
    verdict: str
    """A fault or a verdict of ``ivr.sms_form``, ``muted`` or ``ignored``; see ``ivr.inbox``."""


def add_text(conn: Connection, sid: str, from_key: str, at: datetime) -> bool:
    """Know a message again by the provider's name for it. False where it is known."""
    return insert_new(conn, messages, sid=sid, from_key=from_key, received_at=at, verdict=UNDECIDED)


def judge_text(conn: Connection, sid: str, verdict: str) -> None:
    conn.execute(_JUDGE, {"this_sid": sid, "new_verdict": verdict})


def count_texts(conn: Connection, from_key: str, since: datetime) -> int:
    """How many messages came from a sender after that moment."""
    return conn.execute(_COUNT, {"this_key": from_key, "since": since}).scalar_one()


def last_text(conn: Connection, from_key: str, since: datetime) -> ReceivedText | None:
    """The newest message from a sender after that moment; None where there is none."""
    row = conn.execute(_LAST, {"this_key": from_key, "since": since}).first()
    return ReceivedText(*row) if row else None


def purge_messages(conn: Connection, before: datetime) -> int:
    """Forget messages that came before then. Returns how many."""
    return conn.execute(_PURGE, {"before": before}).rowcount
