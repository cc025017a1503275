"""Every day at its moment, and nothing that it does ends the worker."""

import asyncio
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest

from app.emergency_daily import beside, daily, next_moment
from hotline.errors import BadSettings
from tests.fakes.fake_clock import NOON, FakeClock


@pytest.mark.parametrize(
    ("at", "now", "due"),
    [
        ("04:30", NOON, datetime(2026, 11, 23, 20, 30, tzinfo=UTC)),
        ("12:01", NOON, datetime(2026, 11, 23, 4, 1, tzinfo=UTC)),
        ("12:00", NOON, datetime(2026, 11, 24, 4, 0, tzinfo=UTC)),
        ("00:00", NOON, datetime(2026, 11, 23, 16, 0, tzinfo=UTC)),
    ],
)
def test_the_moment_is_chinas_and_lies_ahead(at: str, now: datetime, due: datetime) -> None:
    assert next_moment(at, now) == due


def made_in(days: int, *, fails: bool = False) -> list[datetime]:
    clock, tested = FakeClock(), list[datetime]()

    async def test() -> None:
        tested.append(clock.now())
        if fails:
            raise OSError

    async def story() -> None:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(daily("04:30", clock, test))
            for _ in range(days * 4):
                await clock.advance(6 * 3600)
            task.cancel()

    asyncio.run(story())
    return tested


def test_it_is_made_once_a_day() -> None:
    first = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
    assert made_in(2) == [first, first + timedelta(days=1)]


def test_a_test_that_cannot_be_made_is_made_again_the_next_day(caplog: pytest.LogCaptureFixture) -> None:
    assert len(made_in(2, fails=True)) == 2
    assert "could not be made" in caplog.text


def test_without_a_time_there_is_none() -> None:
    asyncio.run(daily("", FakeClock(), lambda: asyncio.sleep(0)))


@pytest.mark.parametrize("fails", [False, True])
def test_what_runs_along_ends_with_the_work_and_hides_none_of_its_troubles(*, fails: bool) -> None:
    ended: list[str] = []

    async def side() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("side")

    async def work() -> None:
        await asyncio.sleep(0)
        if fails:
            raise BadSettings("as it is")

    with pytest.raises(BadSettings, match="as it is") if fails else nullcontext():
        asyncio.run(beside(side(), work()))
    assert ended == ["side"]
