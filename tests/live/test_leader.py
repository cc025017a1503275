"""Two routing processes under load: the leader is killed, the next one frozen and thawed, Redis is slow and dies; nobody in a call notices.

Ten wait, five talk. How soon a new leader decides is measured where it counts: from the blow to the INVITE at a telephone that became free.
"""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from app.ledger_reading import reading
from app.places import PROJECT
from app.settings import Trunk, Waiting
from app.wall_clock import WallClock
from bench.desks import Desks
from bench.sipp import Citizens, Outcome, menu_scenario
from hotline.wishes import AgentWants
from phones.stand_in import Invite, Manner
from runtime.binaries import AsteriskHome, find_sipp
from storage.node_lock import leader
from storage.wishes_redis import WishesRedis
from tests.live.cell import Cell
from tests.live.patience import patience
from tests.live.switch import until

AGENTS = tuple(f"10{number:02d}" for number in range(1, 7))
RESTING = AGENTS[-1]
"""Paused at the begin: the new leaders must leave him in peace."""

CROWD = 15
TALKS = 5
ADDRESS = "127.0.0.35"
IN_TIME_S = 4.0
"""Two seconds are promised, and judged on a quiet machine (bench/takeover.py); here no busy machine shall decide."""
NAMES = ("routing", "standby")


@pytest.fixture
def cell(asterisk_home: AsteriskHome) -> Iterator[Cell]:
    trunk = Trunk(name="crowd", host=ADDRESS, max_calls=CROWD)
    with Cell(asterisk_home, trunks=(trunk,), agents=AGENTS, waiting=Waiting(ring_seconds=20, visit_every_seconds=20)) as made:
        made.start().serve("redis", "agi", *NAMES, "worker")
        yield made


def leads(cell: Cell) -> str:
    """Which of the two leads."""
    _, pid = leader(cell.places.run)
    return next((name for name in NAMES if cell.pid_of(name) == pid), "nobody")


class Floor:
    """The agents' telephones and what came to them."""

    def __init__(self, cell: Cell, desks: Desks) -> None:
        self.cell = cell
        self.desks = desks
        self.over: list[Invite] = []

    @property
    def talking(self) -> list[Invite]:
        """Whoever hangs up before he was joined has taken no call: his citizen would be offered again."""
        joined = Counter(event["Channel"].partition("-")[0] for event in self.cell.ami.seen("BridgeEnter"))
        answered: Counter[str] = Counter()
        talking = []
        for each in (each for each in self.desks.invites if each.acknowledged):
            answered[each.number] += 1
            if answered[each.number] <= joined[f"PJSIP/{each.number}"] and not each.ended and each not in self.over:
                talking.append(each)
        return talking

    async def wait(self, condition: Callable[[], bool], within_s: float, what: str) -> None:
        end = time.monotonic() + within_s * patience()
        while not condition():
            assert time.monotonic() < end, f"{what}; {len(self.desks.invites)} INVITEs\n{self.logs()}"
            await asyncio.sleep(0.02)

    def logs(self) -> str:
        came = "\n".join(
            f"{each.at:.3f} {each.from_number} at {each.number} ack {each.acknowledged:.3f} ended {each.ended:.3f} over {each in self.over}"
            for each in self.desks.invites
        )
        return "\n".join([came, self.cell.cli("core show channels concise"), *(f"── {name}\n{self.cell.log_of(name)}" for name in NAMES)])

    def end_talk(self) -> Invite:
        """An agent hangs up, and is free for the next."""
        ended = self.talking[0]
        self.over.append(ended)
        self.desks.hang_up(ended)
        return ended

    async def next_after(self, blow: Callable[[], None]) -> float:
        """Seconds from this blow to the INVITE of the next citizen at a telephone that is free since then. Nobody else's talk ends."""
        others, count = self.talking[1:], len(self.desks.invites)
        blow()
        began = time.monotonic()
        self.end_talk()
        await self.wait(lambda: len(self.desks.invites) > count, 10, f"call {count + 1} at a telephone")
        invite = self.desks.invites[count]
        assert not [each.number for each in others if each.ended or each.cancelled], "a talk was hurt"
        return invite.at - began


def test_the_leader_is_killed_and_the_next_one_frozen_and_all_are_served_once(cell: Cell, tmp_path: Path) -> None:
    sipp = find_sipp(PROJECT / "var")
    if sipp is None:
        pytest.skip("no SIPp on this machine: run `python3 -m runtime ensure --test`")
    citizens = Citizens(sipp.argv, switch_port=cell.settings.sip.port, folder=tmp_path, address=ADDRESS)
    took, outcome = asyncio.run(asyncio.wait_for(_story(cell, citizens), 110 * patience()))
    records = _records(cell)
    assert (outcome.good, outcome.failed) == (CROWD, 0)
    assert max(took.values()) <= IN_TIME_S * patience(), took
    joined = [each["agent"] for record in records for each in record["joined"]]
    assert len(joined) == CROWD
    assert {len(record["joined"]) for record in records} == {1}, "each once"
    assert {record["hung_up_by"] for record in records} == {"us"}
    print({name: round(seconds, 2) for name, seconds in took.items()})  # noqa: T201 - what was measured


