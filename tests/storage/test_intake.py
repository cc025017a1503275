"""Written intake in a real database: the doors' promises, and a database that is away."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Engine, QueuePool, create_engine, select

from hotline.answer_times import AnswerBook
from hotline.errors import DoorClosed
from hotline.sms import SmsGroup, SmsParts
from storage.engine import open_for_writing
from storage.intake import AnswerTimesTable, SmsPartsTable
from storage.intake_tables import sms_parts
from storage.layout import Layout
from storage.tables import metadata
from tests.checks.check_sms_parts import BOOK_CHECKS, CHECKS, NOW, answered, part


async def _run(awaited: Awaitable[object]) -> None:
    await awaited


@pytest.mark.parametrize("check", CHECKS)
def test_the_table_of_parts_keeps_the_doors_promises(engine: Engine, check: Callable[[SmsParts], Awaitable[None]]) -> None:
    asyncio.run(_run(check(SmsPartsTable(engine))))


@pytest.mark.parametrize("check", BOOK_CHECKS)
def test_the_table_of_answer_times_keeps_the_doors_promises(engine: Engine, check: Callable[[AnswerBook], Awaitable[None]]) -> None:
    asyncio.run(_run(check(AnswerTimesTable(engine))))


@pytest.mark.usefixtures("engine")
def test_parts_that_come_at_once_are_all_kept_in_one_message(layout: Layout) -> None:
    patient = open_for_writing(layout.ledger)
    parts = SmsPartsTable(patient)

    async def run() -> None:
        await asyncio.gather(*(parts.keep(part(index, total=8), now=NOW) for index in range(1, 9)))
        [group] = await parts.waiting(since_before=NOW)
        assert group.whole

    asyncio.run(run())
    patient.dispose()


def test_of_a_filed_message_neither_words_nor_number_stay(engine: Engine) -> None:
    parts = SmsPartsTable(engine)

    async def run() -> None:
        await parts.filed(await parts.keep(part(1), now=NOW), "202603020001")

    asyncio.run(run())
    with engine.connect() as connection:
        [row] = connection.execute(select(sms_parts)).mappings().all()
    assert (row["text"], row["sender"], row["part_id"]) == ("", "", "m1")


@pytest.mark.usefixtures("engine")
def test_no_free_connection_is_a_closed_door_too(layout: Layout) -> None:
    busy = create_engine(f"sqlite:///{layout.ledger}", poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.01)
    parts, book = SmsPartsTable(busy), AnswerTimesTable(busy)
    asked: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: parts.keep(part(1), now=NOW),
        lambda: parts.close(SmsGroup(name="gw/m1", parts=(part(1),))),
        lambda: parts.filed(SmsGroup(name="gw/m1", parts=(part(1),)), "202603020001"),
        lambda: parts.waiting(since_before=NOW),
        lambda: book.keep(answered("a", 1)),
        lambda: book.since(NOW),
    )
    with busy.connect():
        for each in asked:
            with pytest.raises(DoorClosed):
                asyncio.run(_run(each()))
    busy.dispose()


def test_a_database_without_its_tables_is_a_closed_door(engine: Engine) -> None:
    metadata.drop_all(engine)
    parts, book = SmsPartsTable(engine), AnswerTimesTable(engine)
    for asked in (
        lambda: parts.keep(part(1), now=NOW),
        lambda: parts.waiting(since_before=NOW),
        lambda: book.keep(answered("a", 1)),
        lambda: book.since(NOW),
    ):
        with pytest.raises(DoorClosed):
            asyncio.run(_run(asked()))
