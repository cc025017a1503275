"""回拨: who was cut off is owed a call; and where recordings have gaps."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One row for a call that is owed; gaps as JSON."""
    op.create_table(
        "callbacks",
        sa.Column("call_id", sa.String(32), nullable=False, primary_key=True),
        sa.Column("phone", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
        sa.Column("due", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("closed_by", sa.String(32), nullable=False),
    )
    op.create_index("ix_callbacks_phone", "callbacks", ["phone"])
    op.create_index("ix_callbacks_state", "callbacks", ["state"])
    op.add_column("recordings", sa.Column("gaps", sa.Text(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Back to a ledger that owes nobody."""
    op.drop_column("recordings", "gaps")
    op.drop_table("callbacks")