async def _story(cell: Cell, citizens: Citizens) -> tuple[dict[str, float], Outcome]:
    patient = menu_scenario([]).replace('timeout="10000"', 'timeout="300000"')
    async with Desks(address="127.0.0.1", passwords=cell.phones()) as desks, asyncio.TaskGroup() as group:
        floor = Floor(cell, desks)
        await desks.come(cell.settings.sip.port)
        await _pause(cell, RESTING)
        calling = group.create_task(citizens.call("12345", patient, rate=10, calls=CROWD))
        await floor.wait(lambda: len(floor.talking) == TALKS, 20, "five talk")
        await floor.wait(lambda: len(cell.ami.seen("UserEvent", UserEvent="CitizenWaits")) >= CROWD, 10, "all have come")
        took = await _blows(cell, floor)
        await _everybody(floor)
        return took, await calling


async def _blows(cell: Cell, floor: Floor) -> dict[str, float]:
    took = {"no blow": await floor.next_after(lambda: None)}
    first = leads(cell)
    second = NAMES[1 - NAMES.index(first)]
    took["killed"] = await floor.next_after(lambda: cell.end(first, signal.SIGKILL))
    assert leads(cell) == second, floor.logs()
    await _back(cell, first)
    took["frozen"] = await floor.next_after(lambda: cell.send(second, signal.SIGSTOP))
    assert leads(cell) == first
    before = len(floor.desks.invites)
    cell.send(second, signal.SIGCONT)
    await asyncio.sleep(1)
    assert (leads(cell), len(floor.desks.invites)) == (first, before), "who thaws follows, and says nothing"
    async with _slow_redis(cell):
        await asyncio.sleep(1)
        took["killed, Redis slow"] = await floor.next_after(lambda: cell.end(first, signal.SIGKILL))
    await _back(cell, first)
    await _rings_on(cell, floor)
    assert RESTING not in {each.number for each in floor.desks.invites}, "his pause outlived three leaders"
    cell.end("redis", signal.SIGKILL)
    cell.places.redis_socket.unlink(missing_ok=True)
    await asyncio.sleep(1.5)
    took["without Redis"] = await floor.next_after(lambda: None)
    lone = leads(cell)
    took["killed without Redis"] = await floor.next_after(lambda: cell.end(lone, signal.SIGKILL))
    await asyncio.to_thread(cell.serve, "redis", lone)
    return took


async def _back(cell: Cell, name: str) -> None:
    """It is started again, and follows."""
    await asyncio.to_thread(cell.serve, name)
    await asyncio.sleep(0.5)


async def _rings_on(cell: Cell, floor: Floor) -> None:
    """The leader dies while a telephone rings: it rings on, and nobody else is rung for that citizen."""
    floor.desks.decide_by(lambda _invite: Manner.RINGS)
    count = len(floor.desks.invites)
    floor.end_talk()
    ringing = await floor.desks.called(within_s=5 * patience(), count=count + 1)
    floor.desks.decide_by(lambda _invite: None)
    name = leads(cell)
    cell.end(name, signal.SIGKILL)
    await asyncio.sleep(2.5)
    assert not ringing.cancelled
    assert len(floor.desks.invites) == count + 1
    await _back(cell, name)
    floor.over.append(ringing)


async def _everybody(floor: Floor) -> None:
    """One talk after the other ends, until nobody waits."""
    while len({each.from_number for each in floor.desks.invites if each.acknowledged}) < CROWD or floor.talking:
        await floor.wait(lambda: bool(floor.talking), 30, "somebody talks")
        floor.end_talk()
        await asyncio.sleep(0.15)
    offers = Counter(each.from_number for each in floor.desks.invites)
    # The one whose agent never picked up is offered once more when the ringing is over; everybody else exactly once.
    assert sorted(offers.values())[:-1] == [1] * (CROWD - 1)
    assert max(offers.values()) <= 2, floor.logs()


async def _pause(cell: Cell, agent: str) -> None:
    wishes = WishesRedis(cell.places.redis_socket, clock=WallClock())
    answer = await wishes.ask(AgentWants(agent=agent, what="paused", reason="meal"))
    await wishes.shut()
    assert answer.done, answer.words


@asynccontextmanager
async def _slow_redis(cell: Cell) -> AsyncIterator[None]:
    """Every answer takes up to a fifth of a second."""

    async def slow() -> None:
        while True:
            cell.send("redis", signal.SIGSTOP)
            await asyncio.sleep(0.2)
            cell.send("redis", signal.SIGCONT)
            await asyncio.sleep(0.03)

    async with asyncio.TaskGroup() as group:
        slowing = group.create_task(slow())
        try:
            yield
        finally:
            slowing.cancel()
            cell.send("redis", signal.SIGCONT)


def _records(cell: Cell) -> list[dict[str, Any]]:
    def finished() -> list[dict[str, Any]]:
        with reading(cell.places) as ledger:
            return [record for record in ledger.latest(100) if record["ended"]]

    until(lambda: len(finished()) == CROWD, within_s=25, what="all records")
    return finished()
