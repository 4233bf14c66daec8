"""Taking in files of receipts and of operations with points."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection

from ivr.errors import ImportFileError
from ivr.store.cards import known_cards
from ivr.store.histories import take_operations, take_receipts
from ivr.store.history_files import read_operations, read_receipts
from ivr.store.table_file import Row

AT_ONCE = 500
"""Numbers in one query: SQLite takes some thirty thousand, PostgreSQL's planner likes fewer."""


def import_receipts(conn: Connection, path: Path, number_length: int = 16) -> int:
    """Take in a file of receipts, all of it or nothing; a receipt that is known by its id gets the file's values.

    Columns: ``id,card_number,at,shop,total,tobacco,spend,points_due``. Returns how many were in it.
    Raises ``ImportFileError`` with the row and the column, never with the value.
    """
    rows = read_receipts(path, number_length)
    _check_cards(conn, path, rows)
    take_receipts(conn, rows)
    return len(rows)


def import_operations(conn: Connection, path: Path, number_length: int = 16) -> int:
    """Take in a file of operations as ``import_receipts`` does. Columns: ``id,card_number,at,points,cause``."""
    rows = read_operations(path, number_length)
    _check_cards(conn, path, rows)
    take_operations(conn, rows)
    return len(rows)


def _check_cards(conn: Connection, path: Path, rows: Sequence[Row]) -> None:
    numbers = sorted({str(row["card_number"]) for row in rows})
    known: set[str] = set()
    for some in _parts(numbers):
        known |= known_cards(conn, some)
    missing = len(numbers) - len(known)
    if missing:
        raise ImportFileError(
            f"{path.name}, column card_number: {missing} of the cards are unknown; "
            "take them in first: python -m ivr cards import"
        )


def _parts(numbers: Sequence[str]) -> Iterator[list[str]]:
    left = iter(numbers)
    while some := list(islice(left, AT_ONCE)):
        yield some
