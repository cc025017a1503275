"""The stored tickets keep what every `Tickets` door promises, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bench.own_postgres import OwnPostgres
from hotline.errors import DoorClosed
from hotline.notices import Notice, staff
from storage.ticket_sink_embedded import EmbeddedTicketSink
from tests.checks.check_ticket_sink import DRAFT, NEWER
from tests.checks.check_tickets import CHECKS, HANDLER, WITH_WATER, Stage, filed, found, moved, number, ticket
from tests.storage.ticket_database import PostgresStage, SqliteStage, postgres_stage, sqlite_stage
from tests.storage.ticket_database import migrated as migrated
from tests.storage.ticket_database import postgres as postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteStage | PostgresStage]:
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield stack.enter_context(sqlite_stage(tmp_path))
        else:
            yield stack.enter_context(postgres_stage(request.getfixturevalue("postgres"), request.getfixturevalue("migrated")))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_keeps_the_promise(check: Callable[[Stage], Coroutine[Any, Any, None]], stage: Stage) -> None:
    asyncio.run(check(stage))


def test_a_sqlite_that_is_gone_is_a_closed_door_and_is_not_made_anew(tmp_path: Path) -> None:
    with sqlite_stage(tmp_path) as stage:
        path = tmp_path / "ledger.sqlite"
        asyncio.run(stage.door.append([filed(ticket(1))]))
        away = path.rename(tmp_path / "away")
        with pytest.raises(DoorClosed):
            asyncio.run(stage.door.append([moved(ticket(1), **WITH_WATER), filed(ticket(2))]))
        assert not path.exists()
        away.rename(path)
        assert asyncio.run(found(stage)) == [number(1)]
        asyncio.run(stage.door.append([moved(ticket(1), **WITH_WATER)]))


def test_a_sqlite_that_is_read_only_for_a_while_is_a_closed_door_for_so_long(tmp_path: Path) -> None:
    def claim(version: bytes) -> None:
        """The header's write version: SQLite takes a file of the future for read-only."""
        with (tmp_path / "ledger.sqlite").open("r+b") as file:
            file.seek(18)
            file.write(version)

    with sqlite_stage(tmp_path) as stage:
        asyncio.run(stage.door.append([filed(ticket(1))]))
        stage.engine.dispose()
        claim(b"\x03")
        with pytest.raises(DoorClosed):
            asyncio.run(stage.door.append([moved(ticket(1), **WITH_WATER), filed(ticket(2))]))
        claim(b"\x02")
        assert asyncio.run(found(stage)) == [number(1)]
        asyncio.run(stage.door.append([moved(ticket(1), **WITH_WATER)]))


def test_a_postgresql_that_only_reads_is_a_closed_door(postgres: OwnPostgres, migrated: str) -> None:
    with postgres_stage(postgres, migrated) as stage:
        asyncio.run(stage.door.append([filed(ticket(1))]))
        with stage.engine.connect() as connection:
            connection.exec_driver_sql("SET default_transaction_read_only = on")
            connection.commit()
        with pytest.raises(DoorClosed):
            asyncio.run(stage.door.append([filed(ticket(2))]))
        assert asyncio.run(found(stage)) == [number(1)]


@pytest.mark.parametrize(
    "at", ["INSERT INTO ticket_snapshots", "INSERT INTO ticket_entries", "INSERT INTO notices", "INSERT INTO ticket_units"]
)
def test_a_postgresql_that_is_killed_in_the_middle_keeps_nothing_of_it(postgres: OwnPostgres, migrated: str, at: str) -> None:
    with postgres_stage(postgres, migrated) as stage:
        asyncio.run(stage.door.append([filed(ticket(1))]))
        left = [at]

        def kill(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            if left and statement.startswith(left[0]):
                left.clear()
                stage.shut()

        event.listen(stage.engine, "before_cursor_execute", kill)
        notice = Notice(kind="dispatched", to=staff("u-water"), ticket=number(2), seq=1)
        with pytest.raises(DoorClosed):
            asyncio.run(stage.door.append([replace(filed(ticket(2, **WITH_WATER)), notices=(notice,))]))
        assert left == [], "it was killed there"
        stage.reopen()
        assert asyncio.run(found(stage)) == [number(1)]
        assert asyncio.run(stage.door.load(number(2))) is None
        assert asyncio.run(found(stage, HANDLER, words=("路灯",))) == []
        assert stage.told() == []


def test_the_draft_of_a_call_is_filed_and_its_later_record_still_arrives(stage: SqliteStage | PostgresStage) -> None:
    sink, key = EmbeddedTicketSink(stage.engine), "hl1-1764000000.12"
    other = replace(DRAFT, key="hl1-1764000000.13")

    async def story() -> None:
        for draft in (DRAFT, other):
            await sink.push(draft)
        assert {row["key"] for row in await stage.door.drafts()} == {key, other.key}
        await stage.door.append([filed(ticket(1, calls=(key,)))])
        assert [row["key"] for row in await stage.door.drafts()] == [other.key]
        assert list(await stage.door.of_call(key)) == [number(1)]
        await sink.push(NEWER)
        assert [record["revision"] for record in await stage.door.records(number(1))] == [2]
        await stage.door.append([moved(ticket(1, calls=(key,)), calls=(key, other.key))])
        assert await stage.door.drafts() == []
        assert len(await stage.door.records(number(1))) == 2
        assert await stage.door.records(number(9)) == []

    asyncio.run(story())
