"""The routing process dies without a word at every point of a call, and the citizen notices nothing."""

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest

from app.settings import Waiting
from runtime.binaries import AsteriskHome
from tests.live.cell import Cell
from tests.live.patience import patience
from tests.live.stage import PROCESSES, Stage, trunks

pytest.importorskip("pjsua2")


@pytest.fixture(scope="module")
def house(asterisk_home: AsteriskHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Cell(asterisk_home, trunks=trunks(), waiting=Waiting(ring_seconds=30, visit_every_seconds=5, rest_after_miss_seconds=1)) as cell:
        cell.start().serve(*PROCESSES)
        yield Stage(cell, tmp_path_factory.mktemp("phones"))


@pytest.fixture
def stage(house: Stage) -> Iterator[Stage]:
    yield house
    house.cell.settle()


def tell(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, 60 * patience()))


def dies(stage: Stage) -> None:
    stage.cell.end("routing", signal.SIGKILL)


async def comes_back(stage: Stage) -> None:
    await asyncio.to_thread(stage.cell.serve, "routing")


def test_a_citizen_who_waits_is_served_by_the_next_process(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)):
            dies(stage)
            await agent.on_ring("answer")
            await citizen.dial("12345")
            await citizen.expect("hears")
            await asyncio.sleep(3)
            await comes_back(stage)
            await agent.expect("answered", within=15)
            await stage.together(citizen, agent)
            await citizen.hang_up()
            record = await stage.record(citizen)
        assert [(each["agent"], each["by"]) for each in record["joined"]] == [("1001", "citizen")]

    tell(story())


def test_two_who_talk_talk_on_and_their_end_is_recorded(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)):
            await agent.on_ring("answer")
            await citizen.dial("12345")
            await agent.expect("answered", within=15)
            await stage.together(citizen, agent)
            dies(stage)
            await asyncio.sleep(0.5)
            await comes_back(stage)
            await asyncio.sleep(1)
            assert not [event for event in (*citizen.events, *agent.events) if event.kind == "ended"]
            await agent.hang_up()
            await citizen.expect("ended")
            record = await stage.record(citizen)
        assert [(each["agent"], each["by"]) for each in record["joined"]] == [("1001", "agent")]

    tell(story())


def test_a_phone_that_rings_for_a_dead_process_rings_on_and_is_joined_by_the_next_one(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)):
            await citizen.dial("12345")
            await agent.expect("ringing", within=15)
            dies(stage)
            await comes_back(stage)
            await asyncio.sleep(3)  # the next one has taken it over
            assert not [event for event in agent.events if event.kind == "ended"]
            await agent.answer()
            await agent.expect("hears", within=10)
            await stage.together(citizen, agent)
            await citizen.hang_up()
            record = await stage.record(citizen)
        assert len(record["joined"]) == len(record["rings"]) == 1

    tell(story())


def test_a_call_that_ends_while_nobody_routes_is_recorded_as_far_as_it_is_known(stage: Stage) -> None:
    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)):
            await agent.on_ring("answer")
            await citizen.dial("12345")
            await agent.expect("answered", within=15)
            await stage.together(citizen, agent)
            dies(stage)
            await citizen.hang_up()
            await agent.expect("ended")
            await comes_back(stage)
            record = await stage.record(citizen)
        assert record["completeness"] == "reconciled"
        assert len(record["joined"]) == 1

    tell(story())
