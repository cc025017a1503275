"""`scripts/bench emergency`: from the citizen's last key to the INVITE's arrival at the emergency centre, on one clock.

The keys are RFC 4733 events of our own telephones (phones/caller.py), counted from the first end packet of the last one; the centre is a
stand-in over a trunk (phones/stand_in.py) that notes when an INVITE comes. No real centre is ever called. Four states of the system:

- *up*: everything runs, beside a crowd of SIPp calls;
- *dead*: the agi process was killed before he called;
- *frozen*: the agi process is stopped (SIGSTOP) while he listens to the greeting, the watchdog is well;
- *both*: the watchdog is stopped, too: only the dead-man of the dialplan is left.

A citizen who hears nothing presses again every two seconds; the time counts from his first complete sequence. Nobody restarts
anything meanwhile.
"""

import asyncio
import math
import random
import signal
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from app.settings import Agi, Asterisk, Console, Emergency, EmergencyService, Line, Settings, Sip, Trunk, Waiting
from bench.record import percentile
from bench.report import Bar, Figure, Report, measured_commit
from bench.rig import Rig, find_tools, free_port
from bench.sipp import Citizens, Outcome, holding_scenario
from phones.caller import Caller
from phones.faults import PhoneFault
from phones.stand_in import Invite, Manner, StandIn
from runtime.progress import Progress

KEYS: Final = "*1"
AGAIN_S: Final = 2.0
GIVE_UP_S: Final = 45.0
CITIZENS_AT, CROWD_AT, CENTRE_AT = "127.0.0.21", "127.0.0.22", "127.0.0.41"
CROWD_CALL_MS: Final = 2500
STEP_S: Final = 15
"""The product's own default (settings [agi] step_seconds)."""
MOST_UP_S, MOST_DEAD_S, MOST_FROZEN_S, MOST_BOTH_S = 0.2, 1.0, 4.0, STEP_S + 6.0
SEED: Final = 12345


@dataclass(frozen=True, kw_only=True)
class Size:
    """Samples of each state; `crowd`: calls per second beside the first."""

    up: int = 400
    rate: float = 4.0
    crowd: int = 20
    dead: int = 60
    frozen: int = 60
    both: int = 24
    at_once: int = 12


FULL = Size()
QUICK = Size(up=24, dead=8, frozen=8, both=4, at_once=8)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One emergency: seconds from his first complete sequence to the INVITE, infinite when none came; how often he pressed."""

    seconds: float
    presses: int


class Centre:
    """Who is called, and who waits for that."""

    def __init__(self) -> None:
        self.stand_in = StandIn(address=CENTRE_AT, manner=Manner.RINGS, on_invite=self._called)
        self._expected: dict[str, asyncio.Future[float]] = {}

    def expect(self, number: str) -> asyncio.Future[float]:
        """The moment (monotonic) at which this citizen's INVITE comes."""
        return self._expected.setdefault(number, asyncio.get_running_loop().create_future())

    def _called(self, invite: Invite) -> None:
        expected = self._expected.get(invite.asserted) or self._expected.get(invite.from_number)
        if expected is not None and not expected.done():
            expected.set_result(invite.at)


