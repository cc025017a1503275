"""A line in memory with two routing processes, each of which may be killed or frozen between any two steps.

A process acts on the world only through its doors, so each use of a door is a place where it may be struck: before it is used, after it was
used and before the answer came, or, for orders to the line, between the last look at the term and the order itself.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from hotline.call_facts import CallFact
from hotline.errors import Deposed
from hotline.identity import AgentId, CallId, LegId
from hotline.line import Done, Follow, Join, Lead, LegRings, LineFact, LineOrder, RingAgent, Snapshot, Ways
from routing.board import BoardView
from routing.desk import Desk
from routing.memory import recalled
from routing.model import LEGS_PER_TERM, fresh_switchboard
from routing.office import Office
from routing.ports import Leadership, Roster
from routing.term import Term, in_term
from tests.fakes.fake_clock import FakeClock
from tests.fakes.fake_telephony import FakeTelephony, Manner
from tests.routing.test_desk import Journals
from tests.routing.words import RULES

Answer = TypeVar("Answer")
DoorsOf = Callable[["Process"], tuple[Leadership, Roster]]


class SharedLine(FakeTelephony):
    """The line that both processes see, and that notices what must never be.

    A leader who was frozen between the last look at his term and the order itself makes one telephone ring too much when he thaws; `strays`
    are such legs. The leader must let them go at once.
    """

    def __init__(self, agents: Collection[AgentId]) -> None:
        super().__init__(dict.fromkeys(agents, Manner.RINGS))
        self.ears: dict[Process, asyncio.Queue[LineFact]] = {}
        self.newest = 0
        self.strays: set[LegId] = set()
        self.wrongs: list[str] = []
        self.rung: dict[LegId, datetime] = {}
        self.clock = FakeClock()

    def _say(self, fact: LineFact) -> None:
        for queue in self.ears.values():
            queue.put_nowait(fact)

    def _ring(self, order: RingAgent) -> None:
        term = int(order.leg.rpartition("-")[2]) // LEGS_PER_TERM
        if term < self.newest:
            self.strays.add(order.leg)
        self.newest = max(self.newest, term)
        legs = [] if order.leg in self.strays else [leg for name, leg in self._legs.items() if name not in self.strays]
        if busy := [leg for leg in legs if leg.agent == order.agent]:
            self.wrongs.append(f"{order.agent} is rung for {order.call} while he has {busy}")
        if others := [leg for leg in legs if leg.call == order.call]:
            self.wrongs.append(f"{order.call} is offered to {order.agent} and has {others}")
        self.rung[order.leg] = self.clock.now()
        super()._ring(order)
        self._say(LegRings(leg=order.leg))

    def _join(self, order: Join) -> None:
        if order.leg in self.strays:
            self.wrongs.append(f"{order.call} is joined with a stray")
        super()._join(order)


@dataclass
class World:
    """Everything that outlives a process."""

    chance: random.Random
    line: SharedLine
    doors_of: DoorsOf
    journals: Journals = field(default_factory=Journals)
    strikes_left: int = 0
    struck: list[str] = field(default_factory=list)

    @property
    def clock(self) -> FakeClock:
        return self.line.clock


class Process:
    """One routing process. `kill` ends it as SIGKILL does: nothing of it happens any more. `freeze` and `thaw` are SIGSTOP and SIGCONT."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.dead = False
        self.runs = asyncio.Event()
        self.runs.set()
        self.epoch = 0
        self.heard: asyncio.Queue[LineFact] = asyncio.Queue()
        self.on_death: list[Callable[[], None]] = []
        self.leadership, self.roster = world.doors_of(self)
        doors = {"leadership": _Leadership(self), "roster": _Roster(self), "telephony": _Line(self), "clock": _Clock(self)}
        self.office = Office(**doors, desk_of=self._desk_of)  # type: ignore[arg-type]
        self._task: asyncio.Task[None] | None = None

    def start(self, group: asyncio.TaskGroup) -> None:
        self._task = group.create_task(self.office.run())

    def kill(self) -> None:
        self.dead = True
        self.world.line.ears.pop(self, None)
        for happens in self.on_death:
            happens()
        assert self._task is not None
        self._task.cancel()

    async def step(self, what: str, *, may_strike: bool = True) -> None:
        """A place at which it may be struck."""
        world = self.world
        if may_strike and world.strikes_left > 0 and self.office.leads and world.chance.random() < 0.02:
            world.strikes_left -= 1
            world.struck.append(f"{world.clock.now():%M:%S.%f} {self.name} at {what}")
            if world.chance.random() < 0.5:
                self.kill()
            else:
                self.runs.clear()
        if self.dead:
            raise asyncio.CancelledError
        await self.runs.wait()

    def _desk_of(self, epoch: int, words: Mapping[str, str] | None) -> Desk:
        self.epoch = epoch
        clock = _Clock(self)
        fresh = in_term(fresh_switchboard(dict.fromkeys(self.world.line.manners, frozenset()), RULES, clock.now()), epoch)
        known = recalled(fresh, words or {})
        term = Term(epoch=epoch, holds=self.leadership.holds, roster=_Roster(self), kept=known if words is not None else None)
        journals = _Journals(self)
        return Desk(switchboard=known, telephony=_Line(self), clock=clock, journals=journals, board=_Board(), term=term)


