"""The twin in memory keeps the promises of the door."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.checks.check_leadership import CHECKS, Candidates
from tests.fakes.fake_leadership import FakeLeadership, FakeOfficeOfAll


class TwoInMemory:
    def __init__(self) -> None:
        self._now = 0.0
        office = FakeOfficeOfAll(lambda: self._now)
        self.first, self.second = FakeLeadership(office), FakeLeadership(office)

    async def pass_time(self, seconds: float) -> None:
        self._now += seconds


@pytest.mark.parametrize("check", CHECKS)
def test_the_fake_leadership_keeps_the_doors_promises(check: Callable[[Candidates], Awaitable[None]]) -> None:
    async def run() -> None:
        await check(TwoInMemory())

    asyncio.run(run())
