"""What operators did to calls: who, when, what, and what came of it. Keyed digests stand for cards and values."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from ivr.store.tables import desk_actions


@dataclass(frozen=True, slots=True)
class DeskAction:
    """An action of an operator, also one that was refused."""

    at: datetime
    operator: str
    call_sid: str
    kind: str
    outcome: str
    data: Mapping[str, str]
    """Names and keyed digests, never a value."""


_COLUMNS = [desk_actions.c[field.name] for field in fields(DeskAction)]
_INSERT = insert(desk_actions)
_OF_CALL = select(*_COLUMNS).where(desk_actions.c.call_sid == bindparam("this_call")).order_by(desk_actions.c.id)


def add_desk_action(conn: Connection, action: DeskAction) -> None:
    """Write an action down; nothing ever takes it away."""
    conn.execute(_INSERT, {field.name: getattr(action, field.name) for field in fields(DeskAction)})


def desk_actions_of(conn: Connection, call_sid: str) -> list[DeskAction]:
    """What was done to a call, oldest first."""
    return [DeskAction(*row) for row in conn.execute(_OF_CALL, {"this_call": call_sid})]
