"""Appeals: what callers asked to be looked into. Each is answered within days.

A number of an appeal is eight digits, said in pairs, and never begins with zero. Appeals are counted without gaps, and
the count is spread over the numbers by a fixed one-to-one rule, so that neighbours differ in many digits: a number with
one digit misheard is hardly ever somebody else's appeal, and it does not tell how many there are. It is no secret:
a status is told only to the phone that the appeal was made from.
"""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select

from ivr.store.db import lock_names
from ivr.store.tables import appeals

FIRST_NUMBER = 10_000_000
NUMBERS = 90_000_000
STRIDE = 34_376_941
"""Has no divisor in common with ``NUMBERS``, so that every count gives another number."""


@dataclass(frozen=True, slots=True)
class Appeal:
    """A registered appeal."""

    number: str
    call_sid: str
    phone: str
    """As Twilio gives it: E.164, or a word where the number is withheld."""
    card_number: str | None
    category: str
    text: str
    status: str
    """``open`` or ``closed``."""
    created_at: datetime
    due_at: datetime


_COLUMNS = [appeals.c[field.name] for field in fields(Appeal)]
_LAST_SERIAL = select(func.coalesce(func.max(appeals.c.serial), 0))
_REGISTER = insert(appeals)
_FIND = select(*_COLUMNS).where(appeals.c.number == bindparam("this_number"))
_LIST = select(*_COLUMNS).order_by(appeals.c.serial)
_LIST_OF_PHONE = _LIST.where(appeals.c.phone == bindparam("this_phone"))


def register_appeal(
    conn: Connection,
    *,
    call_sid: str,
    phone: str,
    card_number: str | None,
    category: str,
    text: str,
    created_at: datetime,
    due_at: datetime,
) -> Appeal:
    """Store an open appeal and give it its number."""
    lock_names(conn, "appeals")
    serial = conn.execute(_LAST_SERIAL).scalar_one() + 1
    appeal = Appeal(appeal_number(serial), call_sid, phone, card_number, category, text, "open", created_at, due_at)
    values = {field.name: getattr(appeal, field.name) for field in fields(Appeal)}
    conn.execute(_REGISTER, {"serial": serial} | values)
    return appeal


def find_appeal(conn: Connection, number: str) -> Appeal | None:
    """The appeal with this number."""
    row = conn.execute(_FIND, {"this_number": number}).first()
    return Appeal(*row) if row else None


def list_appeals(conn: Connection, phone: str | None = None) -> list[Appeal]:
    """Appeals, oldest first: all of them, or those of one phone."""
    statement = _LIST if phone is None else _LIST_OF_PHONE
    return [Appeal(*row) for row in conn.execute(statement, {} if phone is None else {"this_phone": phone})]


def appeal_number(serial: int) -> str:
    """The number of the appeal that is counted ``serial``, from 1 to 90 million."""
    return str(FIRST_NUMBER + serial * STRIDE % NUMBERS)
