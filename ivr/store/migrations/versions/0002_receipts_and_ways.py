"""What diagnosis looks at: receipts and operations of a card; ways that callers have tried."""

import sqlalchemy as sa
from alembic import op

from ivr.store.moments import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cards", sa.Column("issued_at", UtcDateTime(), nullable=True))
    op.add_column("cards", sa.Column("email", sa.String(length=254), nullable=True))
    for make in (_receipts, _operations, _ways):
        make()


def downgrade() -> None:
    for table in ("ways", "operations", "receipts"):
        op.drop_table(table)
    with op.batch_alter_table("cards") as cards:
        cards.drop_column("email")
        cards.drop_column("issued_at")


def _receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("card_number", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("shop", sa.String(length=200), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("tobacco", sa.Boolean(), nullable=False),
        sa.Column("spend", sa.String(length=8), nullable=False),
        sa.Column("points_due", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_number"], ["cards.number"], name=op.f("fk_receipts_card_number"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
    )
    op.create_index(op.f("ix_receipts_card_number_at"), "receipts", ["card_number", "at"], unique=False)


def _operations() -> None:
    op.create_table(
        "operations",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("card_number", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_number"], ["cards.number"], name=op.f("fk_operations_card_number"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operations")),
    )
    op.create_index(op.f("ix_operations_card_number_at"), "operations", ["card_number", "at"], unique=False)


def _ways() -> None:
    op.create_table(
        "ways",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=64), nullable=False),
        sa.Column("result", sa.String(length=8), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ways")),
    )
    op.create_index(op.f("ix_ways_at"), "ways", ["at"], unique=False)
    op.create_index(op.f("ix_ways_key_way_at"), "ways", ["key", "way", "at"], unique=False)
