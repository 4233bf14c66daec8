"""Acts of erasure: when a person was erased, why, by whom and from where; a keyed digest stands for the person."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select

from ivr.store.person_tables import erasures


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """One erasure."""

    number: int
    phone_key: str
    reason: str
    asked_by: str
    counts: Mapping[str, int]
    """Rows that were deleted or emptied, by table."""
    at: datetime


_COLUMNS = [erasures.c[field.name] for field in fields(ErasureRow)]
_LAST = select(func.coalesce(func.max(erasures.c.number), 0))
_INSERT = insert(erasures)
_FIND = select(*_COLUMNS).where(erasures.c.number == bindparam("this_number"))
_SINCE = select(func.count()).where(erasures.c.phone_key == bindparam("this_key"), erasures.c.at > bindparam("since"))


def add_erasure(conn: Connection, values: Mapping[str, Any]) -> ErasureRow:
    """Write an act down under the next number. The caller holds the counts; see ``ivr.store.db.hold_counts``."""
    row = ErasureRow(number=conn.execute(_LAST).scalar_one() + 1, **values)
    conn.execute(_INSERT, {field.name: getattr(row, field.name) for field in fields(ErasureRow)})
    return row


def find_erasure(conn: Connection, number: int) -> ErasureRow | None:
    """The act with this number."""
    row = conn.execute(_FIND, {"this_number": number}).first()
    return ErasureRow(*row) if row else None


def erased_since(conn: Connection, phone_key: str, since: datetime) -> bool:
    """True where this person was erased after then."""
    return conn.execute(_SINCE, {"this_key": phone_key, "since": since}).scalar_one() > 0
