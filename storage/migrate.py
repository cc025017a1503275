"""Bring the ledger's tables up to date at start: needs no network, and two processes at once do it one after the other."""

import fcntl
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from storage.engine import open_for_writing


def migrate(path: Path) -> None:
    """Make or upgrade the database at `path`. Raises what the database raises; what was there before then still stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(path.name + ".migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        engine = open_for_writing(path)
        try:
            _upgrade(engine)
        finally:
            engine.dispose()


def _upgrade(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        if MigrationContext.configure(connection).get_current_revision() == ScriptDirectory.from_config(config).get_current_head():
            return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
