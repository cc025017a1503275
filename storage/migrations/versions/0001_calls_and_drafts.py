"""The ledger, recordings, what was pushed, and the drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _text(name: str, length: int | None = None, *, unique: bool = False, key: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.String(length) if length else sa.Text(), nullable=False, unique=unique or None, primary_key=key)


def _number(name: str, *, key: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer(), nullable=False, primary_key=key)


def _seconds(name: str) -> "sa.Column[float]":
    return sa.Column(name, sa.Float(), nullable=False)


def upgrade() -> None:
    """Make the first tables."""
    _ledger()
    _audio()
    _tickets()


def _ledger() -> None:
    op.create_table(
        "calls",
        _text("call_id", 32, key=True),
        _number("revision", key=True),
        _text("arrived", 32),
        _text("called", 32),
        _text("record"),
        _text("created", 32),
    )
    op.create_index("ix_calls_arrived", "calls", ["arrived"])
    op.create_table(
        "journal_seen",
        _text("call_id", 32, key=True),
        _number("part", key=True),
        _number("lines"),
        _number("unreadable"),
        _text("created", 32),
    )


def _audio() -> None:
    op.create_table(
        "recordings",
        _text("call_id", 32, key=True),
        _text("file"),
        _text("state", 16),
        _text("sha256", 64),
        _seconds("seconds"),
        _seconds("expected_seconds"),
        _number("channels"),
        _number("repaired"),
        _text("kept_until", 10),
        _text("created", 32),
    )


def _tickets() -> None:
    op.create_table(
        "pushes",
        _text("call_id", 32, key=True),
        _number("revision", key=True),
        _text("state", 16),
        _number("attempts"),
        _text("due", 32),
        _text("reference"),
        _text("error"),
    )
    op.create_index("ix_pushes_state", "pushes", ["state"])
    op.create_table(
        "ticket_drafts",
        _text("key", 32, key=True),
        _text("reference", 40, unique=True),
        _number("revision"),
        _text("channel", 16),
        _text("called", 32),
        _text("contact_phone", 32),
        _text("received_at", 32),
        _text("record"),
        _text("created", 32),
        _text("updated", 32),
    )
    op.create_index("ix_ticket_drafts_received_at", "ticket_drafts", ["received_at"])
