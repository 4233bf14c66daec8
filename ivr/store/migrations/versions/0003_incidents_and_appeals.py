"""Incidents, what calls are about, the life of appeals, call backs, changes of questionnaires."""

import sqlalchemy as sa
from alembic import op

from ivr.store.moments import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("incidents", "topics", "call_backs", "questionnaire_changes")
INDEXED = ("call_sid", "incident", "parent")
ADDED = ("kind", "incident", "parent", "answer", "ended_at", "reopened")


def upgrade() -> None:
    for make in (_appeals, _incidents, _topics, _call_backs, _questionnaire_changes):
        make()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for name in INDEXED:
        op.drop_index(op.f(f"ix_appeals_{name}"), "appeals")
    for name in reversed(ADDED):
        op.drop_column("appeals", name)


def _appeals() -> None:
    op.add_column("appeals", sa.Column("kind", sa.String(length=32), nullable=True))
    op.add_column("appeals", sa.Column("incident", sa.Integer(), nullable=True))
    op.add_column("appeals", sa.Column("parent", sa.String(length=16), nullable=True))
    op.add_column("appeals", sa.Column("answer", sa.Text(), nullable=True))
    op.add_column("appeals", sa.Column("ended_at", UtcDateTime(), nullable=True))
    op.add_column("appeals", sa.Column("reopened", sa.Integer(), server_default="0", nullable=False))
    for name in INDEXED:
        op.create_index(op.f(f"ix_appeals_{name}"), "appeals", [name], unique=False)


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("say", sa.Text(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_incidents")),
    )
    op.create_index(op.f("ix_incidents_closed_at_expires_at"), "incidents", ["closed_at", "expires_at"], unique=False)


def _topics() -> None:
    op.create_table(
        "topics",
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("call_sid", "category", name=op.f("pk_topics")),
    )
    op.create_index(op.f("ix_topics_at"), "topics", ["at"], unique=False)


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


def _questionnaire_changes() -> None:
    op.create_table(
        "questionnaire_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("card_key", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("old_key", sa.String(length=64), nullable=True),
        sa.Column("new_key", sa.String(length=64), nullable=False),
        sa.Column("changed_by", sa.String(length=16), nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_changes")),
    )
    op.create_index(
        op.f("ix_questionnaire_changes_card_key_at"), "questionnaire_changes", ["card_key", "at"], unique=False
    )
