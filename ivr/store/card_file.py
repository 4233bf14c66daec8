"""The file of cards: which columns it has, and how each is read."""

from datetime import date
from pathlib import Path

import phonenumbers

from ivr.store.table_file import (
    Row,
    TableShape,
    count_of,
    digits_of,
    one_of,
    optional_day_begin,
    optional_text,
    read_table,
)

STATUSES = ("issued", "active", "blocked", "excluded", "replaced")
COLUMNS = ("number", "status", "name", "birth_date", "phone", "balance", "reason")
OLDEST_BIRTH = date(1900, 1, 1)
DAYS = {"issued_on": "issued_at", "activated_on": "activated_at"}
"""Optional columns, and where their moments are stored."""


def read_cards(path: Path, number_length: int) -> list[Row]:
    """The rows, ready to be stored. Raises ``ImportFileError``: the row counts from 1, which is the header."""
    return [_stored(row) for row in read_table(path, _shape(number_length))]


def _stored(row: Row) -> Row:
    """Under the names of the database; only a card in use has been activated."""
    stored = {DAYS.get(column, column): value for column, value in row.items()}
    return stored if row["status"] == "active" else stored | {"activated_at": None}


def _shape(number_length: int) -> TableShape:
    readers = {
        "number": digits_of(number_length),
        "status": one_of(STATUSES),
        "name": optional_text,
        "birth_date": _birth_date,
        "phone": _phone,
        "balance": count_of("points"),
        "reason": optional_text,
    }
    return TableShape(readers, "number", dict.fromkeys(DAYS, optional_day_begin))


def _birth_date(cell: str) -> date | None:
    if not cell:
        return None
    try:
        day = date.fromisoformat(cell)
    except ValueError:
        day = date.min
    if day < OLDEST_BIRTH or day.isoformat() != cell:
        raise ValueError("must be a date such as 1986-03-31")
    return day


def _phone(cell: str) -> str | None:
    if not cell:
        return None
    try:
        parsed = phonenumbers.parse(cell)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_valid_number(parsed):
        raise ValueError("must be a phone number such as +79160000000")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
