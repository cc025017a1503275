"""Rows into a database in bulk: SQLite by executemany, PostgreSQL by COPY. Nothing else may use the database meanwhile."""

import gc
import itertools
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg

from bench.ticket_seed import COLUMNS, Rows
from storage.ticket_words import stored

CHUNK: Final = 20_000
_BIG_HASH, _USUAL_HASH = 256 * 2**20, 2**20
_NONE: Final = "\0"


def fill_sqlite(path: Path, rows: Iterable[Rows]) -> None:
    """Without a care for power cuts: who has lost a bench begins it again."""
    with _no_collecting(), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("synchronous = OFF", "cache_size = -400000", "temp_store = MEMORY", "wal_autocheckpoint = 100000"):
            connection.execute(f"PRAGMA {pragma}")
        _hash_size(connection, _BIG_HASH)
        for chunk in _chunks(rows):
            connection.execute("BEGIN")
            for name, columns in COLUMNS.items():
                marks = ", ".join("?" for _ in columns)
                connection.executemany(f"INSERT INTO {name} ({_named(columns)}) VALUES ({marks})", _rows_of(name, chunk))
            words = ((each.id, stored("sqlite", each.words)) for each in chunk)
            connection.executemany("INSERT INTO ticket_words (rowid, words) VALUES (?, ?)", words)
            connection.execute("COMMIT")
        _hash_size(connection, _USUAL_HASH)
        for statement in ("ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"):
            connection.execute(statement)


def fill_postgres(host: Path, user: str, database: str, rows: Iterable[Rows]) -> None:
    """The index of words is made anew: so it takes a quarter of the time."""
    with _no_collecting(), psycopg.connect(host=str(host), user=user, dbname=database, autocommit=True) as connection:
        connection.execute("DROP INDEX ix_ticket_words")
        for chunk in _chunks(rows):
            with connection.transaction(), connection.cursor() as cursor:
                for name, columns in COLUMNS.items():
                    _copy(cursor, f"{name} ({_named(columns)})", _rows_of(name, chunk))
                _copy(cursor, "ticket_words (id, words)", ((each.id, _array(each.words)) for each in chunk))
        connection.execute("SET maintenance_work_mem = '1GB'")
        connection.execute("CREATE INDEX ix_ticket_words ON ticket_words USING gin (words)")
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Millions of tuples, none of which refers to another: looking through them for rings takes half of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _chunks(rows: Iterable[Rows]) -> Iterator[Sequence[Rows]]:
    feed = iter(rows)
    while chunk := list(itertools.islice(feed, CHUNK)):
        yield chunk


def _rows_of(table: str, chunk: Sequence[Rows]) -> Iterator[tuple[Any, ...]]:
    if table == "tickets":
        return (each.row for each in chunk)
    if table == "ticket_snapshots":
        return ((each.id, each.snapshot) for each in chunk)
    if table == "ticket_units":  # in the order of their key
        return iter(sorted(row for each in chunk for row in each.units))
    return (row for each in chunk for row in (each.entries if table == "ticket_entries" else each.moments))


def _named(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _hash_size(connection: sqlite3.Connection, size: int) -> None:
    connection.execute("INSERT INTO ticket_words (ticket_words, rank) VALUES ('hashsize', ?)", (size,))


def _copy(cursor: "psycopg.Cursor[Any]", into: str, rows: Iterable[Sequence[Any]]) -> None:
    lines = ("\t".join([_NONE if value is None else str(value) for value in row]) for row in rows)
    with cursor.copy(f"COPY {into} FROM STDIN") as copy:  # type: ignore[call-overload,unused-ignore]  # names of ours
        while part := list(itertools.islice(lines, 2000)):
            copy.write(("\n".join(part) + "\n").replace("\\", "\\\\").replace(_NONE, "\\N"))  # JSON holds no tab and no line's end


def _array(words: Sequence[str]) -> str:
    return "{" + ",".join(f'"{word}"' for word in words) + "}"
