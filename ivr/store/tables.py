"""The tables. Alembic's revisions in ``migrations/versions`` make them; a test compares the two."""

from functools import cache

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Insert,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects import postgresql, sqlite

from ivr.store.moments import UtcDateTime

SERIAL = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite counts rows up by itself only where the type is spelt INTEGER."""
BATCH = 2000
"""Old rows that one statement takes away at most; what purges goes on while it gets as many.

Callers wait for whoever writes to SQLite, and give up after 5 seconds.
"""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

calls = Table(
    "calls",
    metadata,
    Column("sid", String(64), primary_key=True),
    Column("step", Integer, nullable=False),
    Column("state", JSON, nullable=False),
    Column("reply", JSON(none_as_null=True)),
    Column("driver", String(16), nullable=False),
    Column("from_number", String(64), nullable=False),
    Column("to_number", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("status_sequence", Integer, nullable=False),
    Column("stream_serial", Integer, nullable=False),
    Column("disposition", String(32)),
    Column("started_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index(None, "started_at"),
    Index(None, "from_number", "started_at"),
)

seen = Table(
    "seen",
    metadata,
    Column("token", String(128), primary_key=True),
    Column("call_sid", String(64), nullable=False),
    Column("step", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "at"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("call_sid", String(64), ForeignKey("calls.sid", ondelete="CASCADE"), nullable=False),
    Column("step", Integer, nullable=False),
    Column("who", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("field", String(64)),
    Column("result", String(16)),
    Index(None, "call_sid", "id"),
)

cards = Table(
    "cards",
    metadata,
    Column("number", String(32), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("name", String(200)),
    Column("birth_date", Date),
    Column("phone", String(16)),
    Column("balance", Integer, nullable=False),
    Column("reason", String(200)),
    Column("activated_at", UtcDateTime),
    Column("issued_at", UtcDateTime),
    Column("email", String(254)),
    Index(None, "phone"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("card_number", String(32), ForeignKey("cards.number", ondelete="CASCADE"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("shop", String(200), nullable=False),
    Column("total", Integer, nullable=False),
    Column("tobacco", Boolean, nullable=False),
    Column("spend", String(8), nullable=False),
    Column("points_due", Integer, nullable=False),
    Index(None, "card_number", "at"),
)

operations = Table(
    "operations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("card_number", String(32), ForeignKey("cards.number", ondelete="CASCADE"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("points", Integer, nullable=False),
    Column("cause", String(16), nullable=False),
    Index(None, "card_number", "at"),
)

ways = Table(
    "ways",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("key", String(64), nullable=False),
    Column("way", String(64), nullable=False),
    Column("result", String(8), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "key", "way", "at"),
    Index(None, "at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("unique_key", String(128), nullable=False, unique=True),
    Column("to_number", String(64), nullable=False),
    Column("body", Text),
    Column("state", String(16), nullable=False),
    Column("provider_sid", String(64), unique=True),
    Column("provider_status", String(32)),
    Column("error", String(64)),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("updated_at", UtcDateTime, nullable=False),
    Index(None, "state", "due_at"),
    Index(None, "to_number", "created_at"),
)

appeals = Table(
    "appeals",
    metadata,
    Column("serial", Integer, primary_key=True, autoincrement=False),
    Column("number", String(16), nullable=False, unique=True),
    Column("call_sid", String(64), nullable=False),
    Column("phone", String(64), nullable=False),
    Column("card_number", String(32)),
    Column("category", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("kind", String(32)),
    Column("incident", Integer),
    Column("parent", String(16)),
    Column("answer", Text),
    Column("ended_at", UtcDateTime),
    Column("reopened", Integer, nullable=False, server_default="0"),
    Index(None, "phone", "created_at"),
    Index(None, "status", "due_at"),
    Index(None, "call_sid"),
    Index(None, "incident"),
    Index(None, "parent"),
)

incidents = Table(
    "incidents",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("category", String(64), nullable=False),
    Column("title", String(200), nullable=False),
    Column("say", Text, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Index(None, "closed_at", "expires_at"),
)

topics = Table(
    "topics",
    metadata,
    Column("call_sid", String(64), primary_key=True),
    Column("category", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "at"),
)

operators = Table(
    "operators",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("shown", String(100), nullable=False),
    Column("role", String(16), nullable=False),
    Column("password_hash", String(200)),
    Column("subject", String(200), unique=True),
    Column("phone", String(16)),
    Column("device", String(8), nullable=False),
    Column("status", String(16), nullable=False),
    Column("status_since", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
    Index(None, "status", "status_since"),
)

places = Table(
    "places",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("call_sid", String(64), nullable=False),
    Column("phone", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("queue", String(16), unique=True),
    Column("category", String(64)),
    Column("joined_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("announced", Integer),
    Column("operator", String(32)),
    Column("answered_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("outcome", String(16)),
    Column("result", String(32)),
    Column("result_at", UtcDateTime),
    Index(None, "state", "number"),
    Index(None, "call_sid"),
    Index(None, "phone", "state"),
    Index(None, "joined_at"),
)

offers = Table(
    "offers",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("place", Integer, ForeignKey("places.number", ondelete="CASCADE"), nullable=False),
    Column("operator", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("leg_sid", String(64), unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index(None, "place"),
    Index(None, "operator", "state"),
    Index(None, "state", "created_at"),
)

line_events = Table(
    "line_events",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("place", Integer),
    Column("operator", String(32)),
    Column("data", JSON, nullable=False),
    Index(None, "place"),
    Index(None, "at"),
)

clips = Table(
    "clips",
    metadata,
    Column("call_sid", String(64), primary_key=True),
    Column("field", String(64), primary_key=True),
    Column("sound", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "at"),
)

desk_actions = Table(
    "desk_actions",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("operator", String(32), nullable=False),
    Column("call_sid", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("data", JSON, nullable=False),
    Index(None, "call_sid"),
    Index(None, "at"),
)

answers = Table(
    "answers",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("call_sid", String(64), nullable=False),
    Column("field", String(64), nullable=False),
    Column("result", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "call_sid"),
    Index(None, "at"),
)

questionnaire_changes = Table(
    "questionnaire_changes",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("card_key", String(64), nullable=False),
    Column("field", String(32), nullable=False),
    Column("old_key", String(64)),
    Column("new_key", String(64), nullable=False),
    Column("changed_by", String(16), nullable=False),
    Column("call_sid", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "card_key", "at"),
)

callers = Table(
    "callers",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("pace", String(8), nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index(None, "updated_at"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("from_key", String(64), nullable=False),
    Column("sid", String(64), nullable=False, unique=True),
    Column("received_at", UtcDateTime, nullable=False),
    Column("verdict", String(24), nullable=False),
    Index(None, "from_key", "received_at"),
    Index(None, "received_at"),
)


@cache
def _insert_new(table: Table, dialect: str) -> Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    # Without this option SQLAlchemy does not ask the driver for the count of an INSERT.
    return insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def insert_new(conn: Connection, table: Table, **values: object) -> bool:
    """Insert a row; False, and nothing is changed, where a unique value of it is taken already."""
    return conn.execute(_insert_new(table, conn.dialect.name), values).rowcount == 1
