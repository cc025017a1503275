"""Two routing processes, and what must hold whatever becomes of them: nobody is offered twice, rung while he talks, lost or starved."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from hotline.call_facts import AgentJoined
from hotline.identity import AgentId, CallId, LegId
from tests.fakes.fake_leadership import FakeLeadership, FakeOfficeOfAll
from tests.fakes.fake_roster import FakeRoster
from tests.routing.two_processes import DoorsOf, Process, SharedLine, World

STEP_S = 0.25
AGENTS = tuple(AgentId(f"10{number:02d}") for number in range(1, 5))


class Story:
    """Citizens call, agents take their time, processes are struck; then all becomes quiet, and everybody must have been served."""

    def __init__(self, seed: int, *, strikes: int, doors_of: DoorsOf | None = None) -> None:
        self.chance = random.Random(seed)
        self.line = SharedLine(AGENTS)
        self.roster = FakeRoster()
        office = FakeOfficeOfAll(lambda: self.line.clock.now().timestamp())
        self.world = World(
            chance=self.chance,
            line=self.line,
            doors_of=doors_of or (lambda _: (FakeLeadership(office), self.roster)),
            strikes_left=strikes,
        )
        self.processes: list[Process] = []
        self.away: dict[Process, float] = {}
        self.called: list[CallId] = []
        self.gave_up: set[CallId] = set()
        self.ends: dict[CallId, float] = {}
        self.now = 0.0
        self.strays: dict[LegId, float] = {}
        self.between_steps: Callable[[], Awaitable[None]] | None = None

    async def run(self, *, busy_s: float = 20, quiet_s: float = 60) -> None:
        async with asyncio.TaskGroup() as group:
            self._start(group, "routing")
            self._start(group, "standby")
            while self.now < busy_s + quiet_s and (self.now < busy_s or self.line._calls):
                if self.now >= busy_s:
                    self.world.strikes_left = 0
                self._people(arriving=self.now < busy_s)
                self._come_back(group)
                self.now += STEP_S
                await self.line.clock.advance(STEP_S)
                if self.between_steps:
                    await self.between_steps()
            for process in self.processes:
                process.runs.set()
                if not process.dead:
                    process.kill()

    def _start(self, group: asyncio.TaskGroup, name: str) -> None:
        process = Process(self.world, name)
        self.processes.append(process)
        process.start(group)

    def _come_back(self, group: asyncio.TaskGroup) -> None:
        """A supervisor starts again what is dead; what is frozen thaws."""
        for process in list(self.processes):
            if not process.dead and process.runs.is_set():
                continue
            due = self.away.setdefault(process, self.now + self.chance.uniform(0.2, 4))
            if self.now < due:
                continue
            del self.away[process]
            if process.dead:
                self.processes.remove(process)
                self._start(group, process.name)
            process.runs.set()

    def _people(self, *, arriving: bool) -> None:
        if arriving and self.chance.random() < 0.25:
            call = CallId(f"hl1-1764000000.{len(self.called)}")
            self.called.append(call)
            self.line.citizen_waits(call, since=self.line.clock.now().timestamp(), caller=f"1990000{self.chance.randrange(30):04d}")
        for leg, state in list(self.line._legs.items()):
            if leg in self.line.strays:
                self.line.wrongs += [f"{leg} still rings"] if self.now > self.strays.setdefault(leg, self.now) + 3 else []
                continue
            rings = (self.line.clock.now() - self.line.rung[leg]).total_seconds()
            if not state.answered and rings > self.chance.uniform(0.2, 3):
                (self.line.agent_hangs_up if self.chance.random() < 0.1 else self.line.agent_answers)(state.agent)
            elif state.joined and self.now > self.ends.setdefault(state.call, self.now + self.chance.uniform(0.5, 6)):
                self.line.agent_hangs_up(state.agent)
                if state.call in self.line._calls:
                    self.line.citizen_hangs_up(state.call)
        if arriving and self.line._waiting and self.chance.random() < 0.01:
            tired = self.chance.choice(sorted(self.line._waiting))
            self.gave_up.add(tired)
            self.line.citizen_hangs_up(tired)

    def check(self) -> None:
        """What must hold."""
        assert self.world.struck
        assert self.line.wrongs == [], self.world.struck
        assert not self.line._calls, f"waited until the end: {self.line._calls} {self.world.struck}"
        assert set(self.ends) | self.gave_up == set(self.called), self.world.struck
        told = {call for call in self.called if any(isinstance(fact, AgentJoined) for fact in self.world.journals.facts(call))}
        # Who was struck between the bridge and the line about it leaves none: the switch's own event log tells of it (records/cel.py).
        assert told <= set(self.ends), self.world.struck


@pytest.mark.parametrize("seed", range(24))
def test_whatever_is_struck_nobody_is_offered_twice_rung_in_a_talk_lost_or_starved(seed: int) -> None:
    story = Story(seed, strikes=6)
    asyncio.run(story.run())
    story.check()


@pytest.mark.parametrize("seed", range(100, 106))
def test_the_same_when_the_roster_is_lost_and_comes_back_empty(seed: int) -> None:
    story = Story(seed, strikes=4)

    async def lose() -> None:
        if story.chance.random() < 0.03:
            story.roster.lost = True
        elif story.roster.lost and story.chance.random() < 0.2:
            story.roster.restart()

    story.between_steps = lose
    asyncio.run(story.run())
    story.check()
