"""The fake keeps the promises of the door."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from routing.ports import Board
from tests.checks.check_board import CHECKS
from tests.fakes.fake_board import FakeBoard


@pytest.mark.parametrize("check", CHECKS)
def test_the_fake_board_keeps_the_doors_promises(check: Callable[[Board], Awaitable[None]]) -> None:
    async def run() -> None:
        await check(FakeBoard())

    asyncio.run(run())
