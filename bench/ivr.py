"""`scripts/bench ivr`: a two-question menu as native dialplan and as a flow of ours, on one Asterisk, in one run.

Both are recorded and play the same 200 ms prompts; SIPp presses the same keys at the same moments (SIP INFO). CPU is what the kernel
counted for Asterisk and for our Python (bench/cost.py), per call. Ours has its dead-man, journal, checkpoints and hangup handler on.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median

from app.emergency_trial import end
from bench.cost import Tally, cpu, resident_kib
from bench.held import held_in_prompt
from bench.report import Bar, Figure, Report, measured_commit
from bench.rig import Rig, find_tools
from bench.sipp import Citizens, Outcome, holding_scenario, menu_scenario
from runtime.progress import Progress

KEYS = ((300, "1"), (300, "2"))  # ms after the answer, and after the first key: the 200 ms prompts are over
MENU = menu_scenario(KEYS)
MOST_RATIO, MOST_PYTHON_MS, MOST_KIB, MOST_WAITING_MS = 1.6, 2.5, 40.0, 5.0
SLOW_ANSWER_MS = 500.0
HELD_CALLS = 1000
WAITING_CALLS = 50


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much is measured."""

    rate: int = 100
    seconds: int = 5
    runs: int = 5
    price_runs: int = 3
    knee_from: int = 100
    knee_step: int = 50
    knee_most: int = 600
    wait_seconds: int = 10


FULL = Size()
QUICK = Size(rate=50, seconds=3, runs=1, price_runs=1, knee_most=100, wait_seconds=5)
SAFETIES = ("no-dead-man", "no-checkpoints", "unrecorded")


@dataclass(frozen=True, kw_only=True)
class Cost:
    """One run: CPU milliseconds per call."""

    asterisk_ms: float
    python_ms: float
    failed: int

    @property
    def total_ms(self) -> float:
        """Both."""
        return self.asterisk_ms + self.python_ms


class Bench:
    """One Asterisk, one FastAGI process, SIPp."""

    def __init__(self, rig: Rig, size: Size, progress: Progress) -> None:
        self._rig = rig
        self._size = size
        self._progress = progress
        self._citizens = Citizens(rig.tools.sipp.argv, switch_port=rig.settings.sip.port, folder=rig.folder)
        self.agi_pid = 0

    @asynccontextmanager
    async def server(self, *options: str) -> AsyncIterator[None]:
        """Our FastAGI process for a while."""
        process = await self._rig.serve(*options)
        self.agi_pid = process.pid
        try:
            yield
        finally:
            self.agi_pid = 0
            await end(process)

    async def cost(self, name: str) -> Cost:
        """One run of a menu at the set rate."""
        calls = self._size.rate * self._size.seconds
        before = self._tallies()
        outcome = await self._citizens.call(name, MENU, rate=self._size.rate, calls=calls)
        await self._rig.empty()
        asterisk, python = (after - first for after, first in zip(self._tallies(), before, strict=True))
        return Cost(asterisk_ms=asterisk / calls, python_ms=python / calls, failed=outcome.failed)

    async def compare(self) -> tuple[list[Cost], list[Cost]]:
        """Native and ours, by turns."""
        native, ours = [], []
        for run in range(self._size.runs):
            with self._progress.step(f"对比 native / ours {run + 1}/{self._size.runs}"):
                native.append(await self.cost("native"))
                ours.append(await self.cost("ours"))
        return native, ours

    async def prices(self) -> dict[str, list[Cost]]:
        """Our menu whole and with one safety left out, by turns, so that a machine that changes its pace changes it for all."""
        found: dict[str, list[Cost]] = {name: [] for name in ("whole", *SAFETIES, "no-journal")}
        for run in range(self._size.price_runs):
            with self._progress.step(f"单项代价 the price of each safety {run + 1}/{self._size.price_runs}"):
                async with self.server():
                    found["whole"].append(await self.cost("ours"))
                    for name in SAFETIES:
                        found[name].append(await self.cost(f"ours-{name}"))
                async with self.server("--without-journal"):
                    found["no-journal"].append(await self.cost("ours"))
        return found

    async def knee(self, name: str) -> float:
        """The highest rate (calls/s) at which no call fails and the answer comes within half a second on average; 0 when there is none."""
        best = 0.0
        for rate in range(self._size.knee_from, self._size.knee_most + 1, self._size.knee_step):
            with self._progress.step(f"极限 the knee: {name} {rate}/s"):
                outcome = await self._at(name, rate)
            if outcome.failed or outcome.answer_ms > SLOW_ANSWER_MS:
                break
            best = rate
        return float(best)

    async def memory_kib(self) -> float:
        """Private memory of the FastAGI process per call in a prompt."""
        with self._progress.step(f"内存 memory of {HELD_CALLS} calls in a prompt"):
            async with held_in_prompt(self._rig.settings.agi.port, 20):
                before = resident_kib(self.agi_pid)
            async with held_in_prompt(self._rig.settings.agi.port, HELD_CALLS):
                return (resident_kib(self.agi_pid) - before) / HELD_CALLS

    async def waiting_ms(self) -> float:
        """CPU milliseconds of the FastAGI process per second while `WAITING_CALLS` citizens hear music."""
        seconds = self._size.wait_seconds
        with self._progress.step(f"等候 {WAITING_CALLS} citizens wait for {seconds} s"):
            scenario = holding_scenario((seconds + 14) * 1000)
            async with asyncio.TaskGroup() as group:
                calling = group.create_task(self._citizens.call("waits", scenario, rate=25, calls=WAITING_CALLS))
                await self._until_all_wait()
                before = cpu([self.agi_pid])
                await asyncio.sleep(seconds)
                cost = cpu([self.agi_pid]) - before
                outcome = await calling
            if outcome.failed:
                raise RuntimeError(f"{outcome.failed} of the waiting calls failed")
        await self._rig.empty()
        return cost / seconds

    async def _until_all_wait(self) -> None:
        for _ in range(60):
            if await self._rig.standing_in("waiting") >= WAITING_CALLS:
                return await asyncio.sleep(0.5)  # the last journal line
            await asyncio.sleep(0.2)
        raise TimeoutError(f"{WAITING_CALLS} citizens did not come to the wait")

    async def _at(self, name: str, rate: int) -> Outcome:
        outcome = await self._citizens.call(name, MENU, rate=rate, calls=rate * 4)
        await self._rig.empty(30)
        return outcome

    def _tallies(self) -> tuple[Tally, Tally]:
        return cpu([self._rig.asterisk_pid]), cpu([self.agi_pid] if self.agi_pid else [])


