"""Loyalty cards: what the hotline knows of them, and the taking in of a file of cards."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, bindparam, case, func, null, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ivr.store.card_file import read_cards
from ivr.store.histories import take_operations, take_receipts
from ivr.store.history_files import read_operations, read_receipts
from ivr.store.table_file import Row
from ivr.store.tables import cards

SAMPLE = Path(__file__).with_name("sample_cards.csv")
"""Fictional cards, for a first look at the hotline and for tests."""
SAMPLE_RECEIPTS = Path(__file__).with_name("sample_receipts.csv")
SAMPLE_OPERATIONS = Path(__file__).with_name("sample_operations.csv")
SAMPLE_LENGTH = 16
SAMPLE_DAY = date(2026, 11, 24)
"""The day that the samples are written for."""

ContactField = Literal["phone", "email"]


@dataclass(frozen=True, slots=True)
class Card:
    """A card and the questionnaire of its holder."""

    number: str
    status: str
    """One of ``ivr.store.card_file.STATUSES``."""
    name: str | None
    birth_date: date | None
    phone: str | None
    """E.164."""
    balance: int
    """Points."""
    reason: str | None
    """Why the card is blocked, excluded or replaced."""
    activated_at: datetime | None
    """None also for a card that was active when it was taken in."""
    issued_at: datetime | None
    """When the card was handed out, where that is known."""
    email: str | None


_COLUMNS = [cards.c[field.name] for field in fields(Card)]
_FIND = select(*_COLUMNS).where(cards.c.number == bindparam("this_number"))
_FIND_LOCKED = _FIND.with_for_update()
_KNOWN = select(cards.c.number).where(cards.c.number.in_(bindparam("numbers", expanding=True)))
_LIST = select(*_COLUMNS).order_by(cards.c.number)
_OF_PHONE = _LIST.where(cards.c.phone == bindparam("this_phone")).limit(bindparam("most"))
_COUNT = select(func.count()).select_from(cards)
_ACTIVATE = (
    update(cards)
    .where(cards.c.number == bindparam("this_number"), cards.c.status == "issued")
    .values(
        status="active",
        name=bindparam("new_name"),
        birth_date=bindparam("new_birth_date"),
        phone=func.coalesce(bindparam("new_phone"), cards.c.phone),
        activated_at=bindparam("at"),
    )
)
_CONTACTS = {
    field: update(cards)
    .where(cards.c.number == bindparam("this_number"), cards.c.status.in_(("issued", "active")))
    .values({field: bindparam("new_value")})
    for field in ("phone", "email")
}


def find_card(conn: Connection, number: str, lock: bool = False) -> Card | None:
    """The card, or None. ``lock`` holds it to the end of the transaction, which then must be a writing one."""
    row = conn.execute(_FIND_LOCKED if lock else _FIND, {"this_number": number}).first()
    return Card(*row) if row else None


def cards_of(conn: Connection, phone: str, most: int) -> list[Card]:
    """The cards with this phone (E.164) in their questionnaire, whatever their status, by number; ``most`` of them."""
    return [Card(*row) for row in conn.execute(_OF_PHONE, {"this_phone": phone, "most": most})]


def list_cards(conn: Connection) -> list[Card]:
    """All cards, by number."""
    return [Card(*row) for row in conn.execute(_LIST)]


def known_cards(conn: Connection, numbers: Collection[str]) -> set[str]:
    """Those of the numbers that are cards, whatever their status."""
    return set(conn.execute(_KNOWN, {"numbers": list(numbers)}).scalars()) if numbers else set()


def count_cards(conn: Connection) -> int:
    """How many cards there are."""
    return conn.execute(_COUNT).scalar_one()


def activate(conn: Connection, number: str, *, name: str, birth_date: date, phone: str | None, at: datetime) -> bool:
    """Make an issued card active. False, and nothing is changed, where there is no such card or it is not issued.

    ``phone`` None keeps the number on file.
    """
    values = {"this_number": number, "new_name": name, "new_birth_date": birth_date, "new_phone": phone, "at": at}
    return conn.execute(_ACTIVATE, values).rowcount == 1


def change_contact(conn: Connection, number: str, field: ContactField, value: str) -> bool:
    """Put another phone (E.164) or e-mail on file. False where the card is not known or not in use."""
    return conn.execute(_CONTACTS[field], {"this_number": number, "new_value": value}).rowcount == 1


def import_cards(conn: Connection, path: Path, number_length: int = 16) -> int:
    """Take in a file of cards, all of it or nothing; a card that is known gets the file's values.

    Columns: ``number,status,name,birth_date,phone,balance,reason``, and perhaps ``issued_on,activated_on``. Returns how
    many cards were in it. Raises ``ImportFileError`` with the row and the column, never with the value.
    """
    return _take(conn, read_cards(path, number_length))


def _take(conn: Connection, rows: list[Row]) -> int:
    if rows:
        conn.execute(_UPSERTS[conn.dialect.name], rows)
    return len(rows)


def sample_cards(conn: Connection, today: date = SAMPLE_DAY) -> int:
    """Take in the fictional cards that come with the program, with their receipts and operations.

    Their dates are moved so that what is recent for them is recent ``today``. Returns how many cards there are.
    """
    by = today - SAMPLE_DAY
    count = _take(conn, _moved(read_cards(SAMPLE, SAMPLE_LENGTH), by))
    take_receipts(conn, _moved(read_receipts(SAMPLE_RECEIPTS, SAMPLE_LENGTH), by))
    take_operations(conn, _moved(read_operations(SAMPLE_OPERATIONS, SAMPLE_LENGTH), by))
    return count


def _moved(rows: list[Row], by: timedelta) -> list[Row]:
    return [
        {column: value + by if isinstance(value, datetime) else value for column, value in row.items()} for row in rows
    ]


def find_samples(conn: Connection) -> list[Card]:
    """Those of the fictional cards that are in the base, as they stand now."""
    found = (find_card(conn, str(row["number"])) for row in read_cards(SAMPLE, SAMPLE_LENGTH))
    return [card for card in found if card is not None]


def _upsert(dialect: str) -> postgresql.Insert | sqlite.Insert:
    statement = postgresql.insert(cards) if dialect == "postgresql" else sqlite.insert(cards)
    new = statement.excluded
    named = {name: new[name] for name in ("status", "name", "birth_date", "phone", "balance", "reason")}
    activated = func.coalesce(new.activated_at, cards.c.activated_at)
    moments = {
        "activated_at": case((new.status == "active", activated), else_=null()),
        "issued_at": func.coalesce(new.issued_at, cards.c.issued_at),
    }
    return statement.on_conflict_do_update(index_elements=["number"], set_={**named, **moments})


_UPSERTS = {dialect: _upsert(dialect) for dialect in ("sqlite", "postgresql")}
