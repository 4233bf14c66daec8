"""Who changed what in a questionnaire, and when: keyed digests stand for the card and for the values."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, bindparam, insert, select

from ivr.store.tables import questionnaire_changes

ChangedBy = Literal["caller", "operator", "cabinet"]


@dataclass(frozen=True, slots=True)
class QuestionnaireChange:
    """One field of one questionnaire got another value."""

    card_key: str
    field: str
    old_key: str | None
    """None: there was no value."""
    new_key: str
    changed_by: ChangedBy
    call_sid: str
    at: datetime


_COLUMNS = [questionnaire_changes.c[field.name] for field in fields(QuestionnaireChange)]
_INSERT = insert(questionnaire_changes)
_LIST = (
    select(*_COLUMNS)
    .where(questionnaire_changes.c.card_key == bindparam("this_card"))
    .order_by(questionnaire_changes.c.id)
)


def add_change(conn: Connection, change: QuestionnaireChange) -> None:
    """Write a change down; nothing ever takes it away."""
    conn.execute(_INSERT, {field.name: getattr(change, field.name) for field in fields(QuestionnaireChange)})


def list_changes(conn: Connection, card_key: str) -> list[QuestionnaireChange]:
    """The changes of a card's questionnaire, oldest first."""
    return [QuestionnaireChange(*row) for row in conn.execute(_LIST, {"this_card": card_key})]
