"""回拨: who asked for a call or was missed is owed one, too; how often he was tried, and what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NEW = (
    ("line", sa.String(32), "''"),
    ("since", sa.Float(), "0"),
    ("skills", sa.Text(), "'[]'"),
    ("attempts", sa.Integer(), "0"),
    ("outcome", sa.String(16), "''"),
)


def upgrade() -> None:
    """The place in line that is kept, and the attempts."""
    for name, kind, default in _NEW:
        op.add_column("callbacks", sa.Column(name, kind, nullable=False, server_default=sa.text(default)))


def downgrade() -> None:
    """Back to those who were cut off."""
    for name, _, _ in reversed(_NEW):
        op.drop_column("callbacks", name)
