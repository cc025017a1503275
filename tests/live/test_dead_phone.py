"""An agent's phone dies without a word in the middle of a talk: nobody says good-bye to the switch, and the citizen hears nothing."""

import asyncio
from collections.abc import Iterator

import pytest

from app.settings import Waiting
from runtime.binaries import AsteriskHome
from tests.live.cell import Cell
from tests.live.patience import patience
from tests.live.stage import PROCESSES, Stage, trunks

pytest.importorskip("pjsua2")

FOUND_S = 45
"""The phone is asked every 15 s, has 2 s to answer, and is asked once more."""


@pytest.fixture
def stage(asterisk_home: AsteriskHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    waiting = Waiting(ring_seconds=5, visit_every_seconds=30, rest_after_miss_seconds=1)
    with Cell(asterisk_home, trunks=trunks(), waiting=waiting) as cell:
        cell.start().serve(*PROCESSES)
        yield Stage(cell, tmp_path_factory.mktemp("phones"))
        cell.settle()


def test_the_citizen_is_taken_out_of_the_silence_and_gets_the_next_agent(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (first,)):
            await first.on_ring("answer")
            await citizen.dial("12345")
            await first.expect("answered", within=15)
            await asyncio.sleep(0.5)
            first.vanish()
            async with stage.agent("1002", "answer") as second:
                await second.expect("answered", within=FOUND_S)
                await asyncio.sleep(0.5)
                await citizen.hang_up()
                record = await stage.record(citizen)
        assert [(each["agent"], each["by"]) for each in record["joined"]] == [("1001", "agent"), ("1002", "citizen")]

    asyncio.run(asyncio.wait_for(story(), FOUND_S + 60 * patience()))
