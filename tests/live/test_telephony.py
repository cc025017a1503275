"""The Telephony door on a real Asterisk with real phones: the same checks as on the fake (tests/checks/check_telephony.py)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from agi.ami import AmiTelephony
from agi.ami_link import AmiLink
from app.wall_clock import WallClock
from hotline.identity import AgentId
from hotline.line import LinkRestored
from phones.softphone import Account, Policy, Softphone
from runtime.binaries import AsteriskHome
from tests.checks.check_telephony import CHECKS, Ear, Stage
from tests.fakes.fake_telephony import Manner
from tests.live.cell import AMI_PASSWORD, Cell
from tests.live.patience import patience
from tests.live.stage import WAYS, trunks

pytest.importorskip("pjsua2")

Fact = TypeVar("Fact")

MANNERS: dict[Manner, Policy] = {Manner.ANSWERS: "answer", Manner.RINGS: "ignore", Manner.BUSY: "busy", Manner.REFUSES: "refuse"}


class LiveStage:
    """A citizen and agent 1001 with their phones; the door has the line to itself, no routing process runs."""

    def __init__(self, telephony: AmiTelephony, citizen: Softphone, agent: Softphone) -> None:
        self.telephony = telephony
        self._ear = Ear(telephony.facts())
        self._citizen = citizen
        self._agent = agent

    async def next_fact(self, kind: type[Fact]) -> Fact:
        async with asyncio.timeout(10 * patience()):
            return await self._ear.next_fact(kind)

    async def manner(self, agent: AgentId, manner: Manner) -> None:
        await self._agent.on_ring(MANNERS[manner])

    async def citizen_calls(self) -> None:
        await self._citizen.dial("12345")

    async def citizen_hangs_up(self) -> None:
        await self._citizen.hang_up()

    async def agent_hangs_up(self, agent: AgentId) -> None:
        await self._agent.hang_up()


@pytest.fixture(scope="module")
def house(asterisk_home: AsteriskHome) -> Iterator[Cell]:
    with Cell(asterisk_home, trunks=trunks()) as cell:
        cell.start().serve("agi")
        yield cell


@pytest.fixture
def line(house: Cell) -> Iterator[Cell]:
    yield house
    house.settle(allowed=(r"Endpoint '1002': Could not create dialog", r"Failed to create outgoing session to endpoint '1002'"))


@asynccontextmanager
async def on_stage(cell: Cell, folder: Path) -> AsyncIterator[LiveStage]:
    port = cell.settings.sip.port
    caller = Account(user="19900000001", port=port, address=WAYS["rfc4733"])
    desk = Account(user="1001", password=cell.phones()["1001"], port=port, register=True)
    link = AmiLink(host="127.0.0.1", port=cell.settings.asterisk.ami_port, user="routing", secret=AMI_PASSWORD, clock=WallClock())
    async with (
        Softphone(name="citizen", account=caller, folder=folder, patience=patience) as citizen,
        Softphone(name="agent", account=desk, folder=folder, patience=patience) as agent,
        asyncio.TaskGroup() as group,
    ):
        running = group.create_task(link.run())
        stage = LiveStage(AmiTelephony(link), citizen, agent)
        await stage.next_fact(LinkRestored)
        yield stage
        running.cancel()


@pytest.mark.parametrize("check", CHECKS)
def test_asterisk_keeps_the_doors_promises(line: Cell, tmp_path: Path, check: Callable[[Stage], Awaitable[None]]) -> None:
    async def run() -> None:
        async with on_stage(line, tmp_path) as stage:
            await check(stage)

    asyncio.run(asyncio.wait_for(run(), 40))
