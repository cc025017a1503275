"""The tickets' door on a real database: a fresh SQLite file, or an emptied database of a real PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select, text

from bench.own_postgres import OwnPostgres
from storage.engine import open_for_writing, open_postgres
from storage.migrate import migrate_server
from storage.notice_tables import notices
from storage.tables import metadata
from storage.tickets import StoredTickets
from tests.storage.own_postgres import postgres as postgres

PATIENCE_S = 0.05


class SqliteStage:
    """Shut: somebody else writes, and goes on writing."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self.engine = engine
        self.door = StoredTickets(engine)
        self._path = path
        self._other: sqlite3.Connection | None = None

    def told(self) -> list[str]:
        return _told(self.engine)

    def shut(self) -> None:
        self._other = sqlite3.connect(self._path, isolation_level=None)
        self._other.execute("BEGIN IMMEDIATE")

    def reopen(self) -> None:
        if self._other is not None:
            self._other.close()
            self._other = None


class PostgresStage:
    """Shut: it was killed."""

    def __init__(self, engine: Engine, cluster: OwnPostgres) -> None:
        self.engine = engine
        self.door = StoredTickets(engine)
        self._cluster = cluster
        self._killed = False

    def told(self) -> list[str]:
        return _told(self.engine)

    def shut(self) -> None:
        self._cluster.kill()
        self._killed = True

    def reopen(self) -> None:
        if self._killed:
            self._cluster.start()
            self._killed = False


def _told(engine: Engine) -> list[str]:
    with engine.begin() as connection:
        return list(connection.execute(select(notices.c.key).order_by(notices.c.key)).scalars())


@contextmanager
def sqlite_stage(folder: Path) -> Iterator[SqliteStage]:
    """A fresh file, made from the tables: tests/storage/test_migrate.py shows that migrating makes the same."""
    path = folder / "ledger.sqlite"
    path.touch()
    engine = open_for_writing(path, busy_ms=int(PATIENCE_S * 1000))
    event.listen(engine, "connect", _hurry)
    metadata.create_all(engine)
    stage = SqliteStage(engine, path)
    try:
        yield stage
    finally:
        stage.reopen()
        engine.dispose()


def _hurry(connection: sqlite3.Connection, _record: object) -> None:
    """No test pulls the plug."""
    connection.execute("PRAGMA synchronous = OFF")


@pytest.fixture(scope="module")
def migrated(postgres: OwnPostgres) -> str:
    """The URL of a database that was migrated on this cluster."""
    url = postgres.make("tickets")
    engine = open_postgres(url)
    migrate_server(engine)
    engine.dispose()
    return url


@contextmanager
def postgres_stage(cluster: OwnPostgres, url: str) -> Iterator[PostgresStage]:
    """Emptied of what an earlier test left."""
    engine = open_postgres(url)
    with engine.begin() as connection:
        names = ", ".join(f'"{name}"' for name in connection.execute(text(_TABLES)).scalars())
        connection.execute(text(f"TRUNCATE {names}"))
    stage = PostgresStage(engine, cluster)
    try:
        yield stage
    finally:
        stage.reopen()
        engine.dispose()


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('alembic_version', 'access_log')"
