"""The fake spotter keeps the door's promises."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from hotline.line import WordSpotted
from tests.checks.check_spotter import CHECKS, Stage
from tests.fakes.fake_spotter import FakeSpotter


class FakeStage:
    def __init__(self) -> None:
        self.spotter = FakeSpotter()

    async def next_word(self) -> WordSpotted:
        return self.spotter.said.pop(0)


@pytest.mark.parametrize("check", CHECKS)
def test_the_fake_keeps_the_doors_promises(check: Callable[[Stage], Awaitable[None]]) -> None:
    async def run() -> None:
        await check(FakeStage())

    asyncio.run(run())
