"""Bring the ledger's tables up to date at start: needs no network, and two processes at once do it one after the other.

A ledger that was there before and is gone is not made anew and believed (`LedgerGone`): a city's records would be lost without a word.
"""

import fcntl
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from hotline.errors import HotlineError
from storage.engine import open_for_writing
from storage.layout import Layout


class LedgerGone(HotlineError):
    """The ledger was there before and is not now; the message says what an operator can do."""


def prepare_ledger(layout: Layout) -> None:
    """Make the ledger of a new system, or bring it up to date. Raises `LedgerGone`, and what the database raises."""
    if is_gone(layout):
        raise LedgerGone(
            f"台账数据库 {layout.ledger.name} 不见了：请放回 {layout.ledger.parent}，或从备份恢复；"
            "都没有时运行 scripts/ledger rebuild 由通话日志重建（只有通话；业务单和帐号只能从备份恢复） "
            "the ledger's file is gone: put it back, restore a backup, or run scripts/ledger rebuild (from the kept journals: calls only, "
            "tickets and accounts come back from a backup alone)"
        )
    migrate(layout.ledger)


def is_gone(layout: Layout) -> bool:
    """No ledger (or an empty file), though calls have been put away: there was one."""
    there = layout.ledger.exists() and layout.ledger.stat().st_size > 0
    return not there and any((layout.var / "journal" / "kept").glob("*/*.jsonl"))


def migrate(path: Path) -> None:
    """Make or upgrade the database at `path`. Raises what the database raises; what was there before then still stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(path.name + ".migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        engine = open_for_writing(path, make=True)
        try:
            _upgrade(engine)
        finally:
            engine.dispose()


def migrate_server(engine: Engine) -> None:
    """The same on a PostgreSQL: two at once do it one after the other. All in one transaction: what fails leaves what was."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(12345)"))
        _upgrade_on(connection)


def _upgrade(engine: Engine) -> None:
    with engine.begin() as connection:
        _upgrade_on(connection)


def _upgrade_on(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    if MigrationContext.configure(connection).get_current_revision() == ScriptDirectory.from_config(config).get_current_head():
        return
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
