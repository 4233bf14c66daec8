"""One-time codes as they are kept: digests, and keys in place of cards and phones; see ``ivr.codes``.

The tables hold no card number, phone or code: a copy of them tells nobody whom a code was for.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, delete, func, insert, or_, select, update

from ivr.store.person_tables import code_events, codes

EventKind = Literal["sent", "wrong", "right"]


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A one-time code that was offered."""

    id: str
    call_sid: str
    card_key: str
    phone_key: str
    purpose: str
    digest: str
    """64 hexadecimal digits."""
    created_at: datetime
    expires_at: datetime
    tries: int
    """Wrong ones."""
    used_at: datetime | None
    voided_at: datetime | None


@dataclass(frozen=True, slots=True)
class CodeCounts:
    """What was sent and guessed lately; see ``ivr.hotline.CodeLimits``."""

    phone_day: int
    card_day: int
    phone_ten_minutes: int
    wrong_phone_day: int
    wrong_card_day: int


def _count(kind: EventKind, whose: ColumnElement[bool], *more: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((and_(code_events.c.kind == kind, whose, *more), 1)))


_PHONE = code_events.c.phone_key == bindparam("phone_key")
_CARD = code_events.c.card_key == bindparam("card_key")
_COUNTS = select(
    _count("sent", _PHONE),
    _count("sent", _CARD),
    _count("sent", _PHONE, code_events.c.at > bindparam("ten_minutes_ago")),
    _count("wrong", _PHONE),
    _count("wrong", _CARD),
).where(or_(_PHONE, _CARD), code_events.c.at > bindparam("day_ago"))
_LIVE = select(*(codes.c[field.name] for field in fields(CodeRow))).where(
    codes.c.call_sid == bindparam("call_sid"),
    codes.c.card_key == bindparam("card_key"),
    codes.c.voided_at.is_(None),
)
_LATEST = (
    select(*(codes.c[field.name] for field in fields(CodeRow)))
    .where(codes.c.phone_key == bindparam("this_phone"), codes.c.created_at > bindparam("since"))
    .order_by(codes.c.created_at.desc())
    .limit(1)
)
_VOID = (
    update(codes)
    .where(codes.c.card_key == bindparam("this_card"), codes.c.voided_at.is_(None))
    .values(voided_at=bindparam("now"))
)
_USE = (
    update(codes)
    .where(
        codes.c.id == bindparam("this_id"),
        codes.c.used_at.is_(None),
        codes.c.voided_at.is_(None),
        codes.c.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
)
_MISS = update(codes).where(codes.c.id == bindparam("this_id")).values(tries=codes.c.tries + 1)
_INSERT = insert(codes)
_INSERT_EVENT = insert(code_events)
_PURGE_CODES = delete(codes).where(codes.c.created_at < bindparam("before"))
_PURGE_EVENTS = delete(code_events).where(code_events.c.at < bindparam("before"))


def count_events(conn: Connection, phone_key: str, card_key: str, now: datetime) -> CodeCounts:
    """Count back from ``now``: a day, and ten minutes."""
    values = {
        "phone_key": phone_key,
        "card_key": card_key,
        "day_ago": now - timedelta(days=1),
        "ten_minutes_ago": now - timedelta(minutes=10),
    }
    return CodeCounts(*conn.execute(_COUNTS, values).one())


def add_event(conn: Connection, kind: EventKind, phone_key: str, card_key: str, at: datetime) -> None:
    """Count a code that was sent, or a try."""
    conn.execute(_INSERT_EVENT, {"kind": kind, "phone_key": phone_key, "card_key": card_key, "at": at})


def insert_code(conn: Connection, code: CodeRow) -> None:
    """Keep a new code, and void all earlier ones of its card, so that at most one is ever live."""
    conn.execute(_VOID, {"this_card": code.card_key, "now": code.created_at})
    conn.execute(_INSERT, {field.name: getattr(code, field.name) for field in fields(CodeRow)})


def live_code(conn: Connection, call_sid: str, card_key: str) -> CodeRow | None:
    """The code that this call was offered for this card and that no newer one has voided."""
    row = conn.execute(_LIVE, {"call_sid": call_sid, "card_key": card_key}).first()
    return CodeRow(*row) if row else None


def latest_code(conn: Connection, phone_key: str, since: datetime) -> CodeRow | None:
    """The newest code that was offered to this phone, used and void ones too."""
    row = conn.execute(_LATEST, {"this_phone": phone_key, "since": since}).first()
    return CodeRow(*row) if row else None


def use_code(conn: Connection, code_id: str, now: datetime) -> bool:
    """Use a code up. False where somebody was faster."""
    return conn.execute(_USE, {"this_id": code_id, "now": now}).rowcount == 1


def miss_code(conn: Connection, code_id: str) -> None:
    """Count a wrong try."""
    conn.execute(_MISS, {"this_id": code_id})


def purge_codes(conn: Connection, before: datetime) -> int:
    """Forget codes and events. ``before`` must be more than a day ago: limits look a day back."""
    values = {"before": before}
    return conn.execute(_PURGE_CODES, values).rowcount + conn.execute(_PURGE_EVENTS, values).rowcount
