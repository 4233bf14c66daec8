"""Appeals: what callers asked to be looked into. Each is answered within days; see ``ivr.appeals``.

A number of an appeal is eight digits, said in pairs, and never begins with zero. Appeals are counted without gaps, and
the count is spread over the numbers by a fixed one-to-one rule, so that neighbours differ in many digits: a number with
one digit misheard is hardly ever somebody else's appeal, and it does not tell how many there are. It is no secret:
a status is told only to the phone that the appeal was made from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Executable, bindparam, func, insert, or_, select, update

from ivr.store.db import hold_counts
from ivr.store.tables import appeals

FIRST_NUMBER = 10_000_000
NUMBERS = 90_000_000
STRIDE = 34_376_941
"""Has no divisor in common with ``NUMBERS``, so that every count gives another number."""

Status = Literal["open", "answered", "closed"]


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
    status: Status
    created_at: datetime
    due_at: datetime
    kind: str | None = None
    """What is wanted beyond an answer, such as ``replacement``; None: only that it is looked into."""
    incident: int | None = None
    """The known outage that it was made under."""
    parent: str | None = None
    """The appeal that it was merged into: answered together with it."""
    answer: str | None = None
    """Words that can be spoken."""
    ended_at: datetime | None = None
    """When it was answered or closed for the last time."""
    reopened: int = 0
    """How often the answer was not enough."""


_COLUMNS = [appeals.c[field.name] for field in fields(Appeal)]
_LAST_SERIAL = select(func.coalesce(func.max(appeals.c.serial), 0))
_REGISTER = insert(appeals)
_THIS = appeals.c.number == bindparam("this_number")
_WITH_CHILDREN = or_(_THIS, appeals.c.parent == bindparam("this_number"))
_LIST = select(*_COLUMNS).order_by(appeals.c.serial)
_OF_CALL = _LIST.where(appeals.c.call_sid == bindparam("this_call"), appeals.c.status == "open")
_END: Mapping[str, ColumnElement[Any]] = {
    "status": bindparam("new_status"),
    "answer": func.coalesce(bindparam("new_answer"), appeals.c.answer),
    "ended_at": bindparam("at"),
}
_END_WITH_CHILDREN = (
    update(appeals).where(_WITH_CHILDREN, appeals.c.status != "closed").values(**_END).returning(*_COLUMNS)
)
_END_UNDER = (
    update(appeals)
    .where(appeals.c.incident == bindparam("this_incident"), appeals.c.status == "open")
    .values(**_END)
    .returning(*_COLUMNS)
)
_REOPEN = (
    update(appeals)
    .where(_THIS, appeals.c.status != "open")
    .values(
        status="open",
        parent=None,
        ended_at=None,
        due_at=bindparam("new_due_at"),
        reopened=appeals.c.reopened + 1,
    )
    .returning(*_COLUMNS)
)
_MERGE = (
    update(appeals)
    .where(_WITH_CHILDREN)
    .values(
        parent=bindparam("into"),
        status=bindparam("new_status"),
        answer=bindparam("new_answer"),
        ended_at=bindparam("new_ended_at"),
        due_at=bindparam("new_due_at"),
    )
)


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
    kind: str | None = None,
    incident: int | None = None,
) -> Appeal:
    """Store an open appeal and give it its number."""
    hold_counts(conn)
    serial = conn.execute(_LAST_SERIAL).scalar_one() + 1
    number = appeal_number(serial)
    appeal = Appeal(number, call_sid, phone, card_number, category, text, "open", created_at, due_at, kind, incident)
    values = {field.name: getattr(appeal, field.name) for field in fields(Appeal)}
    conn.execute(_REGISTER, {"serial": serial} | values)
    return appeal


def find_appeal(conn: Connection, number: str) -> Appeal | None:
    """The appeal with this number."""
    return next(iter(_found(conn, _LIST.where(_THIS), {"this_number": number})), None)


def open_of_call(conn: Connection, call_sid: str) -> list[Appeal]:
    """Open appeals that this call has made already."""
    return _found(conn, _OF_CALL, {"this_call": call_sid})


def list_appeals(
    conn: Connection,
    phone: str | None = None,
    *,
    status: Status | None = None,
    incident: int | None = None,
    parent: str | None = None,
    newest: int | None = None,
) -> list[Appeal]:
    """Appeals, oldest first: all of them, or those of a phone, of a status, under an incident, merged into another one.

    ``newest``: no more than so many, the last ones.
    """
    wanted = {"phone": phone, "status": status, "incident": incident, "parent": parent}
    statement = _LIST
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(appeals.c[name] == value)
    if newest is not None:
        last = statement.order_by(None).order_by(appeals.c.serial.desc()).limit(newest)
        return _found(conn, last, {})[::-1]
    return _found(conn, statement, {})


def end_appeal(conn: Connection, number: str, status: Status, answer: str | None, at: datetime) -> list[Appeal]:
    """Answer or close an appeal and those merged into it; returns them as they are now, without closed ones.

    ``answer`` None keeps the one that there is.
    """
    values = {"this_number": number, "new_status": status, "new_answer": answer, "at": at}
    return _changed(conn, _END_WITH_CHILDREN, values)


def answer_under(conn: Connection, incident: int, answer: str, at: datetime) -> list[Appeal]:
    """Answer all open appeals under an incident; returns them, oldest first."""
    values = {"this_incident": incident, "new_status": "answered", "new_answer": answer, "at": at}
    return _changed(conn, _END_UNDER, values)


def reopen_appeal(conn: Connection, number: str, due_at: datetime) -> Appeal | None:
    """Open an answered or closed appeal again, on its own; None where there is no such one."""
    return next(iter(_changed(conn, _REOPEN, {"this_number": number, "new_due_at": due_at})), None)


def merge_appeal(conn: Connection, number: str, into: Appeal) -> None:
    """From now on ``number``, and what was merged into it, share the fate of another appeal."""
    values = {
        "this_number": number,
        "into": into.number,
        "new_status": into.status,
        "new_answer": into.answer,
        "new_ended_at": into.ended_at,
        "new_due_at": into.due_at,
    }
    conn.execute(_MERGE, values)


def appeal_number(serial: int) -> str:
    """The number of the appeal that is counted ``serial``, from 1 to 90 million."""
    return str(FIRST_NUMBER + serial * STRIDE % NUMBERS)


def _found(conn: Connection, statement: Executable, values: Mapping[str, object]) -> list[Appeal]:
    return [Appeal(*row) for row in conn.execute(statement, values)]


def _changed(conn: Connection, statement: Executable, values: Mapping[str, object]) -> list[Appeal]:
    """Rows come back from a change in no order."""
    return sorted(_found(conn, statement, values), key=lambda appeal: (appeal.created_at, appeal.number))
