"""业务单: tickets with their history, whose they are, when they must be looked at, their calls, their numbers, and the index of words."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WORDS = {
    "sqlite": (
        "CREATE VIRTUAL TABLE ticket_words USING fts5(words, content='', columnsize=0, detail=none, tokenize=\"ascii tokenchars '@._-'\")",
    ),
    "postgresql": (
        'CREATE TABLE ticket_words (id BIGINT PRIMARY KEY, words TEXT[] COLLATE "C" NOT NULL)',
        "CREATE INDEX ix_ticket_words ON ticket_words USING gin (words)",
    ),
}


def _id() -> "sa.Column[int]":
    return sa.Column("id", _ID, nullable=False, primary_key=True, autoincrement=False)


def _text(name: str, length: int, *, key: bool = False, empty: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.String(length), nullable=empty, primary_key=key)


def upgrade() -> None:
    """Nothing is filled in: drafts become tickets when a person files them."""
    _tickets()
    _history()
    _beside()
    for statement in _WORDS[op.get_bind().dialect.name]:
        op.execute(sa.text(statement.replace(":", "\\:")))


def _tickets() -> None:
    op.create_table(
        "tickets",
        _id(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(200), nullable=True, unique=True),
        _text("state", 24),
        _text("appeal", 8),
        _text("code", 32),
        _text("place", 32),
        _text("filed", 32),
        _text("due", 32, empty=True),
        sa.Column("provisional", sa.Integer(), nullable=False),
        sa.Column("secrecy", sa.Integer(), nullable=False),
        _text("phone", 32, empty=True),
        sa.Column("published", sa.Integer(), nullable=False),
    )
    for name in ("state", "code", "place", "phone", "due"):
        op.create_index(f"ix_tickets_{name}", "tickets", [name, "id"])
    for name in ("published", "provisional"):
        where = sa.text(f"{name} = 1")
        op.create_index(f"ix_tickets_{name}", "tickets", ["id"], sqlite_where=where, postgresql_where=where)


def _history() -> None:
    op.create_table("ticket_snapshots", _id(), sa.Column("snapshot", sa.Text(), nullable=False))
    op.create_table(
        "ticket_entries",
        _id(),
        sa.Column("seq", sa.Integer(), nullable=False, primary_key=True, autoincrement=False),
        _text("at", 32),
        _text("what", 32),
        _text("by", 80),
        _text("role", 16),
        sa.Column("details", sa.Text(), nullable=False),
        sqlite_with_rowid=False,
    )


def _beside() -> None:
    op.create_table("ticket_units", _text("unit", 64, key=True), _id(), _text("state", 24), sqlite_with_rowid=False)
    op.create_index("ix_ticket_units_state", "ticket_units", ["unit", "state", "id"])
    op.create_index("ix_ticket_units_id", "ticket_units", ["id"])
    op.create_table("ticket_moments", _id(), _text("what", 24, key=True), _text("at", 32), sqlite_with_rowid=False)
    op.create_index("ix_ticket_moments_at", "ticket_moments", ["at", "id"])
    op.create_table("ticket_calls", _text("call_id", 32, key=True), _id(), sqlite_with_rowid=False)
    op.create_table("ticket_numbers", _text("day", 8, key=True), sa.Column("last", sa.Integer(), nullable=False))


def downgrade() -> None:
    """Back to drafts."""
    names = ("words", "numbers", "calls", "moments", "units", "entries", "snapshots")
    for name in (*(f"ticket_{name}" for name in names), "tickets"):
        op.drop_table(name)
