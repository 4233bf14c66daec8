"""One-time codes as they are kept: digests, and keys in place of cards and phones; see ``ivr.codes``.

The tables hold no card number, phone or code: a copy of them tells nobody whom a code was for.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, null, or_, select, update

from ivr.store.person_tables import codes

Purpose = Literal["call", "web", "data_change"]
"""What a code opens: a call, the cabinet, one field of a person's data. A code of one purpose opens no other."""


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A one-time code that was offered."""

    id: str
    holder: str
    card_key: str
    phone_key: str
    source_key: str | None
    prefix_key: str
    range_key: str
    purpose: Purpose
    decoy: bool
    digest: str
    """64 hexadecimal digits."""
    created_at: datetime
    expires_at: datetime
    tries: int
    """Wrong ones."""
    used_at: datetime | None
    voided_at: datetime | None
    sealed: bytes | None
    """What the code was asked for with; gone with the code."""


_COLUMNS = [codes.c[field.name] for field in fields(CodeRow)]
_HELD = and_(codes.c.purpose == bindparam("this_purpose"), codes.c.holder == bindparam("this_holder"))
_LIVE = select(*_COLUMNS).where(_HELD, codes.c.voided_at.is_(None)).order_by(codes.c.created_at.desc()).limit(1)
_COUNT = select(func.count()).where(_HELD, codes.c.created_at > bindparam("since"))
_LATEST = (
    select(*_COLUMNS)
    .where(codes.c.phone_key == bindparam("this_phone"), codes.c.created_at > bindparam("since"))
    .order_by(codes.c.created_at.desc())
    .limit(1)
)
_VOID = (
    update(codes)
    .where(
        codes.c.purpose == bindparam("this_purpose"),
        or_(codes.c.card_key == bindparam("this_card"), codes.c.holder == bindparam("this_holder")),
        codes.c.voided_at.is_(None),
    )
    .values(voided_at=bindparam("now"), sealed=null())
)
_USE = (
    update(codes)
    .where(
        codes.c.id == bindparam("this_id"),
        codes.c.used_at.is_(None),
        codes.c.voided_at.is_(None),
        codes.c.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now"), sealed=null())
)
_THIS = codes.c.id == bindparam("this_id")
_MISS = update(codes).where(_THIS).values(tries=codes.c.tries + 1)
_RESEAL = update(codes).where(_THIS).values(sealed=bindparam("new_sealed"))
_EMPTY = update(codes).where(codes.c.expires_at <= bindparam("now"), codes.c.sealed.is_not(None)).values(sealed=null())
_INSERT = insert(codes)
_PURGE = delete(codes).where(codes.c.created_at < bindparam("before"))


def insert_code(conn: Connection, code: CodeRow) -> None:
    """Keep a new code, and void the earlier ones of its purpose that have its card or its holder."""
    conn.execute(
        _VOID,
        {
            "this_purpose": code.purpose,
            "this_card": code.card_key,
            "this_holder": code.holder,
            "now": code.created_at,
        },
    )
    conn.execute(_INSERT, {field.name: getattr(code, field.name) for field in fields(CodeRow)})


def live_code(conn: Connection, purpose: Purpose, holder: str) -> CodeRow | None:
    """The newest code of this holder that no newer one has voided; it may be used or expired."""
    row = conn.execute(_LIVE, {"this_purpose": purpose, "this_holder": holder}).first()
    return CodeRow(*row) if row else None


def count_codes(conn: Connection, purpose: Purpose, holder: str, since: datetime) -> int:
    """How many codes were offered to this holder since then."""
    return conn.execute(_COUNT, {"this_purpose": purpose, "this_holder": holder, "since": since}).scalar_one()


def latest_code(conn: Connection, phone_key: str, since: datetime) -> CodeRow | None:
    """The newest code that was offered to this phone, used and void ones too."""
    row = conn.execute(_LATEST, {"this_phone": phone_key, "since": since}).first()
    return CodeRow(*row) if row else None


def use_code(conn: Connection, code_id: str, now: datetime) -> bool:
    """Use a code up, and drop what it carries. False where somebody was faster."""
    return conn.execute(_USE, {"this_id": code_id, "now": now}).rowcount == 1


def miss_code(conn: Connection, code_id: str) -> None:
    """Count a wrong try."""
    conn.execute(_MISS, {"this_id": code_id})


def reseal_code(conn: Connection, code_id: str, sealed: bytes) -> None:
    """Let a code carry this in place of what it has carried."""
    conn.execute(_RESEAL, {"this_id": code_id, "new_sealed": sealed})


def empty_expired(conn: Connection, now: datetime) -> int:
    """Drop what codes carry that count no longer."""
    return conn.execute(_EMPTY, {"now": now}).rowcount


def purge_codes(conn: Connection, before: datetime) -> int:
    """Forget codes. ``before`` must be more than a day ago: limits look a day back."""
    return conn.execute(_PURGE, {"before": before}).rowcount
