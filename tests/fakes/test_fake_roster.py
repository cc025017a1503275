"""The twin in memory keeps the promises of the door."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from routing.ports import Roster
from tests.checks.check_roster import CHECKS
from tests.fakes.fake_roster import FakeRoster


@pytest.mark.parametrize("check", CHECKS)
def test_the_fake_roster_keeps_the_doors_promises(check: Callable[[Roster], Awaitable[None]]) -> None:
    async def run() -> None:
        await check(FakeRoster())

    asyncio.run(run())
