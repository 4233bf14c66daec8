"""What callers' lines were to the questions that they answered: for those who improve the dialogues.

Texts are personal data wherever a question is not answered out of a closed list; who reads them here leaves those out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from ivr.store.tables import calls, desk_actions, turns


@dataclass(frozen=True, slots=True)
class HeardLine:
    """A line of a caller, and what it was to the open question."""

    call_sid: str
    field: str
    text: str
    result: str | None
    """One of ``ivr.dialog.answered.Answered``."""
    at: datetime


_LINES = (
    select(*(turns.c[field.name] for field in fields(HeardLine)))
    .where(turns.c.who == "caller", turns.c.field.is_not(None))
    .where(turns.c.at >= bindparam("since"), turns.c.at < bindparam("until"))
    .order_by(turns.c.call_sid, turns.c.id)
)
_CORRECTED = (
    select(desk_actions.c.call_sid, desk_actions.c.data, calls.c.state)
    .join(calls, calls.c.sid == desk_actions.c.call_sid)
    .where(desk_actions.c.kind == "correct_field", desk_actions.c.outcome == "corrected")
    .where(desk_actions.c.at >= bindparam("since"), desk_actions.c.at < bindparam("until"))
    .order_by(desk_actions.c.id)
)


def heard_lines(conn: Connection, since: datetime, until: datetime) -> list[HeardLine]:
    """Lines of a time, call by call, each call's in their order. Personal data."""
    return [HeardLine(*row) for row in conn.execute(_LINES, {"since": since, "until": until})]


def corrected_values(conn: Connection, since: datetime, until: datetime) -> Iterator[tuple[str, str, str]]:
    """Answers that operators have put right: call, question, and the value as it stands now. Personal data."""
    for sid, data, state in conn.execute(_CORRECTED, {"since": since, "until": until}):
        field = str(data.get("field", ""))
        value = (state or {}).get("slots", {}).get(field)
        if value is not None:
            yield sid, field, value
