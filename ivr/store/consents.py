"""Consents as they are kept: keyed digests in place of phones and cards, and each text once; see ``ivr.consent``."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from ivr.store.person_tables import consent_texts, consents
from ivr.store.tables import insert_new


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One agreement."""

    phone_key: str
    card_key: str | None
    kind: str
    version: str
    channel: str
    reference: str
    given_at: datetime
    withdrawn_at: datetime | None


_INSERT = insert(consents)
_OF_PHONE = (
    select(*(consents.c[field.name] for field in fields(ConsentRow)))
    .where(consents.c.phone_key == bindparam("this_phone"))
    .order_by(consents.c.id)
)
_WITHDRAW = (
    update(consents)
    .where(consents.c.phone_key == bindparam("this_phone"), consents.c.kind == bindparam("this_kind"))
    .where(consents.c.withdrawn_at.is_(None))
    .values(withdrawn_at=bindparam("now"))
)
_TEXT = select(consent_texts.c.text).where(consent_texts.c.version == bindparam("this_version"))


def add_consent(conn: Connection, row: ConsentRow) -> None:
    """Write an agreement down."""
    conn.execute(_INSERT, {field.name: getattr(row, field.name) for field in fields(ConsentRow)})


def consents_of(conn: Connection, phone_key: str) -> list[ConsentRow]:
    """The agreements under a phone's key, oldest first."""
    return [ConsentRow(*row) for row in conn.execute(_OF_PHONE, {"this_phone": phone_key})]


def withdraw_consents(conn: Connection, phone_key: str, kind: str, now: datetime) -> int:
    """End the agreements of a kind that stand. Returns how many."""
    return conn.execute(_WITHDRAW, {"this_phone": phone_key, "this_kind": kind, "now": now}).rowcount


def keep_text(conn: Connection, version: str, kind: str, text: str, at: datetime) -> None:
    """Keep what is agreed to, once."""
    insert_new(conn, consent_texts, version=version, kind=kind, text=text, used_at=at)


def text_of(conn: Connection, version: str) -> str | None:
    """What was agreed to; None for an unknown version."""
    text: str | None = conn.execute(_TEXT, {"this_version": version}).scalar()
    return text
