from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from ivr.errors import ImportFileError
from ivr.store import cards
from ivr.store.card_file import COLUMNS, STATUSES
from ivr.store.cards import Card
from ivr.store.db import Database

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HEADER = ",".join(COLUMNS)
GOOD = "4276051200020024,issued,Мария,1985-05-23,+79160000102,350,"


def table(tmp_path: Path, *rows: str, header: str = HEADER) -> Path:
    path = tmp_path / "cards.csv"
    path.write_text("\n".join((header, *rows, "")), encoding="utf-8")
    return path


def test_it_takes_in_a_file_and_finds_its_cards(database: Database, tmp_path: Path) -> None:
    with database.transaction() as conn:
        assert cards.import_cards(conn, table(tmp_path, GOOD, "", "4276 0512 0001 0017,blocked,,,,,lost")) == 2
        assert cards.find_card(conn, "4276051200020024") == Card(
            "4276051200020024", "issued", "Мария", date(1985, 5, 23), "+79160000102", 350, None, None, None, None
        )
        assert cards.find_card(conn, "4276051200010017") == Card(
            "4276051200010017", "blocked", None, None, None, 0, "lost", None, None, None
        )
        assert cards.count_cards(conn) == 2


def test_it_knows_which_of_many_numbers_are_cards(database: Database) -> None:
    with database.transaction() as conn:
        cards.sample_cards(conn)
        wanted = ["4276051200020024", "4276051200050062", "4276051299999999"]
        assert cards.known_cards(conn, wanted) == set(wanted[:2])
        assert cards.known_cards(conn, []) == set()
        assert cards.find_card(conn, "4276051299999999") is None


def test_it_has_sample_cards_of_every_status(database: Database) -> None:
    with database.transaction() as conn:
        assert cards.sample_cards(conn) == cards.count_cards(conn) == 15
        found = [cards.find_card(conn, number) for number in cards.known_cards(conn, _sample_numbers())]
    assert {card.status for card in found if card} == set(STATUSES)
    assert all(card and (card.phone or "+7916000").startswith("+7916000") for card in found)


def _sample_numbers() -> list[str]:
    return [line.split(",")[0] for line in cards.SAMPLE.read_text(encoding="utf-8").splitlines()[1:]]


def activate(conn: Connection, number: str, phone: str | None = None) -> bool:
    return cards.activate(conn, number, name="Анна", birth_date=date(1990, 1, 2), phone=phone, at=AT)


def test_it_activates_an_issued_card_once(database: Database) -> None:
    with database.transaction() as conn:
        cards.sample_cards(conn)
        assert activate(conn, "4276051200020024")
        assert not activate(conn, "4276051200020024")
        card = cards.find_card(conn, "4276051200020024", lock=True)
    issued = datetime(2026, 10, 2, tzinfo=UTC)
    assert card == Card(
        "4276051200020024", "active", "Анна", date(1990, 1, 2), "+79160000102", 350, None, AT, issued, None
    )


def test_it_puts_a_new_phone_on_file(database: Database) -> None:
    with database.transaction() as conn:
        cards.sample_cards(conn)
        assert activate(conn, "4276051200020024", phone="+79160000999")
        card = cards.find_card(conn, "4276051200020024")
    assert card is not None
    assert card.phone == "+79160000999"


@pytest.mark.parametrize(
    "number",
    ["4276051200050062", "4276051200080093", "4276051200090109", "4276051200100116", "4276051299999999"],
)
def test_it_activates_no_card_that_is_not_issued(database: Database, number: str) -> None:
    with database.transaction() as conn:
        cards.sample_cards(conn)
        before = cards.find_card(conn, number)
        assert not activate(conn, number)
        assert cards.find_card(conn, number) == before


