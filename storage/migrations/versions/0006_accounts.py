"""帐号: who is who, units, and the access log that nobody changes."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_REFUSED = "access_log is append-only"


def upgrade() -> None:
    """People, their sessions, tokens, tries in vain, units, and the log."""
    _people()
    _doors()
    _units()
    _log()


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("login", sa.String(32), nullable=False, primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False, index=True),
        sa.Column("cleared", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Integer(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("password_set", sa.String(32), nullable=False),
        sa.Column("must_change_password", sa.Integer(), nullable=False),
        sa.Column("changed", sa.String(32), nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("hashed", sa.String(64), nullable=False, primary_key=True),
        sa.Column("login", sa.String(32), nullable=False, index=True),
        sa.Column("begun", sa.String(32), nullable=False),
        sa.Column("seen", sa.String(32), nullable=False, index=True),
        sa.Column("source", sa.String(64), nullable=False),
    )


def _doors() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("token_id", sa.String(32), nullable=False, primary_key=True),
        sa.Column("hashed", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("cleared", sa.Integer(), nullable=False),
        sa.Column("expires", sa.String(32), nullable=False),
        sa.Column("enabled", sa.Integer(), nullable=False),
        sa.Column("created", sa.String(32), nullable=False),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("number", sa.Integer(), nullable=False, primary_key=True, autoincrement=True),
        sa.Column("account", sa.String(64), nullable=False, index=True),
        sa.Column("source", sa.String(64), nullable=False, index=True),
        sa.Column("at", sa.String(32), nullable=False, index=True),
    )


def _units() -> None:
    op.create_table(
        "units",
        sa.Column("unit_id", sa.String(64), nullable=False, primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(32), nullable=False),
        sa.Column("above", sa.String(64), nullable=False, index=True),
        sa.Column("staff_phone", sa.String(32), nullable=False),
        sa.Column("leader_phone", sa.String(32), nullable=False),
        sa.Column("duties", sa.Text(), nullable=False),
        sa.Column("secrecy_rules", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("proposed_by", sa.String(80), nullable=False),
        sa.Column("decided_by", sa.String(80), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("changed", sa.String(32), nullable=False),
    )


def _log() -> None:
    op.create_table(
        "access_log",
        sa.Column("seq", sa.Integer(), nullable=False, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False, index=True),
        sa.Column("actor", sa.String(80), nullable=False, index=True),
        sa.Column("act", sa.String(64), nullable=False),
        sa.Column("ticket", sa.String(80), nullable=False, index=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("before", sa.String(64), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
    )
    for statement in _triggers(op.get_bind().dialect.name):
        op.execute(statement)


def _triggers(dialect: str) -> tuple[str, ...]:
    if dialect == "postgresql":
        return (
            f"CREATE FUNCTION access_log_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$",
            "CREATE TRIGGER access_log_stays BEFORE UPDATE OR DELETE ON access_log FOR EACH ROW EXECUTE FUNCTION access_log_refuses()",
            "CREATE TRIGGER access_log_is_not_emptied BEFORE TRUNCATE ON access_log EXECUTE FUNCTION access_log_refuses()",
        )
    return tuple(
        f"CREATE TRIGGER access_log_no_{verb.lower()} BEFORE {verb} ON access_log BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
        for verb in ("UPDATE", "DELETE")
    )


def downgrade() -> None:
    """Back to a ledger that knows agents only. The access log goes with it: keep a copy."""
    for table in ("access_log", "units", "sign_in_failures", "api_tokens", "sessions", "people"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION access_log_refuses()")