class Bench:
    """One line with a trunk for citizens, one for the crowd, one to the centre."""

    def __init__(self, rig: Rig, centre: Centre, progress: Progress) -> None:
        self._rig, self._centre, self._progress = rig, centre, progress
        self._numbers = iter(range(10_000))
        self._chance = random.Random(SEED)
        self.processes: dict[str, asyncio.subprocess.Process] = {}

    async def up(self, size: Size) -> tuple[list[Sample], Outcome]:
        """Beside the crowd: emergencies at a steady rate, each somewhere in the greeting."""
        seconds = size.up / size.rate + 6
        crowd = Citizens(self._rig.tools.sipp.argv, switch_port=self._rig.settings.sip.port, folder=self._rig.folder, address=CROWD_AT)
        scenario = holding_scenario(CROWD_CALL_MS)
        with self._progress.step(f"一切正常，每秒 {size.crowd} 个来电 everything up beside {size.crowd} calls/s"):
            async with asyncio.TaskGroup() as group:
                calling = group.create_task(
                    crowd.call("12345", scenario, rate=size.crowd, calls=round(size.crowd * seconds), patience_s=seconds + 60)
                )
                await asyncio.sleep(2.0)
                begins = [number / size.rate for number in range(size.up)]
                samples = await self._together(begins)
            await self._rig.empty(60)
        return samples, calling.result()

    async def dead(self, size: Size) -> list[Sample]:
        """The agi process is dead before the call."""
        samples: list[Sample] = []
        with self._progress.step("AGI 进程已死 the agi process is dead"):
            self.processes["agi"].kill()
            await self.processes["agi"].wait()
            while len(samples) < size.dead:
                samples += await self._together([number * 0.15 for number in range(size.at_once)])
            await self._rig.empty(60)
            self.processes["agi"] = await self._rig.started_again("agi")
        return samples

    async def frozen(self, count: int, at_once: int, *names: str) -> list[Sample]:
        """Round by round: citizens listen to the greeting, these processes freeze, the citizens press."""
        samples: list[Sample] = []
        with self._progress.step(f"冻结 frozen: {' + '.join(names)}"):
            while len(samples) < count:
                samples += await self._frozen_round(at_once, names)
        return samples

    async def _frozen_round(self, at_once: int, names: Sequence[str]) -> list[Sample]:
        struck = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            calls = [group.create_task(self._emergency(0.0, self._chance.uniform(0.0, 2.0), struck)) for _ in range(at_once)]
            try:
                await self._all_in("line", at_once)
                self._send(names, signal.SIGSTOP)
            finally:
                struck.set()
        self._send(names, signal.SIGCONT)
        await self._rig.empty(60)
        await asyncio.sleep(2.5)  # what the watchdog promised (HL_APP_DOWN_UNTIL) runs out
        return [call.result() for call in calls]

    def _send(self, names: Sequence[str], sign: signal.Signals) -> None:
        for name in names:
            self.processes[name].send_signal(sign)

    async def _all_in(self, context: str, count: int) -> None:
        async with asyncio.timeout(15):
            while await self._rig.standing_in(context) < count:  # noqa: ASYNC110 - another process tells us nothing
                await asyncio.sleep(0.05)

    async def _together(self, begins: Sequence[float]) -> list[Sample]:
        """One emergency per begin, each pressing somewhere in the greeting."""
        async with asyncio.TaskGroup() as group:
            calls = [group.create_task(self._emergency(begin, self._chance.uniform(0.3, 3.0))) for begin in begins]
        return [call.result() for call in calls]

    async def _emergency(self, begin: float, pause: float, struck: asyncio.Event | None = None) -> Sample:
        """One citizen: calls, listens, presses until the centre is called, hangs up."""
        await asyncio.sleep(begin)
        number = f"1990001{next(self._numbers):04d}"
        called = self._centre.expect(number)
        async with Caller(number=number, address=CITIZENS_AT) as caller:
            await caller.call("12345", host="127.0.0.1", port=self._rig.settings.sip.port)
            if struck is not None:
                await struck.wait()
            await asyncio.sleep(pause)
            sample = await _press_until(caller, called)
            with suppress(PhoneFault):
                await caller.hang_up()
        return sample


async def _press_until(caller: Caller, called: asyncio.Future[float]) -> Sample:
    first, presses = 0.0, 0
    loop = asyncio.get_running_loop()
    deadline = loop.time() + GIVE_UP_S
    while not called.done() and loop.time() < deadline:
        due = loop.time() + AGAIN_S
        pressed = await caller.press(KEYS)
        first, presses = first or pressed, presses + 1
        with suppress(TimeoutError):
            async with asyncio.timeout_at(due):
                await asyncio.shield(called)
    return Sample(seconds=called.result() - first if called.done() else math.inf, presses=presses)


