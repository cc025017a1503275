"""业务单历史按时间查: the assessment asks what happened since a period began, without reading all history."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """By time."""
    op.create_index("ix_ticket_entries_at", "ticket_entries", ["at", "id"])


def downgrade() -> None:
    """Without it."""
    op.drop_index("ix_ticket_entries_at", table_name="ticket_entries")
