"""Redis killed and frozen under a whole line: calls go on as if nothing were, and the operators are told."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.binaries import AsteriskHome
from storage.alarm_files import alarms_in
from tests.live.audio import assert_heard, sentence
from tests.live.cell import Cell
from tests.live.patience import patience
from tests.live.stage import PROCESSES, SPEECH, Stage, trunks
from tests.live.switch import until

pytest.importorskip("pjsua2")


@pytest.fixture(scope="module")
def house(asterisk_home: AsteriskHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Cell(asterisk_home, trunks=trunks()) as cell:
        cell.start().serve(*PROCESSES)
        yield Stage(cell, tmp_path_factory.mktemp("phones"))


@pytest.fixture
def stage(house: Stage) -> Iterator[Stage]:
    yield house
    house.cell.settle()


def redis_is_mute(cell: Cell) -> bool:
    return any(alarm.name == "redis-mute" for alarm in alarms_in(cell.var))


@pytest.mark.parametrize("what", ["frozen", "killed"])
def test_without_redis_a_citizen_reaches_an_agent_and_his_record_arrives(stage: Stage, what: str) -> None:
    cell = stage.cell
    if what == "frozen":
        cell.send("redis", signal.SIGSTOP)
    else:
        cell.end("redis", signal.SIGKILL)
    until(lambda: redis_is_mute(cell), within_s=10, what="the alarm")

    async def story() -> None:
        async with asyncio.timeout(60 * patience()):
            await _call(stage)

    asyncio.run(story())
    if what == "frozen":
        cell.send("redis", signal.SIGCONT)
    else:
        Path(cell.places.redis_socket).unlink(missing_ok=True)
        cell.serve("redis")
    until(lambda: not redis_is_mute(cell), within_s=10, what="the alarm is over")


async def _call(stage: Stage) -> None:
    async with stage.people("1001") as (citizen, (agent,)):
        await agent.on_ring("answer")
        await citizen.dial("12345")
        await agent.expect("answered", within=20)
        await agent.expect("hears")
        await asyncio.sleep(0.3)
        await agent.play(SPEECH / "d19.wav")
        await agent.expect("played", within=20)
        await agent.hang_up()
        await citizen.expect("ended")
        record = await stage.record(citizen)
    assert record["recording"]["state"] == "complete"
    assert_heard(citizen.recordings[-1], sentence("d19"), "the agent's sentence")
