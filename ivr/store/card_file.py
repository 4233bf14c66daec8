"""The file of cards: a table of comma separated values in UTF-8, checked row by row before anything is stored."""

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

import phonenumbers

from ivr.errors import ImportFileError

STATUSES = ("issued", "active", "blocked", "excluded", "replaced")
COLUMNS = ("number", "status", "name", "birth_date", "phone", "balance", "reason")
OLDEST_BIRTH = date(1900, 1, 1)
LARGEST_BALANCE = 2_000_000_000
"""What the column holds."""

Value = str | date | int | None


def read_cards(path: Path, number_length: int) -> list[dict[str, Value]]:
    """The rows, ready to be stored. Raises ``ImportFileError``: the row counts from 1, which is the header."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(path.name, csv.reader(file, strict=True), number_length)
    except OSError as error:
        raise ImportFileError(f"{path}: {error.strerror}; name a readable file of cards.") from error
    except UnicodeDecodeError:
        raise ImportFileError(f"{path.name}: not UTF-8; save the table as «CSV UTF-8».") from None
    except csv.Error as error:
        raise ImportFileError(f"{path.name}: not a table of comma separated values ({error}).") from None


def _read(name: str, lines: Iterator[list[str]], number_length: int) -> list[dict[str, Value]]:
    header = [cell.strip() for cell in next(lines, [])]
    if sorted(header) != sorted(COLUMNS):
        raise ImportFileError(f"{name}: row 1: the columns must be {','.join(COLUMNS)}.")
    rows: dict[str, dict[str, Value]] = {}
    for row_number, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        where = f"{name}: row {row_number}"
        if len(cells) != len(header):
            raise ImportFileError(f"{where}: {len(cells)} columns instead of {len(header)}.")
        row = _row(where, dict(zip(header, cells, strict=True)), number_length)
        number = str(row["number"])
        if number in rows:
            raise ImportFileError(f"{where}, column number: this card is in the file already; remove one of the two.")
        rows[number] = row
    return list(rows.values())


def _row(where: str, cells: Mapping[str, str], number_length: int) -> dict[str, Value]:
    row: dict[str, Value] = {}
    for column, read in _READERS.items():
        try:
            row[column] = read(cells[column].strip())
        except ValueError as error:
            # The reason is one of the constants below. The cell itself stays out: it is personal.
            raise ImportFileError(f"{where}, column {column}: {error}.") from None
    if len(str(row["number"])) != number_length:
        raise ImportFileError(f"{where}, column number: must be {number_length} digits.")
    return row


def _number(cell: str) -> str:
    digits = cell.replace(" ", "")
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("must be digits")
    return digits


def _status(cell: str) -> str:
    if cell not in STATUSES:
        raise ValueError(f"must be one of {', '.join(STATUSES)}")
    return cell


def _text(cell: str) -> str | None:
    if len(cell) > 200 or "\0" in cell:
        raise ValueError("must be at most 200 letters")
    return cell or None


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


def _balance(cell: str) -> int:
    if not cell:
        return 0
    if not (cell.isascii() and cell.isdigit() and int(cell) <= LARGEST_BALANCE):
        raise ValueError("must be a whole number of points, 0 or more")
    return int(cell)


_READERS: Mapping[str, Callable[[str], Value]] = {
    "number": _number,
    "status": _status,
    "name": _text,
    "birth_date": _birth_date,
    "phone": _phone,
    "balance": _balance,
    "reason": _text,
}
