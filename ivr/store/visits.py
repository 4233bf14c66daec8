"""Visits of the cabinet, and wrong codes by the address that they came from; see ``ivr.cabinet``.

A visit is known by a keyed digest of the browser's token, and its phone is sealed: a copy of the tables opens no visit
and names nobody.
"""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from ivr.store.db import lock_names
from ivr.store.person_tables import visits, wrong_entries


@dataclass(frozen=True, slots=True)
class VisitRow:
    """Somebody who has proven to hold a phone."""

    key: str
    phone_key: str
    sealed: bytes
    """The phone."""
    created_at: datetime
    seen_at: datetime


_INSERT = insert(visits)
_THIS = visits.c.key == bindparam("this_key")
_FIND = select(*(visits.c[field.name] for field in fields(VisitRow))).where(_THIS)
_SEEN = update(visits).where(_THIS).values(seen_at=bindparam("now"))
_MOVE = update(visits).where(_THIS).values(phone_key=bindparam("new_key"), sealed=bindparam("new_sealed"))
_END = delete(visits).where(_THIS)
_END_OTHERS = delete(visits).where(visits.c.phone_key == bindparam("this_phone"), visits.c.key != bindparam("but_key"))
_PURGE = delete(visits).where(visits.c.seen_at < bindparam("before"))
_NOTE_WRONG = insert(wrong_entries)
_COUNT_WRONG = (
    select(func.count())
    .select_from(wrong_entries)
    .where(wrong_entries.c.address_key == bindparam("this_address"), wrong_entries.c.at > bindparam("since"))
)
_PURGE_WRONG = delete(wrong_entries).where(wrong_entries.c.at < bindparam("before"))


def open_visit(conn: Connection, visit: VisitRow) -> None:
    """Begin a visit."""
    conn.execute(_INSERT, {field.name: getattr(visit, field.name) for field in fields(VisitRow)})


def find_visit(conn: Connection, key: str) -> VisitRow | None:
    """The visit, however old it is; None where it has ended."""
    row = conn.execute(_FIND, {"this_key": key}).first()
    return VisitRow(*row) if row else None


def note_visit(conn: Connection, key: str, now: datetime) -> None:
    """The visit goes on."""
    conn.execute(_SEEN, {"this_key": key, "now": now})


def move_visit(conn: Connection, key: str, phone_key: str, sealed: bytes) -> None:
    """From now on the visit is another phone's: its holder has proven that one too."""
    conn.execute(_MOVE, {"this_key": key, "new_key": phone_key, "new_sealed": sealed})


def end_visit(conn: Connection, key: str) -> None:
    """Nobody can go on with it, whatever the browser keeps."""
    conn.execute(_END, {"this_key": key})


def end_other_visits(conn: Connection, phone_key: str, but_key: str) -> int:
    """End all visits of a phone but one. Returns how many there were."""
    return conn.execute(_END_OTHERS, {"this_phone": phone_key, "but_key": but_key}).rowcount


def purge_visits(conn: Connection, before: datetime) -> int:
    """Forget visits that nobody has gone on with since then. Returns how many."""
    return conn.execute(_PURGE, {"before": before}).rowcount


def note_wrong_entry(conn: Connection, address_key: str, at: datetime) -> None:
    """Count a wrong code against the address that it came from."""
    conn.execute(_NOTE_WRONG, {"address_key": address_key, "at": at})


def count_wrong_entries(conn: Connection, address_key: str, since: datetime) -> int:
    """Wrong codes of an address. Requests of one address stand in line for it, so that none goes uncounted."""
    lock_names(conn, address_key)
    return conn.execute(_COUNT_WRONG, {"this_address": address_key, "since": since}).scalar_one()


def purge_wrong_entries(conn: Connection, before: datetime) -> int:
    """Forget wrong codes from before then. Returns how many."""
    return conn.execute(_PURGE_WRONG, {"before": before}).rowcount
