"""Attempts to sign in, among the audited actions of the desk: who may go on trying, and when somebody came in.

Names and addresses are kept as keyed digests: what is typed as a name may be a password.
"""

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from ivr.store.db import lock_names
from ivr.store.tables import desk_actions

KIND, REFUSED, DONE = "sign_in", "refused", "done"
NO_CALL = ""

_NOTE = insert(desk_actions)
_REFUSED_SINCE = select(desk_actions.c.data).where(
    desk_actions.c.kind == KIND, desk_actions.c.outcome == REFUSED, desk_actions.c.at > bindparam("since")
)
_CAME_IN = update(desk_actions).where(desk_actions.c.id == bindparam("attempt")).values(outcome=DONE)


def refused_since(conn: Connection, since: datetime) -> list[tuple[str, str]]:
    """Keys of the names and addresses that were refused after ``since``.

    Attempts of all processes stand in line for it to the end of the transaction, so that none goes uncounted.
    """
    lock_names(conn, "sign_in")
    return [(data["name"], data["address"]) for data in conn.execute(_REFUSED_SINCE, {"since": since}).scalars()]


def note_attempt(conn: Connection, name_key: str, address_key: str, at: datetime) -> int:
    """Note an attempt as refused, before its password is looked at; the number is for ``came_in``."""
    row = {
        "at": at,
        "operator": "",
        "call_sid": NO_CALL,
        "kind": KIND,
        "outcome": REFUSED,
        "data": {"name": name_key, "address": address_key},
    }
    key = conn.execute(_NOTE, row).inserted_primary_key
    assert key is not None
    return int(key[0])


def came_in(conn: Connection, attempt: int) -> None:
    """The password was right."""
    conn.execute(_CAME_IN, {"attempt": attempt})
