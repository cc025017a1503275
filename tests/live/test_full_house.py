"""The switch is full: every line that it may carry holds a citizen who waits. The agents must still be reached, or nobody ever is."""

import asyncio
from collections.abc import Iterator

import pytest

from app.settings import Asterisk, Waiting
from runtime.binaries import AsteriskHome
from tests.live.cell import Cell
from tests.live.patience import patience
from tests.live.stage import PROCESSES, Stage, trunks

pytest.importorskip("pjsua2")


@pytest.fixture
def stage(asterisk_home: AsteriskHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    cell = Cell(asterisk_home, trunks=trunks(), waiting=Waiting(ring_seconds=5, visit_every_seconds=5, rest_after_miss_seconds=1))
    asterisk = Asterisk(ami_port=cell.settings.asterisk.ami_port, max_calls=1)
    cell.settings = cell.settings.model_copy(update={"asterisk": asterisk})
    with cell:
        cell.start().serve(*PROCESSES)
        yield Stage(cell, tmp_path_factory.mktemp("phones"))
        cell.settle()


def test_the_agents_are_reached_and_one_citizen_more_is_refused_so_that_his_carrier_tries_elsewhere(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)), stage.citizen() as another:
            await citizen.dial("12345")
            await citizen.expect("hears")
            await another.dial("12345")
            assert (await another.expect("ended")).fields["code"] == 503
            await agent.on_ring("answer")
            await agent.expect("answered", within=15)
            await asyncio.sleep(0.5)
            await citizen.hang_up()
            record = await stage.record(citizen)
        assert [(each["agent"], each["by"]) for each in record["joined"]] == [("1001", "citizen")]

    asyncio.run(asyncio.wait_for(story(), 60 * patience()))
