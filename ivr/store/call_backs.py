"""Call backs that were booked: one for a phone."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ivr.store.tables import call_backs


@dataclass(frozen=True, slots=True)
class CallBack:
    """A promise to call somebody."""

    phone: str
    """E.164."""
    call_sid: str
    """The call that it was booked in."""
    status: Literal["booked", "done"]
    booked_at: datetime
    due_at: datetime
    """Not before."""


_COLUMNS = [call_backs.c[field.name] for field in fields(CallBack)]
_THIS = call_backs.c.phone == bindparam("this_phone")
_FIND = select(*_COLUMNS).where(_THIS)
_LIST = select(*_COLUMNS).order_by(call_backs.c.due_at, call_backs.c.booked_at)
_DONE = update(call_backs).where(_THIS, call_backs.c.status == "booked").values(status="done")


def _book(dialect: str) -> postgresql.Insert | sqlite.Insert:
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(call_backs)
    new = {name: statement.excluded[name] for name in ("call_sid", "status", "booked_at", "due_at")}
    return statement.on_conflict_do_update(index_elements=["phone"], set_=new, where=call_backs.c.status != "booked")


_BOOKS = {dialect: _book(dialect) for dialect in ("sqlite", "postgresql")}


def book_call_back(conn: Connection, phone: str, call_sid: str, booked_at: datetime, due_at: datetime) -> CallBack:
    """Promise to call a phone. Who is waiting for a call already keeps the earlier place; returned is what holds."""
    booked = CallBack(phone, call_sid, "booked", booked_at, due_at)
    conn.execute(_BOOKS[conn.dialect.name], {field.name: getattr(booked, field.name) for field in fields(CallBack)})
    return CallBack(*conn.execute(_FIND, {"this_phone": phone}).one())


def list_call_backs(conn: Connection) -> list[CallBack]:
    """All call backs, the first due first."""
    return [CallBack(*row) for row in conn.execute(_LIST)]


def finish_call_back(conn: Connection, phone: str) -> bool:
    """The person was called. False where nobody waits at this phone."""
    return conn.execute(_DONE, {"this_phone": phone}).rowcount == 1
