"""短信分条、答复用时: parts of messages on their way, and how soon written media were answered."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Parts of SMS, and the times of answers."""
    op.create_table(
        "sms_parts",
        sa.Column("gateway", sa.String(64), nullable=False, primary_key=True),
        sa.Column("part_id", sa.String(64), nullable=False, primary_key=True),
        sa.Column("group_name", sa.String(160), nullable=False, index=True),
        sa.Column("sender", sa.String(32), nullable=False),
        sa.Column("ref", sa.String(16), nullable=False),
        sa.Column("part_index", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.String(32), nullable=False),
        sa.Column("begun", sa.String(32), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Index("ix_sms_parts_waiting", "number", "begun"),
    )
    op.create_table(
        "answer_times",
        sa.Column("key", sa.String(128), nullable=False, primary_key=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("sent_at", sa.String(32), nullable=False),
        sa.Column("answered_at", sa.String(32), nullable=False, index=True),
    )


def downgrade() -> None:
    """Without them."""
    op.drop_table("answer_times")
    op.drop_table("sms_parts")
