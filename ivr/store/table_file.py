"""Files of rows: tables of comma separated values in UTF-8, checked row by row before anything is stored."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from ivr.errors import ImportFileError

LONGEST_TEXT = 200
LARGEST_NUMBER = 2_000_000_000
"""What an integer column holds."""

Value = str | date | datetime | int | bool | None
Row = dict[str, Value]
Readers = Mapping[str, Callable[[str], Value]]


@dataclass(frozen=True, slots=True)
class TableShape:
    """What a file must look like."""

    readers: Readers
    """Column to what reads its cells; a reader raises ``ValueError`` with a text that holds nothing of the cell."""
    key: str
    """The column that names a row; no two rows may have the same."""
    optional: Readers
    """Columns that may be left out, and are None then."""

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.readers)


def read_table(path: Path, shape: TableShape) -> list[Row]:
    """The rows, ready to be stored. Raises ``ImportFileError``: the row counts from 1, which is the header."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(path.name, csv.reader(file, strict=True), shape)
    except OSError as error:
        raise ImportFileError(f"{path}: {error.strerror}; name a readable file.") from error
    except UnicodeDecodeError:
        raise ImportFileError(f"{path.name}: not UTF-8; save the table as «CSV UTF-8».") from None
    except csv.Error as error:
        raise ImportFileError(f"{path.name}: not a table of comma separated values ({error}).") from None


def _read(name: str, lines: Iterator[list[str]], shape: TableShape) -> list[Row]:
    header = [cell.strip() for cell in next(lines, [])]
    if sorted(column for column in header if column not in shape.optional) != sorted(shape.columns):
        raise ImportFileError(f"{name}: row 1: the columns must be {','.join(shape.columns)}{_may(shape)}.")
    rows: dict[Value, Row] = {}
    for row_number, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        where = f"{name}: row {row_number}"
        if len(cells) != len(header):
            raise ImportFileError(f"{where}: {len(cells)} columns instead of {len(header)}.")
        row = _row(where, dict(zip(header, cells, strict=True)), shape)
        key = row[shape.key]
        if key in rows:
            raise ImportFileError(f"{where}, column {shape.key}: it is in the file already; remove one of the two.")
        rows[key] = row
    return list(rows.values())


def _may(shape: TableShape) -> str:
    return f", and may be {','.join(shape.optional)}" if shape.optional else ""


def _row(where: str, cells: Mapping[str, str], shape: TableShape) -> Row:
    row: Row = {}
    for column, read in {**shape.readers, **shape.optional}.items():
        try:
            row[column] = read(cells.get(column, "").strip())
        except ValueError as error:
            # The reason is a constant of the reader. The cell itself stays out: it is personal.
            raise ImportFileError(f"{where}, column {column}: {error}.") from None
    return row


# -- readers of cells --------------------------------------------------------------------------------------------------


def digits_of(length: int) -> Callable[[str], str]:
    """A number of ``length`` digits; spaces between them do not count."""

    def read(cell: str) -> str:
        digits = cell.replace(" ", "")
        if not (digits.isascii() and digits.isdigit()):
            raise ValueError("must be digits")
        if len(digits) != length:
            raise ValueError(f"must be {length} digits")
        return digits

    return read


def one_of(values: Sequence[str]) -> Callable[[str], str]:
    """One of a few words."""

    def read(cell: str) -> str:
        if cell not in values:
            raise ValueError(f"must be one of {', '.join(values)}")
        return cell

    return read


def optional_text(cell: str) -> str | None:
    """A text, or None for an empty cell."""
    if len(cell) > LONGEST_TEXT or "\0" in cell:
        raise ValueError(f"must be at most {LONGEST_TEXT} letters")
    return cell or None


def needed_text(longest: int = LONGEST_TEXT) -> Callable[[str], str]:
    """A text that is not empty."""

    def read(cell: str) -> str:
        if not cell or len(cell) > longest or "\0" in cell:
            raise ValueError(f"must be a text of at most {longest} letters")
        return cell

    return read


def moment(cell: str) -> datetime:
    """A moment with its zone."""
    try:
        read = datetime.fromisoformat(cell)
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise ValueError("must be a moment with its zone such as 2026-01-31T18:05:00+03:00")
    return read.astimezone(UTC)


def optional_day_begin(cell: str) -> datetime | None:
    """The beginning of a day in UTC, or None for an empty cell."""
    if not cell:
        return None
    try:
        day = date.fromisoformat(cell)
    except ValueError:
        day = date.min
    if day.isoformat() != cell:
        raise ValueError("must be a date such as 2026-03-31")
    return datetime.combine(day, time(), UTC)


def count_of(what: str) -> Callable[[str], int]:
    """A whole number, 0 or more; an empty cell is 0."""

    def read(cell: str) -> int:
        if cell and not (cell.isascii() and cell.isdigit() and int(cell) <= LARGEST_NUMBER):
            raise ValueError(f"must be a whole number of {what}, 0 or more")
        return int(cell or 0)

    return read


def signed_points(cell: str) -> int:
    """Points that came or went: a whole number, not 0."""
    digits = cell.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and 0 < int(digits) <= LARGEST_NUMBER):
        raise ValueError("must be a whole number of points other than 0, such as 120 or -350")
    return int(cell)


def flag(cell: str) -> bool:
    """``yes`` or ``no``."""
    if cell not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return cell == "yes"
