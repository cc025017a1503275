"""Written intake on a real PostgreSQL: the same promises, with the tables that migrating makes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest
from sqlalchemy import Engine, delete

from bench.own_postgres import OwnPostgres
from hotline.answer_times import AnswerBook
from hotline.sms import SmsParts
from storage.engine import open_postgres
from storage.intake import AnswerTimesTable, SmsPartsTable
from storage.intake_tables import answer_times, sms_parts
from storage.migrate import migrate_server
from tests.checks.check_sms_parts import BOOK_CHECKS, CHECKS, NOW, part
from tests.storage.own_postgres import postgres as postgres


@pytest.fixture(scope="module")
def migrated(postgres: OwnPostgres) -> Iterator[Engine]:
    engine = open_postgres(postgres.make("intake"))
    migrate_server(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def server(migrated: Engine) -> Engine:
    """Emptied of what an earlier test left."""
    with migrated.begin() as connection:
        connection.execute(delete(sms_parts))
        connection.execute(delete(answer_times))
    return migrated


async def _run(awaited: Awaitable[None]) -> None:
    await awaited


@pytest.mark.parametrize("check", CHECKS)
def test_the_table_of_parts_keeps_the_doors_promises(server: Engine, check: Callable[[SmsParts], Awaitable[None]]) -> None:
    asyncio.run(_run(check(SmsPartsTable(server))))


@pytest.mark.parametrize("check", BOOK_CHECKS)
def test_the_table_of_answer_times_keeps_the_doors_promises(server: Engine, check: Callable[[AnswerBook], Awaitable[None]]) -> None:
    asyncio.run(_run(check(AnswerTimesTable(server))))


def test_parts_that_come_at_once_are_all_kept_in_one_message(server: Engine) -> None:
    parts = SmsPartsTable(server)

    async def run() -> None:
        await asyncio.gather(*(parts.keep(part(index, total=8), now=NOW) for index in range(1, 9)))
        [group] = await parts.waiting(since_before=NOW)
        assert group.whole

    asyncio.run(run())