def test_it_gives_a_known_card_the_file_s_values(database: Database, tmp_path: Path) -> None:
    with database.transaction() as conn:
        cards.import_cards(conn, table(tmp_path, GOOD))
        activate(conn, "4276051200020024")
        cards.import_cards(conn, table(tmp_path, GOOD.replace("issued", "active").replace("350", "400")))
        kept = cards.find_card(conn, "4276051200020024")
        cards.import_cards(conn, table(tmp_path, GOOD.replace("issued", "blocked")))
        blocked = cards.find_card(conn, "4276051200020024")
    assert kept is not None
    assert (kept.balance, kept.activated_at) == (400, AT)
    assert blocked is not None
    assert (blocked.status, blocked.activated_at) == ("blocked", None)


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("4276051200020024,lost,Мария,1985-05-23,+79160000102,0,", "row 3, column status"),
        ("427605120002002,issued,Мария,1985-05-23,+79160000102,0,", "row 3, column number"),
        ("42760512000200AB,issued,Мария,1985-05-23,+79160000102,0,", "row 3, column number"),
        ("٤٢٧٦٠٥١٢٠٠٠٢٠٠٢٤,issued,Мария,1985-05-23,+79160000102,0,", "row 3, column number"),
        ("4276051200020024,issued,Мария,23.05.1985,+79160000102,0,", "row 3, column birth_date"),
        ("4276051200020024,issued,Мария,19850523,+79160000102,0,", "row 3, column birth_date"),
        ("4276051200020024,issued,Мария,1985-02-30,+79160000102,0,", "row 3, column birth_date"),
        ("4276051200020024,issued,Мария,1985-05-23,89160000102,0,", "row 3, column phone"),
        ("4276051200020024,issued,Мария,1985-05-23,+791600001,0,", "row 3, column phone"),
        ("4276051200020024,issued,Мария,1985-05-23,+79160000102,-5,", "row 3, column balance"),
        ("4276051200020024,issued,Мария,1985-05-23,+79160000102,99999999999,", "row 3, column balance"),
        ("4276051200020024,issued,Мария,1985-05-23,+79160000102", "row 3: 5 columns instead of 7"),
        ("4276051200010017,issued,Мария,1985-05-23,+79160000102,0,", "row 3, column number"),
        (f"4276051200020024,issued,{'М' * 201},1985-05-23,+79160000102,0,", "row 3, column name"),
    ],
)
def test_it_takes_nothing_of_a_file_with_a_bad_row(database: Database, tmp_path: Path, row: str, place: str) -> None:
    path = table(tmp_path, "4276051200010017,issued,,,,,", row)
    with pytest.raises(ImportFileError) as caught, database.transaction() as conn:
        cards.import_cards(conn, path)
    assert str(caught.value).startswith(f"cards.csv: {place}")
    assert not any(cell in str(caught.value) for cell in row.split(",") if len(cell) > 4)
    with database.reading() as conn:
        assert cards.count_cards(conn) == 0


@pytest.mark.parametrize("header", ["", "number,status", HEADER + ",email", HEADER.replace(",", ";")])
def test_it_wants_exactly_its_columns(database: Database, tmp_path: Path, header: str) -> None:
    with pytest.raises(ImportFileError, match=f"row 1: the columns must be {HEADER}"), database.transaction() as conn:
        cards.import_cards(conn, table(tmp_path, header=header))


def test_it_reads_a_table_that_a_spreadsheet_saved(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    path.write_bytes(
        b"\xef\xbb\xbf" + f"{HEADER}\r\n{GOOD.replace('Мария', chr(34) + 'Мария, Анна' + chr(34))}\r\n".encode()
    )
    with database.transaction() as conn:
        assert cards.import_cards(conn, path) == 1
        card = cards.find_card(conn, "4276051200020024")
    assert card is not None
    assert card.name == "Мария, Анна"


@pytest.mark.parametrize("content", [HEADER.encode() + b"\n\xcc\xe0\xf0\xe8\xff", HEADER.encode() + b'\n"open'])
def test_it_says_what_is_wrong_with_an_unreadable_file(database: Database, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cards.csv"
    path.write_bytes(content)
    with pytest.raises(ImportFileError, match=r"cards\.csv: not"), database.transaction() as conn:
        cards.import_cards(conn, path)


def test_it_says_that_a_file_is_missing(database: Database, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="No such file"), database.transaction() as conn:
        cards.import_cards(conn, tmp_path / "none.csv")


def test_it_takes_in_days_where_the_file_has_them(database: Database, tmp_path: Path) -> None:
    header = f"{HEADER},issued_on,activated_on"
    rows = (
        "4276051200020024,active,,,,0,,2026-02-27,2026-03-03",
        "4276051200010017,blocked,,,,0,lost,,2026-03-03",
        "4276051200030031,active,,,,0,,,",
    )
    with database.transaction() as conn:
        assert cards.import_cards(conn, table(tmp_path, *rows, header=header)) == 3
        found = [cards.find_card(conn, row.split(",")[0]) for row in rows]
        cards.import_cards(conn, table(tmp_path, "4276051200020024,active,,,,5,"))
        later = cards.find_card(conn, "4276051200020024")
    march = datetime(2026, 3, 3, tzinfo=UTC)
    assert [card.activated_at for card in found if card] == [march, None, None]
    assert later is not None
    assert (later.balance, later.activated_at, later.issued_at) == (5, march, datetime(2026, 2, 27, tzinfo=UTC))


def test_it_refuses_a_day_that_is_none(database: Database, tmp_path: Path) -> None:
    path = table(tmp_path, "4276051200020024,active,,,,0,,03.03.2026", header=f"{HEADER},activated_on")
    told = "row 2, column activated_on: must be a date"
    with pytest.raises(ImportFileError, match=told), database.transaction() as conn:
        cards.import_cards(conn, path)


def test_it_puts_contacts_on_file_for_cards_in_use_only(database: Database) -> None:
    with database.transaction() as conn:
        cards.sample_cards(conn)
        assert cards.change_contact(conn, "4276051200050062", "email", "olga@example.ru")
        assert cards.change_contact(conn, "4276051200020024", "phone", "+79160000999")
        assert not cards.change_contact(conn, "4276051200080093", "phone", "+79160000999")
        olga, maria = cards.find_card(conn, "4276051200050062"), cards.find_card(conn, "4276051200020024")
    assert olga is not None
    assert maria is not None
    assert (olga.email, olga.phone, maria.phone) == ("olga@example.ru", "+79160000106", "+79160000999")
