"""坐席: who has a telephone at this line."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One row for an agent; who left stays, disabled: his number stands in old records."""
    op.create_table(
        "agents",
        sa.Column("agent_id", sa.String(8), nullable=False, primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("skills", sa.Text(), nullable=False),
        sa.Column("kept_for", sa.Text(), nullable=False),
        sa.Column("supervisor", sa.Integer(), nullable=False),
        sa.Column("after_call_s", sa.Integer(), nullable=True),
        sa.Column("enabled", sa.Integer(), nullable=False),
        sa.Column("changed", sa.String(32), nullable=False),
    )


def downgrade() -> None:
    """Back to a ledger whose agents stand in the settings alone."""
    op.drop_table("agents")
