"""The fake keeps the promises of the door."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from routing.ports import Wishes
from tests.checks.check_wishes import CHECKS
from tests.fakes.fake_wishes import FakeWishes


@pytest.mark.parametrize("check", CHECKS)
def test_the_fake_wishes_keep_the_doors_promises(check: Callable[[Wishes], Awaitable[None]]) -> None:
    async def run() -> None:
        await check(FakeWishes(patience_s=0.01))

    asyncio.run(run())
