"""A callback as one Originate: the agent's telephone into the dialplan that calls the citizen."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from agi.ami_callbacks import CALLBACKS
from hotline.callbacks import CallBack
from hotline.errors import Refused
from hotline.identity import AgentId, CallId, LegId
from hotline.line import Done

ORDER = CallBack(
    agent=AgentId("1001"),
    leg=LegId("leg-hl1-1764000000.1-0000000000001"),
    task=CallId("hl1-1764000000.1"),
    number="19900000001",
    attempt=2,
    why="asked&waited_s=30",
    ring_seconds=20,
)


class Link:
    def __init__(self, draining: str = "") -> None:
        self.asked: list[dict[str, Any]] = []
        self._draining = draining

    async def ask(self, fields: dict[str, Any]) -> list[object]:
        self.asked.append(fields)
        return [SimpleNamespace(value=self._draining)]


def test_the_agent_is_rung_into_the_outgoing_call_and_a_failure_has_the_leg_s_name() -> None:
    link = Link()
    assert asyncio.run(CALLBACKS[CallBack](link, ORDER)) == Done()  # type: ignore[arg-type]
    _, action = link.asked
    assert (action["Channel"], action["Context"], action["Exten"]) == ("PJSIP/1001", "out-calls", "19900000001")
    assert (action["ActionID"], action["Timeout"]) == (ORDER.leg, "20000")
    assert "ChannelId" not in action
    assert {"HL_TASK=hl1-1764000000.1", "HL_ATTEMPT=2", "HL_WHY=asked&waited_s=30", "HL_HOW=callback"} <= set(action["Variable"])


def test_while_the_switch_is_being_stopped_nobody_is_rung() -> None:
    link = Link(draining="1")
    with pytest.raises(Refused, match="being stopped"):
        asyncio.run(CALLBACKS[CallBack](link, ORDER))  # type: ignore[arg-type]
    assert len(link.asked) == 1
