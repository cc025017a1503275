"""The fake keeps the promises of the door."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from hotline.identity import AgentId, CallId
from tests.checks.check_telephony import CHECKS, Ear, Stage
from tests.fakes.fake_telephony import FakeTelephony, Manner

Fact = TypeVar("Fact")
CALL = CallId("hl1-1764000000.12")


class FakeStage:
    def __init__(self) -> None:
        self.telephony = FakeTelephony({AgentId("1001"): Manner.ANSWERS, AgentId("1002"): Manner.ABSENT})
        self._ear = Ear(self.telephony.facts())

    async def next_fact(self, kind: type[Fact]) -> Fact:
        return await self._ear.next_fact(kind)

    async def manner(self, agent: AgentId, manner: Manner) -> None:
        self.telephony.manners[agent] = manner

    async def citizen_calls(self) -> None:
        self.telephony.citizen_waits(CALL, since=1_764_000_000.0)

    async def citizen_hangs_up(self) -> None:
        self.telephony.citizen_hangs_up(CALL)

    async def agent_hangs_up(self, agent: AgentId) -> None:
        self.telephony.agent_hangs_up(agent)


@pytest.mark.parametrize("check", CHECKS)
def test_the_fake_telephony_keeps_the_doors_promises(check: Callable[[Stage], Awaitable[None]]) -> None:
    async def run() -> None:
        await asyncio.wait_for(check(FakeStage()), 2)

    asyncio.run(run())
