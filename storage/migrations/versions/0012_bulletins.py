"""通报: what was published of the units' figures."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One row for a bulletin; nothing here is ever changed."""
    op.create_table(
        "bulletins",
        sa.Column("id", sa.String(40), nullable=False, primary_key=True),
        sa.Column("begin", sa.String(32), nullable=False),
        sa.Column("end", sa.String(32), nullable=False),
        sa.Column("definitions", sa.String(32), nullable=False),
        sa.Column("published", sa.String(32), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
    )
    op.create_index("ix_bulletins_begin", "bulletins", ["begin"])


def downgrade() -> None:
    """Back to a system that publishes nothing."""
    op.drop_table("bulletins")
