"""Receipts and operations: taken in from files, and told newest first."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, text

from ivr.errors import ImportFileError
from ivr.store import cards as card_rows
from ivr.store.cards import SAMPLE_DAY, sample_cards
from ivr.store.db import Database
from ivr.store.histories import Operation, Receipt, list_operations, list_receipts
from ivr.store.history_import import import_operations, import_receipts
from ivr.store.tables import cards

CARD, LATE = "4276051200020024", "4276051200130147"
RECEIPTS = "id,card_number,at,shop,total,tobacco,spend,points_due"
OPERATIONS = "id,card_number,at,points,cause"
RECEIPT = f"r1,{CARD},2026-11-20T18:05:00+03:00,на улице Лесной,12345,yes,refused,6"
OPERATION = f"o1,{CARD},2026-11-20T18:05:00+03:00,-350,spent"
Import = Callable[[Connection, Path], int]
KINDS: dict[str, tuple[Import, str, str]] = {
    "receipts": (import_receipts, RECEIPTS, RECEIPT),
    "operations": (import_operations, OPERATIONS, OPERATION),
}


def table(tmp_path: Path, header: str, *rows: str) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text("\n".join((header, *rows, "")), encoding="utf-8")
    return path


@pytest.fixture
def filled(database: Database) -> Database:
    with database.transaction() as conn:
        sample_cards(conn)
    return database


def test_it_takes_receipts_in(filled: Database, tmp_path: Path) -> None:
    with filled.transaction() as conn:
        assert import_receipts(conn, table(tmp_path, RECEIPTS, RECEIPT)) == 1
        assert list_receipts(conn, CARD, 9) == [
            Receipt("r1", CARD, datetime(2026, 11, 20, 15, 5, tzinfo=UTC), "на улице Лесной", 12345, True, "refused", 6)
        ]


def test_it_takes_operations_in(filled: Database, tmp_path: Path) -> None:
    with filled.transaction() as conn:
        assert import_operations(conn, table(tmp_path, OPERATIONS, OPERATION)) == 1
        assert list_operations(conn, CARD, 9) == [
            Operation("o1", CARD, datetime(2026, 11, 20, 15, 5, tzinfo=UTC), -350, "spent")
        ]


def test_it_gives_a_known_row_the_file_s_values(filled: Database, tmp_path: Path) -> None:
    with filled.transaction() as conn:
        import_receipts(conn, table(tmp_path, RECEIPTS, RECEIPT))
        import_receipts(conn, table(tmp_path, RECEIPTS, RECEIPT.replace("refused", "spent")))
        assert [receipt.spend for receipt in list_receipts(conn, CARD, 9)] == ["spent"]


def test_it_tells_the_newest_first_and_no_more_than_wanted(filled: Database, tmp_path: Path) -> None:
    rows = [f"o{n},{CARD},2026-11-{n:02}T10:00:00+03:00,{n},gift" for n in (3, 1, 2)]
    with filled.transaction() as conn:
        import_operations(conn, table(tmp_path, OPERATIONS, *rows))
        assert [one.points for one in list_operations(conn, CARD, 2)] == [3, 2]
        assert list_operations(conn, "4276051299999999", 2) == []


@pytest.mark.parametrize(
    ("kind", "row", "place"),
    [
        ("receipts", RECEIPT.replace("r1", ""), "row 3, column id"),
        ("receipts", RECEIPT.replace("r1", "r" * 65), "row 3, column id"),
        ("receipts", RECEIPT.replace(CARD, "42"), "row 3, column card_number"),
        ("receipts", RECEIPT.replace("+03:00", ""), "row 3, column at"),
        ("receipts", RECEIPT.replace("2026-11-20", "2026-11-31"), "row 3, column at"),
        ("receipts", RECEIPT.replace("на улице Лесной", ""), "row 3, column shop"),
        ("receipts", RECEIPT.replace("12345", "123.45"), "row 3, column total"),
        ("receipts", RECEIPT.replace("yes", "да"), "row 3, column tobacco"),
        ("receipts", RECEIPT.replace("refused", "failed"), "row 3, column spend"),
        ("receipts", RECEIPT.replace(",6", ",-6"), "row 3, column points_due"),
        ("operations", OPERATION.replace("-350", "0"), "row 3, column points"),
        ("operations", OPERATION.replace("-350", "3.5"), "row 3, column points"),
        ("operations", OPERATION.replace("-350", "--350"), "row 3, column points"),
        ("operations", OPERATION.replace("spent", "lost"), "row 3, column cause"),
        ("operations", OPERATION.replace(CARD, "4276051299999999"), "column card_number: 1 of"),
    ],
)
def test_it_takes_nothing_of_a_file_with_a_bad_row(
    filled: Database, tmp_path: Path, kind: str, row: str, place: str
) -> None:
    take, header, good = KINDS[kind]
    good = good.replace("1,", "9,", 1)
    with pytest.raises(ImportFileError) as caught, filled.transaction() as conn:
        take(conn, table(tmp_path, header, good, row))
    assert place in str(caught.value)
    assert not any(cell in str(caught.value) for cell in row.split(",") if len(cell) > 9)
    with filled.reading() as conn:
        assert list_receipts(conn, CARD, 9) == []
        assert list_operations(conn, CARD, 9) == []


def test_rows_go_with_their_card(filled: Database) -> None:
    with filled.transaction() as conn:
        conn.execute(delete(cards).where(cards.c.number == LATE))
        left = conn.execute(text(f"SELECT count(*) FROM receipts WHERE card_number = '{LATE}'")).scalar_one()
    assert left == 0


def test_samples_are_as_recent_today_as_on_their_day(database: Database) -> None:
    with database.transaction() as conn:
        sample_cards(conn)
        then = list_receipts(conn, LATE, 1)[0].at
        sample_cards(conn, SAMPLE_DAY + timedelta(days=400))
        now = list_receipts(conn, LATE, 1)[0].at
        card = card_rows.find_card(conn, LATE)
    assert now - then == timedelta(days=400)
    assert card is not None
    assert card.activated_at is not None
    assert card.activated_at.date() == date(2026, 11, 15) + timedelta(days=400)