class _Board:
    async def publish(self, view: BoardView) -> None:
        """Nobody looks."""

    async def latest(self) -> BoardView | None:
        return None


@dataclass
class _Clock:
    process: Process

    def now(self) -> datetime:
        return self.process.world.clock.now()

    async def sleep(self, seconds: float) -> None:
        await self.process.world.clock.sleep(seconds)
        await self.process.step("sleep", may_strike=False)


@dataclass
class _Leadership:
    process: Process

    async def claim(self) -> int | None:
        return await _used(self.process, "claim", self.process.leadership.claim)

    def holds(self, epoch: int) -> bool:
        return self.process.leadership.holds(epoch)

    def free_in(self) -> float:
        return self.process.leadership.free_in()

    async def resign(self) -> None:
        if not self.process.dead:
            await self.process.leadership.resign()


@dataclass
class _Roster:
    process: Process

    async def recall(self, epoch: int) -> Mapping[str, str]:
        return await _used(self.process, "recall", lambda: self.process.roster.recall(epoch))

    async def keep(self, epoch: int, words: Mapping[str, str | None]) -> bool:
        return await _used(self.process, f"keep {[*words]}", lambda: self.process.roster.keep(epoch, words))


@dataclass
class _Journals:
    process: Process

    def write(self, call: CallId, fact: CallFact) -> None:
        self.process.world.journals.write(call, fact)

    def close(self, call: CallId) -> None:
        if not self.process.dead:
            self.process.world.journals.close(call)

    def orphans(self, known: Collection[str]) -> list[CallId]:
        return self.process.world.journals.orphans(known)


@dataclass
class _Line:
    process: Process

    async def do(self, order: LineOrder) -> Done | Snapshot | Ways:
        line, process = self.process.world.line, self.process
        if isinstance(order, Follow):
            line.ears.pop(process, None)
            return Done()
        await process.step(f"before {type(order).__name__}")
        if not process.leadership.holds(process.epoch):
            raise Deposed("the guard of the link")
        await process.step(f"after the guard, {type(order).__name__}")
        if isinstance(order, Lead):
            process.heard = line.ears[process] = asyncio.Queue()
        answer = await line.do(order)
        await process.step(f"after {type(order).__name__}")
        return answer

    async def facts(self) -> AsyncIterator[LineFact]:
        while True:
            fact = await self.process.heard.get()
            await self.process.step("a fact", may_strike=False)
            yield fact


async def _used(process: Process, what: str, door: Callable[[], Awaitable[Answer]]) -> Answer:
    await process.step(f"before {what}")
    answer = await door()
    await process.step(f"after {what}")
    return answer
