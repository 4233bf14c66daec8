"""The pace of speech, remembered for a caller's number."""

import sqlalchemy as sa
from alembic import op

from ivr.store.moments import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "callers",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("pace", sa.String(length=8), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_callers")),
    )
    op.create_index(op.f("ix_callers_updated_at"), "callers", ["updated_at"], unique=False)


def downgrade() -> None:
    op.drop_table("callers")
