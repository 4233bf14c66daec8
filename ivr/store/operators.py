"""Operators: people with an account on the desk, and whether they can take a call now."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, bindparam, delete, func, select, update

from ivr.store.tables import insert_new, operators

Role = Literal["operator", "supervisor"]
Device = Literal["browser", "phone"]
Status = Literal["off", "pause", "ready", "offered", "talking", "wrap_up", "missed"]
"""``off``: signed out; ``offered``: being rung; ``wrap_up``: writes down what came of the last call; ``missed``: did
not answer the last offer, so somebody has to press ready before the next one."""

Chosen = Literal["off", "pause", "ready"]
"""Statuses that a person may choose."""


@dataclass(frozen=True, slots=True)
class Operator:
    """An account on the desk."""

    name: str
    """What the person signs in with; also the name of the browser's line. Letters, digits, dots and underscores."""
    shown: str
    """As colleagues read it."""
    role: Role
    password_hash: str | None
    """By argon2; None where the person signs in elsewhere (OpenID Connect) only."""
    subject: str | None
    """Who the person is for the identity provider; None until the first sign-in there."""
    phone: str | None
    """E.164: where calls are taken with the device ``phone``."""
    device: Device
    status: Status
    status_since: datetime
    seen_at: datetime | None
    """When the person's browser was last heard of."""


_COLUMNS = [operators.c[field.name] for field in fields(Operator)]
_THIS = operators.c.name == bindparam("this_name")
_LIST = select(*_COLUMNS).order_by(operators.c.name)
_FIND = _LIST.where(_THIS)
_BY_SUBJECT = _LIST.where(operators.c.subject == bindparam("this_subject"))
_REMOVE = delete(operators).where(_THIS)
_SET_STATUS = (
    update(operators)
    .where(_THIS, operators.c.status.in_(bindparam("from_statuses", expanding=True)))
    .values(status=bindparam("to_status"), status_since=bindparam("at"))
)
_SEEN = update(operators).where(_THIS).values(seen_at=bindparam("at"))
_PASSWORD = update(operators).where(_THIS).values(password_hash=bindparam("new_hash"))
_SUBJECT = update(operators).where(_THIS, operators.c.subject.is_(None)).values(subject=bindparam("new_subject"))
_READY = select(*_COLUMNS).where(operators.c.status == "ready").order_by(operators.c.status_since, operators.c.name)
_ON_SHIFT = select(func.count()).where(operators.c.status != "off")
_ANY = select(operators.c.name).limit(1)


def add_operator(conn: Connection, operator: Operator) -> bool:
    """False where the name, or the subject, is taken."""
    return insert_new(conn, operators, **{field.name: getattr(operator, field.name) for field in fields(Operator)})


def remove_operator(conn: Connection, name: str) -> bool:
    """False where there is nobody of this name. What the person did stays in the line's events."""
    return conn.execute(_REMOVE, {"this_name": name}).rowcount == 1


def find_operator(conn: Connection, name: str) -> Operator | None:
    """The operator of this name."""
    row = conn.execute(_FIND, {"this_name": name}).first()
    return Operator(*row) if row else None


def find_by_subject(conn: Connection, subject: str) -> Operator | None:
    """The operator whom the identity provider knows by this subject."""
    row = conn.execute(_BY_SUBJECT, {"this_subject": subject}).first()
    return Operator(*row) if row else None


def list_operators(conn: Connection) -> list[Operator]:
    """All operators by name."""
    return [Operator(*row) for row in conn.execute(_LIST)]


def ready_operators(conn: Connection) -> list[Operator]:
    """Those who can be rung, the longest ready first."""
    return [Operator(*row) for row in conn.execute(_READY)]


def any_operator(conn: Connection) -> bool:
    """True where there is an account at all."""
    return conn.execute(_ANY).first() is not None


def count_on_shift(conn: Connection) -> int:
    """How many are signed in, paused ones too."""
    return conn.execute(_ON_SHIFT).scalar_one()


def set_status(conn: Connection, name: str, status: Status, *, from_: Iterable[Status], at: datetime) -> bool:
    """Change a status by compare-and-set. False where it is none of ``from_``."""
    values = {"this_name": name, "from_statuses": list(from_), "to_status": status, "at": at}
    return conn.execute(_SET_STATUS, values).rowcount == 1


def touch_seen(conn: Connection, name: str, at: datetime) -> bool:
    """The person's browser is there. False where there is nobody of this name."""
    return conn.execute(_SEEN, {"this_name": name, "at": at}).rowcount == 1


def set_password(conn: Connection, name: str, password_hash: str | None) -> bool:
    """Keep another hash. False where there is nobody of this name."""
    return conn.execute(_PASSWORD, {"this_name": name, "new_hash": password_hash}).rowcount == 1


def bind_subject(conn: Connection, name: str, subject: str) -> bool:
    """Tie an account to an identity, once. False where it is tied already."""
    return conn.execute(_SUBJECT, {"this_name": name, "new_subject": subject}).rowcount == 1
