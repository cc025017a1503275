"""SQLite the way we want it: WAL, patient, short transactions, and nobody surprised by an upgrade from reading to writing.

Errors never show a statement's values: a record holds a citizen's number, and errors are logged.
"""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event

BUSY_MS = 5000


def open_for_writing(path: Path, *, busy_ms: int = BUSY_MS) -> Engine:
    """An engine whose every transaction takes the write lock at once (BEGIN IMMEDIATE), waiting for it up to 5 s."""
    return _open(path, begin="BEGIN IMMEDIATE", busy_ms=busy_ms, pragmas=("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"))


def open_for_reading(path: Path) -> Engine:
    """An engine that reads a consistent state and can change nothing; readers and the writer do not wait for each other."""
    return _open(path, begin="BEGIN", busy_ms=BUSY_MS, pragmas=("query_only = ON",))


def _open(path: Path, *, begin: str, busy_ms: int, pragmas: tuple[str, ...]) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": busy_ms / 1000}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection
        connection.isolation_level = None  # the driver must not begin transactions of its own
        for pragma in (f"busy_timeout = {busy_ms}", *pragmas):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "handle_error", _open_anew)
    return engine


def _open_anew(context: ExceptionContext) -> None:
    """A connection that found its file read-only or broken stays so for ever: the next try gets a fresh one. A lock is no such case."""
    if isinstance(context.original_exception, sqlite3.OperationalError) and "locked" not in str(context.original_exception):
        context.is_disconnect = True
