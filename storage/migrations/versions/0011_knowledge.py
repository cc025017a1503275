"""知识库: entries with their versions, what is searched, what was found, and what was answered."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """All of it is new."""
    op.create_table(
        "knowledge_items",
        sa.Column("id", sa.String(32), nullable=False, primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
    )
    op.create_index("ix_knowledge_items_owner", "knowledge_items", ["owner"])
    op.create_index("ix_knowledge_items_source", "knowledge_items", ["source"])
    op.create_table(
        "knowledge_versions",
        sa.Column("id", sa.String(32), nullable=False, primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False, primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("written", sa.String(32), nullable=False),
        sa.Column("review_due", sa.String(32), nullable=False),
        sa.Column("valid_until", sa.String(10), nullable=False),
    )
    op.create_index("ix_knowledge_versions_state", "knowledge_versions", ["state"])
    op.create_table(
        "knowledge_grams",
        sa.Column("gram", sa.String(2), nullable=False, primary_key=True),
        sa.Column("id", sa.String(32), nullable=False, primary_key=True),
    )
    op.create_table(
        "knowledge_hits",
        sa.Column("id", sa.String(32), nullable=False, primary_key=True),
        sa.Column("day", sa.String(10), nullable=False, primary_key=True),
        sa.Column("hit", sa.String(16), nullable=False, primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
    )
    op.create_table(
        "knowledge_given",
        sa.Column("id", sa.String(32), nullable=False, primary_key=True),
        sa.Column("ticket", sa.String(40), nullable=False, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
    )


def downgrade() -> None:
    """Back to a system without a knowledge base."""
    for name in ("knowledge_given", "knowledge_hits", "knowledge_grams", "knowledge_versions", "knowledge_items"):
        op.drop_table(name)
