"""坐席状态 with real telephones: codes and the desk's interface, pauses and forced ends kept until after the talk, calls not taken."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import httpx
import pytest

from app.settings import Agent, Presence, Waiting
from phones.softphone import Softphone
from runtime.binaries import AsteriskHome
from tests.live.cell import Cell
from tests.live.patience import patience
from tests.live.stage import PROCESSES, Stage, trunks
from tests.live.tones import heard_in, pitch_of

pytest.importorskip("pjsua2")

WAITING = Waiting(ring_seconds=5, visit_every_seconds=5, rest_after_miss_seconds=1, after_call_seconds=2)
AGENTS = (Agent(id="1001", name="坐席1001"), Agent(id="1002", name="班长1002", supervisor=True))


@pytest.fixture(scope="module")
def house(asterisk_home: AsteriskHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Cell(asterisk_home, trunks=trunks(), waiting=WAITING) as cell:
        cell.settings = cell.settings.model_copy(update={"agents": AGENTS, "presence": Presence(misses_in_a_row=2)})
        cell.start().serve(*PROCESSES, "console")
        yield Stage(cell, tmp_path_factory.mktemp("phones"))


@pytest.fixture
def stage(house: Stage) -> Iterator[Stage]:
    yield house
    house.cell.settle()


class Desk:
    """What an agent's or a supervisor's screen does."""

    def __init__(self, stage: Stage) -> None:
        self._web = httpx.AsyncClient(base_url=f"http://127.0.0.1:{stage.cell.settings.console.port}", trust_env=False, timeout=10)
        self._stage = stage

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._web.aclose()

    async def says(self, path: str, **body: str) -> tuple[int, str]:
        answer = await self._web.post(f"/api/agents/1001/{path}", json=body)
        return answer.status_code, answer.json()["words"]

    async def agent(self) -> dict[str, Any]:
        answer = await self._web.get("/api/board")
        assert answer.status_code == 200, answer.text
        return next(each for each in answer.json()["presences"] if each["agent"] == "1001")

    async def page(self) -> str:
        return (await self._web.get("/board")).text

    async def shows(self, presence: str, within: float = 6, **more: object) -> dict[str, Any]:
        """The board says so; it is published once a second."""
        until = time.monotonic() + within * patience()
        while True:
            seen = await self.agent()
            if seen["presence"] == presence and all(seen[name] == value for name, value in more.items()):
                return seen
            assert time.monotonic() < until, f"{presence} {more}, but the board shows {seen}\n{self._stage.logs()}"
            await asyncio.sleep(0.1)


async def dials(agent: Softphone, code: str, hears: str) -> None:
    """He dials a code and hears this answer, and the switch hangs up."""
    await agent.dial(code)
    await agent.expect("answered")
    heard_here = Path((await agent.expect("hears")).fields["file"])  # a citizen may be joined the moment after: not the last recording
    ended = await agent.expect("ended")
    assert ended.fields["by"] == "them"
    heard = heard_in(heard_here)
    assert heard.get(pitch_of(hears), 0) > 0.2, f"{code}: not {hears}, but {heard}"


async def talk(desk: Desk, agent: Softphone, citizen: Softphone) -> None:
    await agent.on_ring("answer")
    await citizen.dial("12345")
    await desk.shows("talking", within=10)


def test_an_agent_logs_on_and_off_pauses_and_works_after_calls_by_codes_and_by_his_desk(stage: Stage) -> None:
    async def story() -> None:
        async with Desk(stage) as desk, stage.people("1001") as (citizen, (agent,)):
            await desk.shows("ready", phone="idle")
            await dials(agent, "*521", "agent-paused")
            assert (await desk.shows("paused"))["reason"] == "break"
            assert "小休" in await desk.page()
            await dials(agent, "*529", "code-refused")
            await citizen.dial("12345")
            await citizen.expect("hears")
            await asyncio.sleep(1.5)
            assert not [event for event in agent.events if event.kind == "ringing"], "who pauses is not rung"
            await dials(agent, "*53", "agent-ready")
            await agent.expect("ringing")
            await desk.shows("ringing")
            await agent.answer()
            await agent.expect("answered")
            await desk.shows("talking")
            assert await desk.says("presence", what="paused", reason="meal") == (200, "已示忙 paused（通话后 after the call）")
            await desk.shows("talking", wanted="paused")
            await agent.hang_up()
            assert (await desk.shows("paused"))["reason"] == "meal"
            await citizen.until_idle()

            assert (await desk.says("presence", what="ready"))[0] == 200
            await talk(desk, agent, citizen)
            await citizen.hang_up()
            await desk.shows("after_call")
            began = time.monotonic()
            await desk.shows("ready")
            assert time.monotonic() - began < 4 * patience(), "the work after a call ends by itself"
            await agent.until_idle()

            await dials(agent, "*51", "agent-logged-off")
            await desk.shows("offline")
            assert (await desk.says("presence", what="paused", reason="meal"))[0] == 409
            await dials(agent, "*50", "agent-logged-on")
            await desk.shows("ready", phone="idle")

    asyncio.run(asyncio.wait_for(story(), 90 * patience()))


def test_a_supervisor_ends_an_agents_day_after_his_talk_and_who_takes_no_calls_is_paused(stage: Stage) -> None:
    async def story() -> None:
        async with Desk(stage) as desk, stage.people("1001") as (citizen, (agent,)):
            await desk.shows("ready", phone="idle")
            await agent.on_ring("refuse")
            await citizen.dial("12345")
            await agent.expect("ringing")
            assert (await desk.shows("paused"))["reason"] == "missed"
            await agent.on_ring("ignore")
            await agent.expect("ringing")
            seen = await desk.shows("paused", within=9, misses=2, overdue=True)
            assert seen["reason"] == "missed"
            await asyncio.sleep(2.5)
            await desk.shows("paused", overdue=True)
            await agent.on_ring("answer")
            await dials(agent, "*53", "agent-ready")
            await agent.expect("answered", within=10)
            await desk.shows("talking", misses=0)

            assert await desk.says("force", what="logged_off", by="1001", why="x") == (409, "只有班长可以 only a supervisor may do that")
            assert (await desk.says("force", what="logged_off", by="1002", why="交接班"))[0] == 200
            await asyncio.sleep(0.5)
            assert agent.in_call, "no wish ends a talk"
            await citizen.hang_up()
            await desk.shows("offline", by="1002")
            await agent.until_idle()
            await dials(agent, "*50", "code-refused")
            assert (await desk.says("force", what="logged_on", by="1002", why="恢复"))[0] == 200
            await desk.shows("ready")
            record = await stage.record(citizen)
        outcomes = [each["outcome"] for each in record["rings"]]
        assert (outcomes[:2], outcomes[-1]) == (["refused", "no_answer"], "joined")

    asyncio.run(asyncio.wait_for(story(), 90 * patience()))
    audit = "".join(path.read_text(encoding="utf-8") for path in sorted((stage.cell.var / "audit").glob("*.jsonl")))
    assert audit.count("force logged_off") == 2, "what was refused is written down, too"
    assert "交接班" in audit
