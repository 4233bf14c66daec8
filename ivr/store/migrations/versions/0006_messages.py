"""Messages that came to the short number, without what stood in them."""

import sqlalchemy as sa
from alembic import op

from ivr.store.moments import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("from_key", sa.String(length=64), nullable=False),
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("verdict", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("sid", name=op.f("uq_messages_sid")),
    )
    op.create_index(op.f("ix_messages_from_key_received_at"), "messages", ["from_key", "received_at"], unique=False)
    op.create_index(op.f("ix_messages_received_at"), "messages", ["received_at"], unique=False)


def downgrade() -> None:
    op.drop_table("messages")
