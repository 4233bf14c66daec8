"""The line to the operators, what becomes of its calls, what stands behind verified answers, and what desks do."""

import sqlalchemy as sa
from alembic import op

from ivr.store.moments import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("operators", "places", "offers", "line_events", "clips", "desk_actions", "answers")
_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CALLER = "ix_calls_from_number_started_at"
_MOVE_CALL_BACKS = """
    INSERT INTO places (number, call_sid, phone, kind, state, joined_at, due_at, seen_at, tries)
    SELECT row_number() OVER (ORDER BY due_at, booked_at), call_sid, phone, 'call_back', 'waiting',
           booked_at, due_at, booked_at, 0
    FROM call_backs WHERE status = 'booked'
"""
_MOVE_BACK = """
    INSERT INTO call_backs (phone, call_sid, status, booked_at, due_at)
    SELECT phone, min(call_sid), 'booked', min(joined_at), min(due_at)
    FROM places WHERE kind = 'call_back' AND ended_at IS NULL AND length(phone) <= 16 GROUP BY phone
"""


def upgrade() -> None:
    for make in (_operators, _places, _offers, _line_events, _clips, _desk_actions, _answers):
        make()
    op.create_index(_CALLER, "calls", ["from_number", "started_at"], unique=False)
    op.execute(_MOVE_CALL_BACKS)
    op.drop_table("call_backs")


def downgrade() -> None:
    op.drop_index(_CALLER, table_name="calls")
    _call_backs()
    op.execute(_MOVE_BACK)
    for table in reversed(TABLES):
        op.drop_table(table)


def _call_backs() -> None:
    op.create_table(
        "call_backs",
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("booked_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("phone", name=op.f("pk_call_backs")),
    )
    op.create_index(op.f("ix_call_backs_status_due_at"), "call_backs", ["status", "due_at"], unique=False)


def _operators() -> None:
    op.create_table(
        "operators",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("shown", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=16), nullable=True),
        sa.Column("device", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("status_since", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_operators")),
        sa.UniqueConstraint("subject", name=op.f("uq_operators_subject")),
    )
    op.create_index(op.f("ix_operators_status_status_since"), "operators", ["status", "status_since"], unique=False)


def _places() -> None:
    op.create_table(
        "places",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("queue", sa.String(length=16), nullable=True),
        sa.Column("category", sa.String(length=64), nullable=True),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("announced", sa.Integer(), nullable=True),
        sa.Column("operator", sa.String(length=32), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("result", sa.String(length=32), nullable=True),
        sa.Column("result_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_places")),
        sa.UniqueConstraint("queue", name=op.f("uq_places_queue")),
    )
    op.create_index(op.f("ix_places_call_sid"), "places", ["call_sid"], unique=False)
    op.create_index(op.f("ix_places_joined_at"), "places", ["joined_at"], unique=False)
    op.create_index(op.f("ix_places_phone_state"), "places", ["phone", "state"], unique=False)
    op.create_index(op.f("ix_places_state_number"), "places", ["state", "number"], unique=False)


def _offers() -> None:
    op.create_table(
        "offers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("operator", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("leg_sid", sa.String(length=64), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["place"], ["places.number"], name=op.f("fk_offers_place"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint("leg_sid", name=op.f("uq_offers_leg_sid")),
    )
    op.create_index(op.f("ix_offers_operator_state"), "offers", ["operator", "state"], unique=False)
    op.create_index(op.f("ix_offers_place"), "offers", ["place"], unique=False)
    op.create_index(op.f("ix_offers_state_created_at"), "offers", ["state", "created_at"], unique=False)


def _line_events() -> None:
    op.create_table(
        "line_events",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("operator", sa.String(length=32), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_events")),
    )
    op.create_index(op.f("ix_line_events_at"), "line_events", ["at"], unique=False)
    op.create_index(op.f("ix_line_events_place"), "line_events", ["place"], unique=False)


def _clips() -> None:
    op.create_table(
        "clips",
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("sound", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("call_sid", "field", name=op.f("pk_clips")),
    )
    op.create_index(op.f("ix_clips_at"), "clips", ["at"], unique=False)


def _desk_actions() -> None:
    op.create_table(
        "desk_actions",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("operator", sa.String(length=32), nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_actions")),
    )
    op.create_index(op.f("ix_desk_actions_at"), "desk_actions", ["at"], unique=False)
    op.create_index(op.f("ix_desk_actions_call_sid"), "desk_actions", ["call_sid"], unique=False)


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
    )
    op.create_index(op.f("ix_answers_at"), "answers", ["at"], unique=False)
    op.create_index(op.f("ix_answers_call_sid"), "answers", ["call_sid"], unique=False)
