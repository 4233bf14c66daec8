"""The tables of who proves to be whom, of what was agreed to and of what was erased; see ``ivr.store.tables``."""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text

from ivr.store.moments import UtcDateTime
from ivr.store.tables import SERIAL, metadata

codes = Table(
    "codes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("card_key", String(64), nullable=False),
    Column("phone_key", String(64), nullable=False),
    Column("source_key", String(64)),
    Column("prefix_key", String(64), nullable=False),
    Column("range_key", String(64), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("decoy", Boolean, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("used_at", UtcDateTime),
    Column("voided_at", UtcDateTime),
    Column("sealed", LargeBinary),
    Index(None, "holder", "purpose"),
    Index(None, "card_key", "purpose"),
    Index(None, "created_at"),
)

code_events = Table(
    "code_events",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("kind", String(8), nullable=False),
    Column("phone_key", String(64), nullable=False),
    Column("card_key", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("source_key", String(64)),
    Column("prefix_key", String(64), nullable=False),
    Column("range_key", String(64), nullable=False),
    Column("decoy", Boolean, nullable=False),
    Index(None, "phone_key", "at"),
    Index(None, "card_key", "at"),
    Index(None, "source_key", "at"),
    Index(None, "prefix_key", "at"),
    Index(None, "range_key", "at"),
    Index(None, "kind", "decoy", "at"),
    Index(None, "at"),
)

consents = Table(
    "consents",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("phone_key", String(64), nullable=False),
    Column("card_key", String(64)),
    Column("kind", String(32), nullable=False),
    Column("version", String(64), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("reference", String(64), nullable=False),
    Column("given_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Index(None, "phone_key", "kind"),
)

consent_texts = Table(
    "consent_texts",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("used_at", UtcDateTime, nullable=False),
)

visits = Table(
    "visits",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("phone_key", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Index(None, "phone_key"),
    Index(None, "seen_at"),
)

wrong_entries = Table(
    "wrong_entries",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("address_key", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "address_key", "at"),
    Index(None, "at"),
)

captures = Table(
    "captures",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("call_sid", String(64), nullable=False),
    Column("step", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "call_sid", "step"),
    Index(None, "at"),
)

erasures = Table(
    "erasures",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("phone_key", String(64), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("asked_by", String(32), nullable=False),
    Column("counts", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
