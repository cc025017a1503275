"""What a bench fills in is what the door would have written."""

import asyncio
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from bench.own_postgres import USER, OwnPostgres
from bench.ticket_fill import fill_postgres, fill_sqlite
from bench.ticket_seed import COLUMNS, COMMON, UNITS, Rows, patterns, seeded
from storage.ticket_rows import entry_said
from tests.checks.check_tickets import OFFICE, found
from tests.storage.ticket_database import PostgresStage, SqliteStage, migrated, postgres, postgres_stage, sqlite_stage
from tickets.moments import Moment
from tickets.ports import Change
from tickets.snapshot import entry_of_json, of_json, read
from tickets.ticket import Entry

__all__ = ["migrated", "postgres"]

MANY = [*seeded(patterns(20, random.Random(1)), 990, 1030)]


def _change(rows: Rows) -> Change:
    ticket = of_json(json.loads(rows.snapshot))
    moments = tuple(read(Moment, {"what": what, "at": at}) for _, what, at in rows.moments)
    return Change(ticket=ticket, was=0, entries=tuple(_entry(rows, each) for each in range(len(rows.entries))), moments=moments)


def _entry(rows: Rows, which: int) -> Entry:
    row = dict(zip(COLUMNS["ticket_entries"], rows.entries[which], strict=True))
    return entry_of_json(entry_said(row, str(rows.id)))


def _standing(engine: Engine) -> dict[str, Any]:
    with engine.begin() as connection:
        return {
            name: sorted(map(str, connection.execute(text(f"SELECT {','.join(columns)} FROM {name}").bindparams())))
            for name, columns in _NAMED.items()
        }


_NAMED = {name: [f'"{column}"' for column in columns] for name, columns in COLUMNS.items()}


def test_sqlite_is_filled_with_the_rows_of_the_door(tmp_path: Path) -> None:
    (tmp_path / "fast").mkdir()
    (tmp_path / "door").mkdir()
    with sqlite_stage(tmp_path / "fast") as fast, sqlite_stage(tmp_path / "door") as door:
        fill_sqlite(tmp_path / "fast" / "ledger.sqlite", MANY)
        asyncio.run(door.door.append([_change(rows) for rows in MANY]))
        assert _standing(fast.engine) == _standing(door.engine)
        assert _words_of_sqlite(fast) == _words_of_sqlite(door)
        asyncio.run(_is_usable(fast))


def test_postgresql_is_filled_with_the_rows_of_the_door(postgres: OwnPostgres, migrated: str) -> None:
    with postgres_stage(postgres, migrated) as door:
        asyncio.run(door.door.append([_change(rows) for rows in MANY]))
        by_door = _standing(door.engine), _words_of_postgres(door)
    with postgres_stage(postgres, migrated) as fast:
        fill_postgres(postgres.folder, USER, "tickets", MANY)
        assert (_standing(fast.engine), _words_of_postgres(fast)) == by_door
        asyncio.run(_is_usable(fast))


async def _is_usable(stage: SqliteStage | PostgresStage) -> None:
    """And goes on like any other."""
    newest = of_json(json.loads(MANY[-1].snapshot))
    assert (await found(stage, limit=1)) == [newest.number]
    assert set(await found(stage, words=(COMMON,), limit=200)) == {str(each.id) for each in MANY if COMMON in each.snapshot}
    after = replace(newest, version=newest.version + 1, content="改过的文字", lead=UNITS[0])
    line = replace(_entry(MANY[-1], 0), seq=after.version)
    await stage.door.append([Change(ticket=after, was=newest.version, entries=(line,))])
    assert await found(stage, words=("改过",)) == [newest.number]
    assert newest.number not in await found(stage, OFFICE, words=(newest.content[-2:],), limit=200)


def _words_of_sqlite(stage: SqliteStage) -> list[str]:
    with stage.engine.begin() as connection:
        connection.exec_driver_sql("CREATE VIRTUAL TABLE temp.seen USING fts5vocab(main, ticket_words, instance)")
        return sorted(f"{row.term} {row.doc}" for row in connection.exec_driver_sql("SELECT term, doc FROM temp.seen"))


def _words_of_postgres(stage: PostgresStage) -> list[str]:
    with stage.engine.begin() as connection:
        return sorted(map(str, connection.exec_driver_sql("SELECT id, words FROM ticket_words")))


@pytest.mark.parametrize("rows", MANY[:5])
def test_a_seeded_ticket_stands_on_its_own_day(rows: Rows) -> None:
    ticket = of_json(json.loads(rows.snapshot))
    assert f"{ticket.filed_at:%Y%m%d}" == ticket.number[:8]
    assert "2001" not in rows.snapshot
    assert ticket.version == len(rows.entries)