async def measure(size: Size, progress: Progress) -> Report:
    """The whole bench, five minutes."""
    async with Rig(find_tools()) as rig:
        bench = Bench(rig, size, progress)
        async with bench.server():
            await bench.cost("ours")  # everything is loaded and warm
            native, ours = await bench.compare()
            knees = {name: await bench.knee(name) for name in ("native", "ours")}
            waiting = await bench.waiting_ms()
        prices = await bench.prices()
        async with bench.server():
            memory = await bench.memory_kib()
    return report_of(native, ours, prices, knees, memory, waiting, size)


def report_of(
    native: Sequence[Cost],
    ours: Sequence[Cost],
    prices: dict[str, list[Cost]],
    knees: dict[str, float],
    memory_kib: float,
    waiting_ms: float,
    size: Size,
) -> Report:
    """Figures and bars from what was measured; medians throughout."""
    base, total = _mid(native, "total_ms"), _mid(ours, "total_ms")
    python = _mid(ours, "python_ms")
    failed = sum(run.failed for runs in (native, ours, *prices.values()) for run in runs)
    figures = [
        Figure(name="rate", value=size.rate, unit="calls/s", zh="呼叫速率"),
        Figure(name="native_total", value=base, unit="ms/call", zh="原生拨号方案，总 CPU"),
        Figure(name="ours_asterisk", value=_mid(ours, "asterisk_ms"), unit="ms/call", zh="本系统，Asterisk 部分"),
        Figure(name="ours_python", value=python, unit="ms/call", zh="本系统，Python 部分"),
        Figure(name="ours_total", value=total, unit="ms/call", zh="本系统，总 CPU"),
    ]
    words = {"no-dead-man": "看门定时器", "no-checkpoints": "断点", "no-journal": "通话日志", "unrecorded": "录音"}
    figures += [
        Figure(
            name=f"price_{name.removeprefix('no-')}", value=_price(prices["whole"], prices[name]), unit="ms/call", zh=f"单项代价：{word}"
        )
        for name, word in words.items()
        if name in prices
    ]
    figures += [Figure(name=f"knee_{name}", value=rate, unit="calls/s", zh="极限速率") for name, rate in knees.items()]
    bars = (
        Bar(what="total CPU, ours / native", value=total / base, op="<=", bound=MOST_RATIO),
        Bar(what="our Python, ms per call", value=python, op="<=", bound=MOST_PYTHON_MS),
        Bar(what="failed calls", value=failed, op="==", bound=0),
        Bar(what="KiB per call in a prompt, at 1,000", value=memory_kib, op="<=", bound=MOST_KIB),
        Bar(what="AGI process, ms CPU/s, 50 waiting", value=waiting_ms, op="<=", bound=MOST_WAITING_MS),
    )
    return Report(name="ivr", figures=tuple(figures), bars=bars, commit=measured_commit())


def _price(whole: Sequence[Cost], without: Sequence[Cost]) -> float:
    """The median over the rounds; each difference is of two runs of one round."""
    return median(one.total_ms - other.total_ms for one, other in zip(whole, without, strict=True))


def _mid(runs: Sequence[Cost], what: str) -> float:
    return median(float(getattr(run, what)) for run in runs)
