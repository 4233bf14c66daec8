"""Codes by purpose and by asker, consents, visits of the cabinet, sealed sounds of calls, acts of erasure,
and which question each line of a caller answered."""

import sqlalchemy as sa
from alembic import op

from ivr.store.moments import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _codes()
    for name, length in (("field", 64), ("result", 16)):
        op.add_column("turns", sa.Column(name, sa.String(length=length), nullable=True))
    _consents()
    _visits()
    op.create_table(
        "captures",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
    )
    op.create_index(op.f("ix_captures_call_sid_step"), "captures", ["call_sid", "step"], unique=False)
    op.create_index(op.f("ix_captures_at"), "captures", ["at"], unique=False)
    op.create_table(
        "erasures",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("phone_key", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_erasures")),
    )


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("phone_key", sa.String(length=64), nullable=False),
        sa.Column("card_key", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_phone_key_kind"), "consents", ["phone_key", "kind"], unique=False)
    op.create_table(
        "consent_texts",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_consent_texts")),
    )


def _visits() -> None:
    op.create_table(
        "visits",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("phone_key", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_visits")),
    )
    op.create_index(op.f("ix_visits_phone_key"), "visits", ["phone_key"], unique=False)
    op.create_index(op.f("ix_visits_seen_at"), "visits", ["seen_at"], unique=False)
    op.create_table(
        "wrong_entries",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("address_key", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_entries")),
    )
    op.create_index(op.f("ix_wrong_entries_address_key_at"), "wrong_entries", ["address_key", "at"], unique=False)
    op.create_index(op.f("ix_wrong_entries_at"), "wrong_entries", ["at"], unique=False)


def _codes() -> None:
    """Earlier codes and counts are void after minutes and after a day: they are let go."""
    op.execute("DELETE FROM codes")
    op.execute("DELETE FROM code_events")
    with op.batch_alter_table("codes") as codes:
        codes.drop_index(op.f("ix_codes_card_key_call_sid"))
        codes.alter_column("call_sid", new_column_name="holder", existing_type=sa.String(length=64))
        codes.add_column(sa.Column("sealed", sa.LargeBinary(), nullable=True))
        codes.add_column(sa.Column("source_key", sa.String(length=64), nullable=True))
        codes.add_column(sa.Column("prefix_key", sa.String(length=64), nullable=False))
        codes.add_column(sa.Column("range_key", sa.String(length=64), nullable=False))
        codes.add_column(sa.Column("decoy", sa.Boolean(), nullable=False))
    op.create_index(op.f("ix_codes_holder_purpose"), "codes", ["holder", "purpose"], unique=False)
    op.create_index(op.f("ix_codes_card_key_purpose"), "codes", ["card_key", "purpose"], unique=False)
    with op.batch_alter_table("code_events") as events:
        events.add_column(sa.Column("purpose", sa.String(length=32), nullable=False))
        events.add_column(sa.Column("source_key", sa.String(length=64), nullable=True))
        events.add_column(sa.Column("prefix_key", sa.String(length=64), nullable=False))
        events.add_column(sa.Column("range_key", sa.String(length=64), nullable=False))
        events.add_column(sa.Column("decoy", sa.Boolean(), nullable=False))
    op.create_index(op.f("ix_code_events_kind_decoy_at"), "code_events", ["kind", "decoy", "at"], unique=False)
    for name in ("source_key", "prefix_key", "range_key"):
        op.create_index(op.f(f"ix_code_events_{name}_at"), "code_events", [name, "at"], unique=False)


def downgrade() -> None:
    for table in ("erasures", "captures", "wrong_entries", "visits", "consent_texts", "consents"):
        op.drop_table(table)
    with op.batch_alter_table("turns") as turns:
        for name in ("field", "result"):
            turns.drop_column(name)
    with op.batch_alter_table("code_events") as events:
        events.drop_index(op.f("ix_code_events_kind_decoy_at"))
        for name in ("source_key", "prefix_key", "range_key"):
            events.drop_index(op.f(f"ix_code_events_{name}_at"))
        for name in ("purpose", "source_key", "prefix_key", "range_key", "decoy"):
            events.drop_column(name)
    with op.batch_alter_table("codes") as codes:
        codes.drop_index(op.f("ix_codes_holder_purpose"))
        codes.drop_index(op.f("ix_codes_card_key_purpose"))
        for name in ("sealed", "source_key", "prefix_key", "range_key", "decoy"):
            codes.drop_column(name)
        codes.alter_column("holder", new_column_name="call_sid", existing_type=sa.String(length=64))
    op.create_index(op.f("ix_codes_card_key_call_sid"), "codes", ["card_key", "call_sid"], unique=False)
