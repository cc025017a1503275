"""留言: what citizens left in a message box."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One row for a call that left a message."""
    op.create_table(
        "messages",
        sa.Column("call_id", sa.String(32), nullable=False, primary_key=True),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("repaired", sa.Integer(), nullable=False),
        sa.Column("kept_until", sa.String(10), nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
    )


def downgrade() -> None:
    """Back to a ledger without messages."""
    op.drop_table("messages")
