"""How callers' answers fared, question by question. Neither what was said nor who said it is kept."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from ivr.store.tables import BATCH, answers

HISTORY_KEPT = timedelta(days=100)
"""How long it is kept what calls were about and how answers fared: a little longer than the longest report."""

_ADD = insert(answers)
_COUNT = (
    select(answers.c.field, answers.c.result, func.count())
    .where(answers.c.at >= bindparam("since"), answers.c.at < bindparam("until"))
    .group_by(answers.c.field, answers.c.result)
)
_OLD = select(answers.c.id).where(answers.c.at < bindparam("before")).limit(BATCH)
_PURGE = delete(answers).where(answers.c.id.in_(_OLD))


def note_answer(conn: Connection, call_sid: str, field: str, result: str, at: datetime) -> None:
    """Count what became of a question: ``result`` is one of ``ivr.dialog.answered.Answered``."""
    conn.execute(_ADD, {"call_sid": call_sid, "field": field, "result": result, "at": at})


def count_answers(conn: Connection, since: datetime, until: datetime) -> Mapping[str, Mapping[str, int]]:
    """Counts of results by question, from a moment up to another one."""
    found: dict[str, dict[str, int]] = {}
    for field, result, count in conn.execute(_COUNT, {"since": since, "until": until}):
        found.setdefault(field, {})[result] = count
    return found


def purge_answers(conn: Connection, before: datetime) -> int:
    """Forget old counts, ``BATCH`` at most; returns how many rows."""
    return conn.execute(_PURGE, {"before": before}).rowcount
