"""The twin in memory keeps the promises of the door."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from hotline.access import AccessLog
from hotline.errors import DoorClosed
from tests.checks.check_access_log import CHECKS, Actors, seen
from tests.fakes.fake_access_log import FakeAccessLog


@pytest.mark.parametrize("check", CHECKS)
def test_the_fake_log_keeps_the_doors_promises(check: Callable[[AccessLog, Actors], Awaitable[None]]) -> None:
    async def run() -> None:
        log = FakeAccessLog()
        await check(log, lambda: [line.actor for line in log.lines])

    asyncio.run(run())


def test_a_log_that_takes_nothing_says_so() -> None:
    log = FakeAccessLog()
    log.closed = True
    with pytest.raises(DoorClosed):
        asyncio.run(log.keep(seen("p-1001")))
    assert log.lines == []
