"""坐席增减 with real telephones: agents come and leave while calls are on, and a thousand of them are read while somebody talks."""

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import main
from app.settings import Waiting
from phones.softphone import Account, Softphone
from runtime.binaries import AsteriskHome
from tests.live.cell import Cell
from tests.live.patience import patience
from tests.live.stage import PROCESSES, Stage, trunks

pytest.importorskip("pjsua2")


@pytest.fixture(scope="module")
def stage(asterisk_home: AsteriskHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    waiting = Waiting(ring_seconds=5, visit_every_seconds=5, rest_after_miss_seconds=1)
    with Cell(asterisk_home, trunks=trunks(), agents=("1001",), waiting=waiting) as cell:
        cell.start()
        for name in PROCESSES:
            cell.serve(name)
        yield Stage(cell, tmp_path_factory.mktemp("phones"))


class Operator:
    """Who types scripts/agents in a terminal of this house."""

    def __init__(self, stage: Stage, said: pytest.CaptureFixture[str]) -> None:
        self._where = ["--config", str(stage.cell.config), "--var", str(stage.cell.var)]
        self._said = said

    async def agents(self, *words: str) -> str:
        """Do it; returns what was shown. It must succeed."""
        self._said.readouterr()
        code = await asyncio.to_thread(main, ["agents", *words, *self._where])
        said = self._said.readouterr()
        assert code == 0, said.err
        return said.out.strip()


def telephone(stage: Stage, agent: str, password: str, folder: Path) -> Softphone:
    account = Account(user=agent, password=password, port=stage.cell.settings.sip.port, register=True)
    return Softphone(name=f"agent-{agent}-{time.monotonic_ns()}", account=account, folder=folder, patience=patience)


async def queue_shows(stage: Stage, agent: str, there: bool, within: float = 4) -> None:
    """Whether the switch's own queue has the agent (queues.conf): the lifeline learns of him, too."""
    until = time.monotonic() + within * patience()
    while (f"PJSIP/{agent} " in await asyncio.to_thread(stage.cell.cli, "queue show lifeline-0")) is not there:
        assert time.monotonic() < until, f"the lifeline's queue {'has not' if there else 'has'} {agent}"
        await asyncio.sleep(0.2)


def test_an_agent_comes_and_leaves_while_calls_are_on(stage: Stage, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    operator = Operator(stage, capsys)

    async def story() -> None:
        async with stage.people("1001") as (first, (old,)), stage.citizen() as second, stage.citizen() as third:
            await old.on_ring("answer")
            await first.dial("12345")
            await old.expect("answered")  # from now on somebody talks, and nothing below may disturb him
            await second.dial("12345")

            began = time.monotonic()
            await operator.agents("add", "1005", "--name", "新坐席", "--skills", "tax:3")
            in_force = time.monotonic() - began
            password = await operator.agents("password", "1005")
            began = time.monotonic()
            async with telephone(stage, "1005", password, tmp_path) as new:
                registered = time.monotonic()
                await new.expect("ringing")
                rang = time.monotonic() - registered
                await queue_shows(stage, "1005", there=True)
                await new.answer()
                await new.expect("answered")
                assert "1005  新坐席  tax:3" in await operator.agents("list")

                await operator.agents("disable", "1005")
                await asyncio.sleep(2.5)
                assert new.in_call, "who is disabled ends his talk as usual"
                assert second.in_call
                await second.hang_up()
                await new.until_idle()
                ended = (await stage.record(second))["joined"]
                assert [each["agent"] for each in ended] == ["1005"]
                await queue_shows(stage, "1005", there=False)
                await third.dial("12345")
                await third.expect("hears")
                await asyncio.sleep(2.5)
                assert len([event for event in new.events if event.kind == "ringing"]) == 1, "who is disabled is rung no more"
            assert old.in_call, "nobody's talk was disturbed"
            await old.hang_up()
            await old.expect("answered")
            await third.hang_up()
            await first.until_idle()
            started = registered - began
            sys.stderr.write(f"\nadd took {in_force:.2f} s, telephone up in {started:.2f} s more, rung {rang:.2f} s after it registered\n")
            assert rang < 4 * patience(), "routing must not wait for its next survey to see a telephone that it did not know"

    asyncio.run(story())


def test_a_thousand_agents_are_read_while_somebody_talks(stage: Stage, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    operator = Operator(stage, capsys)
    (tmp_path / "new.csv").write_text("id,name,skills\n" + "".join(f"{2000 + n},坐席{n},tax teochew:2\n" for n in range(1000)))

    async def story() -> None:
        async with stage.people("1001") as (citizen, (agent,)):
            await agent.on_ring("answer")
            await citizen.dial("12345")
            await agent.expect("answered")
            began = time.monotonic()
            await operator.agents("import", str(tmp_path / "new.csv"))
            took = time.monotonic() - began
            async with telephone(stage, "2999", await operator.agents("password", "2999"), tmp_path):
                pass
            assert citizen.in_call
            assert agent.in_call
            await citizen.hang_up()
            await agent.until_idle()
            files = sorted(path.name for path in stage.cell.places.asterisk_etc.glob("pjsip_agents_*.conf"))
            assert len(files) == 11
            sys.stderr.write(f"\n1,000 agents imported, laid in {len(files)} files and read by the switch in {took:.2f} s\n")
            assert took < 30 * patience()  # 11.6 s was measured at a load of 30 on two cores

    asyncio.run(story())
