"""What happened on a card: purchases, and points that came and went. Newest first."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from ivr.store.tables import operations, receipts

Values = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A purchase with a card."""

    id: str
    """The till's own, unique over all shops."""
    card_number: str
    at: datetime
    shop: str
    """As it is to be spoken."""
    total: int
    """Kopecks."""
    tobacco: bool
    spend: str
    """One of ``ivr.store.history_files.SPENDS``."""
    points_due: int
    """What the purchase earns on an active card."""


@dataclass(frozen=True, slots=True)
class Operation:
    """Points that came or went."""

    id: str
    card_number: str
    at: datetime
    points: int
    """More than zero: credited; less: debited."""
    cause: str
    """One of ``ivr.store.history_files.CAUSES``."""


def _list(table: Table, record: type) -> Select[Any]:
    columns = [table.c[field.name] for field in fields(record)]
    of_card = select(*columns).where(table.c.card_number == bindparam("this_number"))
    return of_card.order_by(table.c.at.desc(), table.c.id.desc()).limit(bindparam("most"))


_RECEIPTS = _list(receipts, Receipt)
_OPERATIONS = _list(operations, Operation)


def list_receipts(conn: Connection, number: str, most: int) -> list[Receipt]:
    """The last purchases with a card."""
    return [Receipt(*row) for row in conn.execute(_RECEIPTS, {"this_number": number, "most": most})]


def list_operations(conn: Connection, number: str, most: int) -> list[Operation]:
    """The last operations with points of a card."""
    return [Operation(*row) for row in conn.execute(_OPERATIONS, {"this_number": number, "most": most})]


def take_receipts(conn: Connection, rows: Values) -> None:
    """Store receipts of known cards; one that is known by its id gets the new values."""
    _take(conn, receipts, rows)


def take_operations(conn: Connection, rows: Values) -> None:
    """Store operations of known cards; one that is known by its id gets the new values."""
    _take(conn, operations, rows)


def _take(conn: Connection, table: Table, rows: Values) -> None:
    if rows:
        conn.execute(_UPSERTS[table.name, conn.dialect.name], rows)


def _upsert(table: Table, dialect: str) -> postgresql.Insert | sqlite.Insert:
    statement = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    changed = {column.name: statement.excluded[column.name] for column in table.c if column.name != "id"}
    return statement.on_conflict_do_update(index_elements=["id"], set_=changed)


_UPSERTS = {
    (table.name, dialect): _upsert(table, dialect)
    for table in (receipts, operations)
    for dialect in ("sqlite", "postgresql")
}
