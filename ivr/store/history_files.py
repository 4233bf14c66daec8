"""Files of receipts and of operations with points: which columns they have, and how each is read."""

from pathlib import Path

from ivr.store.table_file import (
    Readers,
    Row,
    TableShape,
    count_of,
    digits_of,
    flag,
    moment,
    needed_text,
    one_of,
    read_table,
    signed_points,
)

SPENDS = ("none", "spent", "refused")
"""What became of points at the till: not asked for, taken, or asked for and not taken."""
CAUSES = ("purchase", "gift", "spent", "refund", "correction")
"""Why points came or went."""
LONGEST_ID = 64


def read_receipts(path: Path, number_length: int) -> list[Row]:
    """The rows of a file of receipts."""
    readers: Readers = {
        "id": needed_text(LONGEST_ID),
        "card_number": digits_of(number_length),
        "at": moment,
        "shop": needed_text(),
        "total": count_of("kopecks"),
        "tobacco": flag,
        "spend": one_of(SPENDS),
        "points_due": count_of("points"),
    }
    return read_table(path, TableShape(readers, "id", {}))


def read_operations(path: Path, number_length: int) -> list[Row]:
    """The rows of a file of operations."""
    readers: Readers = {
        "id": needed_text(LONGEST_ID),
        "card_number": digits_of(number_length),
        "at": moment,
        "points": signed_points,
        "cause": one_of(CAUSES),
    }
    return read_table(path, TableShape(readers, "id", {}))