def bench_settings(centre_port: int) -> Settings:
    """The product's defaults, on loopback: one trunk for each kind of people."""
    targets = ("centre/06630000110",)
    services = tuple(EmergencyService(id=service, targets=targets) for service in ("110", "120", "119", "122"))
    return Settings(
        node="bench",
        sip=Sip(port=free_port(socket.SOCK_DGRAM), rtp_ports=(24000, 27999)),
        asterisk=Asterisk(ami_port=free_port(), max_calls=1000),
        agi=Agi(port=free_port(), step_seconds=STEP_S),
        console=Console(port=free_port()),
        lines=(Line(number="12345", name="bench"),),
        trunks=(
            Trunk(name="citizens", host=CITIZENS_AT, max_calls=500),
            Trunk(name="crowd", host=CROWD_AT, max_calls=900),
            Trunk(name="centre", host=CENTRE_AT, port=centre_port),
        ),
        waiting=Waiting(visit_every_seconds=30),
        emergency=Emergency(services=services),
    )


async def measure(size: Size, progress: Progress) -> Report:
    """All four states, about five minutes."""
    centre = Centre()
    async with centre.stand_in, Rig(find_tools(), bench_settings(centre.stand_in.port)) as rig:
        bench = Bench(rig, centre, progress)
        bench.processes = await rig.serve_everything()
        await _believed(centre.stand_in)
        up, crowd = await bench.up(size)
        dead = await bench.dead(size)
        frozen = await bench.frozen(size.frozen, size.at_once, "agi")
        both = await bench.frozen(size.both, size.at_once, "agi", "watchdog")
    return report_of(up, dead, frozen, both, crowd, size)


async def _believed(stand_in: StandIn) -> None:
    """The switch has asked the trunk and had its answer."""
    async with asyncio.timeout(30):
        while not stand_in.questions:  # noqa: ASYNC110 - it counts, it does not ring
            await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)


def report_of(
    up: Sequence[Sample], dead: Sequence[Sample], frozen: Sequence[Sample], both: Sequence[Sample], crowd: Outcome, size: Size
) -> Report:
    """Percentiles of last key → INVITE; where a p99 would be the greatest of few anyway, the greatest."""
    figures = [Figure(name="crowd", value=crowd.per_second, unit="calls/s", zh=f"同时来电，计划 {size.crowd}")]
    for name, zh, samples in (
        ("up", "一切正常", up),
        ("dead", "AGI 已死", dead),
        ("frozen", "AGI 冻结", frozen),
        ("both", "看护也冻结", both),
    ):
        seconds = [sample.seconds for sample in samples]
        figures += [
            Figure(name=f"{name}_samples", value=len(samples), zh=zh),
            Figure(name=f"{name}_p50", value=percentile(seconds, 50), unit="s"),
            Figure(name=f"{name}_p99", value=percentile(seconds, 99), unit="s"),
            Figure(name=f"{name}_max", value=max(seconds, default=math.inf), unit="s"),
            Figure(name=f"{name}_pressed_again", value=sum(sample.presses > 1 for sample in samples), zh="不止按了一次"),
        ]
    bars = (
        Bar(what="last key → INVITE, everything up, p99, s", value=_share(up, 99), op="<=", bound=MOST_UP_S),
        Bar(what="agi dead before, greatest, s", value=_share(dead, 100), op="<=", bound=MOST_DEAD_S),
        Bar(what="agi frozen, from his first keys, greatest, s", value=_share(frozen, 100), op="<=", bound=MOST_FROZEN_S),
        Bar(what="watchdog frozen too, greatest, s", value=_share(both, 100), op="<=", bound=MOST_BOTH_S),
        Bar(what="crowd, calls that failed", value=crowd.failed, op="==", bound=0),
    )
    return Report(name="emergency", figures=tuple(figures), bars=bars, commit=measured_commit())


def _share(samples: Sequence[Sample], share: int) -> float:
    return percentile([sample.seconds for sample in samples], share)
