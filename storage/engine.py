"""Databases the way we want them. SQLite: WAL, patient, short transactions, nobody surprised by an upgrade from reading to writing.

A database file that was taken away is never made anew by the way, and nothing is written into a file that no longer has its name (SQLite in
WAL mode would do both without a word): every use looks whether the file is still the one that the connection has open.

Errors never show a statement's values: a record holds a citizen's number, and errors are logged.
"""

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import DisconnectionError

BUSY_MS = 5000


def open_for_writing(path: Path, *, busy_ms: int = BUSY_MS, make: bool = False) -> Engine:
    """An engine whose every transaction takes the write lock at once (BEGIN IMMEDIATE), waiting for it up to 5 s.

    The file must be there, unless `make` says that it may be made.
    """
    pragmas = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
    return _open(path, begin="BEGIN IMMEDIATE", busy_ms=busy_ms, pragmas=pragmas, mode="rwc" if make else "rw")


def open_for_reading(path: Path) -> Engine:
    """An engine that reads a consistent state and can change nothing; readers and the writer do not wait for each other."""
    return _open(path, begin="BEGIN", busy_ms=BUSY_MS, pragmas=("query_only = ON",), mode="rw")


def open_postgres(url: str, *, patience_s: float = BUSY_MS / 1000) -> Engine:
    """An engine on PostgreSQL, for reading and writing. A lock is waited for up to `patience_s`, an answer up to six times as long.

    A connection that died (the server was started again) is found out before it is used. The first use raises what the database raises.
    Each statement is planned for what it asks: a plan for any word reads a million rows for a rare one (measured).
    """
    waits = f"-c lock_timeout={int(patience_s * 1000)} -c statement_timeout={int(patience_s * 6000)}"
    waits += " -c timezone=UTC -c plan_cache_mode=force_custom_plan"
    connect = {"connect_timeout": max(2, int(patience_s)), "options": waits}
    return create_engine(url, connect_args=connect, hide_parameters=True, pool_pre_ping=True, pool_timeout=patience_s)


def inode_of(path: Path) -> int | None:
    """The number of the file that has this name now; None when there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return None


def _open(path: Path, *, begin: str, busy_ms: int, pragmas: tuple[str, ...], mode: str) -> Engine:
    url = f"sqlite:///file:{quote(str(path.absolute()))}?mode={mode}&uri=true"
    engine = create_engine(url, connect_args={"timeout": busy_ms / 1000}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: Any) -> None:  # noqa: ANN401 - the driver's connection, the pool's record of it
        record.info["inode"] = inode_of(path)
        connection.isolation_level = None  # the driver must not begin transactions of its own
        for pragma in (f"busy_timeout = {busy_ms}", *pragmas):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "checkout")
    def _look(_connection: Any, record: Any, _proxy: object) -> None:  # noqa: ANN401 - the same
        if record.info["inode"] != inode_of(path):
            raise DisconnectionError(f"{path.name} is not the file that was opened")  # the pool opens it anew

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "handle_error", _open_anew)
    return engine


def _open_anew(context: ExceptionContext) -> None:
    """A connection that found its file read-only or broken stays so for ever: the next try gets a fresh one. A lock is no such case.

    It gives back its own lock first: closed as it is, SQLite would keep that until the error and its traceback are forgotten.
    """
    if isinstance(context.original_exception, sqlite3.OperationalError) and "locked" not in str(context.original_exception):
        context.is_disconnect = True
        if context.connection is not None:
            with suppress(sqlite3.Error):
                context.connection.connection.rollback()
