"""`scripts/bench push`: ten thousand records through the worst ticket backend, our pushing process killed at random: each once in effect.

The backend (tests/storage/city_backend.py, real HTTP on loopback) fails, fails after the work, hangs and does it later, answers twice,
delays and so reorders, accepts and loses its reply. Two runs: one that honours keys, and one that knows none and is asked by our number. A
third of the calls get a second revision while the first may still be on its way. The pusher (bench/push_process.py) is killed by SIGKILL
and started again until nothing is left. Behaviours and kills are drawn from a seed; which request meets which is the machine's.
"""

import asyncio
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, func, select

from bench.push_process import SECRET, fast_clock
from bench.report import ROOT, Bar, Figure, Report, measured_commit
from records.model import CallRecord, to_json
from runtime.progress import Progress
from storage.engine import open_for_reading, open_for_writing
from storage.layout import Layout
from storage.ledger import LedgerBook
from storage.migrate import migrate
from storage.push_reconciliation import PushBook, Pushed
from storage.tables import calls, pushes
from tests.storage.city_backend import BEHAVIOURS, CityBackend, running

SEED: Final = 12345
ODDS: Final = {"fails": 0.05, "fails_after": 0.03, "hangs": 0.02, "twice": 0.05, "delays": 0.05, "drops": 0.03}
HANG_S, DELAY_S = 1.0, 0.3
STUCK_S: Final = 180.0
LOOK_S: Final = 0.5
REVISED: Final = 3
"""Every so manieth call gets a second revision."""
BEHIND, MOST_WAITING = 60, 60
"""It comes so many calls later, and no more is written down while so many drafts wait."""
LEAST_BOTH: Final = 0.2
"""Of the calls with two revisions at least so many must have had both of them delivered: else nothing was ever replaced."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much is pushed, and how long a pusher lives."""

    records: int = 10_000
    lives_s: tuple[float, float] = (1.0, 10.0)
    least_kills: int = 20


FULL = Size()
QUICK = Size(records=300, lives_s=(1.0, 5.0), least_kills=2)


@dataclass(kw_only=True)
class Run:
    """One run and what came of it."""

    name: str
    backend: CityBackend
    kills: int = 0
    took_s: float = 0.0
    ours: list[Pushed] = field(default_factory=list)
    newest: dict[str, int] = field(default_factory=dict)
    both: int = 0
    """Calls of which both revisions were delivered, one after the other."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Calls by what is wrong with them."""

    lost: int
    doubled: int
    stale: int
    open: int
    wrong_receipts: int
    strangers: int


async def measure(size: Size, progress: Progress) -> Report:
    """Both runs, one after the other."""
    runs = []
    for name, knows_keys in (("keys", True), ("no_keys", False)):
        with progress.step(f"{size.records} 份业务单 drafts, {name}"):
            runs.append(await push_all(size, name=name, knows_keys=knows_keys))
    return report_of(size, runs)


async def push_all(size: Size, *, name: str, knows_keys: bool, odds: Mapping[str, float] = ODDS) -> Run:
    """Everything is written down, pushed and killed until nothing waits. Raises `TimeoutError` when nothing moves any more."""
    backend = CityBackend(odds=odds, knows_keys=knows_keys, secret=SECRET, hang_s=HANG_S, delay_s=DELAY_S, seed=SEED)
    run = Run(name=name, backend=backend)
    began = time.time()
    with tempfile.TemporaryDirectory(prefix="hl-push-") as folder, running(backend):
        layout = Layout(var=Path(folder))
        layout.make()
        migrate(layout.ledger)
        await _play(size, run, layout, began)
        run.ours, run.newest, run.both = await asyncio.to_thread(_kept, layout)
    run.took_s = time.time() - began
    return run


async def _play(size: Size, run: Run, layout: Layout, base: float) -> None:
    done, fed = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(_kill_at_random(size, run, layout, base, done))
        group.create_task(_feed(size, layout, fast_clock(base), fed))
        group.create_task(_until_nothing_waits(size, run, layout, fed, done))


async def _feed(size: Size, layout: Layout, now: Callable[[], datetime], fed: asyncio.Event) -> None:
    """Records come while others are pushed, second revisions some calls after the first."""
    engine = open_for_writing(layout.ledger)
    try:
        await asyncio.to_thread(_write_down, LedgerBook(engine), size.records, now, lambda: _waiting(engine))
    finally:
        engine.dispose()
    fed.set()


def _write_down(book: LedgerBook, number: int, now: Callable[[], datetime], waiting: Callable[[], int]) -> None:
    """Not faster than they are pushed: else every second revision would have overtaken its first before anybody sent that."""
    behind, pause = min(BEHIND, number // 2), threading.Event()
    for place in range(number + behind):
        while place % 10 == 0 and waiting() > MOST_WAITING:
            pause.wait(0.05)
        if place < number:
            book.keep_record(to_json(record(place)), now=now())
        if place >= behind and (place - behind) % REVISED == 0:
            book.keep_record(to_json(replace(record(place - behind), caller="19900000001")), now=now())


def record(place: int) -> CallRecord:
    """The record of the call at this place."""
    begun = datetime(2026, 11, 23, 1, tzinfo=UTC) + timedelta(seconds=place)
    return CallRecord(call=f"hl1-{int(begun.timestamp())}.{place}", called="12345", arrived=begun)


async def _kill_at_random(size: Size, run: Run, layout: Layout, base: float, done: asyncio.Event) -> None:
    chance = random.Random(SEED)
    options = [] if run.backend.knows_keys else ["--asks-first"]
    words = [sys.executable, "-m", "bench.push_process", str(layout.var), run.backend.url, str(base), *options]
    log = os.open(layout.var / "push.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        while not done.is_set():
            pusher = await asyncio.create_subprocess_exec(*words, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=log)
            try:
                assert pusher.stdout is not None
                if not await pusher.stdout.readline():
                    raise RuntimeError(f"the pusher did not start: {(layout.var / 'push.log').read_text(encoding='utf-8')[-500:]}")
                await _sleep_or(done, chance.uniform(*size.lives_s))
            finally:
                if pusher.returncode is None:
                    pusher.kill()
                await pusher.wait()
            run.kills += not done.is_set()
    finally:
        os.close(log)


async def _sleep_or(done: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await done.wait()
    except TimeoutError:
        pass


async def _until_nothing_waits(size: Size, run: Run, layout: Layout, fed: asyncio.Event, done: asyncio.Event) -> None:
    engine = open_for_reading(layout.ledger)
    before, moved = (-1, -1), time.monotonic()
    try:
        while not (fed.is_set() and await asyncio.to_thread(_waiting, engine) == 0 and run.backend.still()):
            now = (await asyncio.to_thread(_waiting, engine), len(run.backend.tickets))
            if now != before:
                before, moved = now, time.monotonic()
            if time.monotonic() - moved > STUCK_S:
                raise TimeoutError(f"nothing moved for {STUCK_S:g} s; {now[0]} drafts wait")
            await asyncio.sleep(LOOK_S)
    finally:
        engine.dispose()
    await asyncio.sleep(HANG_S + LOOK_S)  # a request that nobody waits for may still be on its way into the backend
    done.set()


def _waiting(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).where(pushes.c.state == "waiting")).scalar() or 0)


def _kept(layout: Layout) -> tuple[list[Pushed], dict[str, int], int]:
    """Our side: each call's push, its newest revision, and of how many calls two revisions were delivered."""
    engine = open_for_reading(layout.ledger)
    try:
        with engine.connect() as connection:
            rows = connection.execute(select(calls.c.call_id, func.max(calls.c.revision)).group_by(calls.c.call_id))
            newest = {call: int(revision) for call, revision in rows}
            delivered = Counter(connection.execute(select(pushes.c.call_id).where(pushes.c.state == "delivered")).scalars())
        both = sum(count > 1 for count in delivered.values())
        return PushBook(engine).of_day(datetime(2026, 11, 23, tzinfo=UTC).date()), newest, both
    finally:
        engine.dispose()


def tally_of(ours: Sequence[Pushed], newest: Mapping[str, int], tickets: Sequence[Mapping[str, Any]]) -> Tally:
    """Our side against the tickets that stand in the backend."""
    filed = Counter(each["draft"]["key"] for each in tickets)
    by_call = {each["draft"]["key"]: each for each in tickets}
    receipts = {each.call: each.reference for each in ours if each.delivered == newest[each.call]}
    found = [(call, by_call[call]) for call in newest if call in by_call]
    return Tally(
        lost=sum(call not in filed for call in newest),
        doubled=sum(count - 1 for count in filed.values()),
        stale=sum(ticket["draft"]["revision"] != newest[call] for call, ticket in found),
        open=len(newest) - len(receipts),
        wrong_receipts=sum(ticket["reference"] != receipts.get(call) for call, ticket in found),
        strangers=sum(call not in newest for call in filed),
    )


def report_of(size: Size, runs: Sequence[Run]) -> Report:
    """Every bar for every run."""
    figures: list[Figure] = [Figure(name="records", value=size.records), Figure(name="seed", value=SEED)]
    bars: list[Bar] = []
    for run in runs:
        backend, tally = run.backend, tally_of(run.ours, run.newest, run.backend.tickets)
        asked = "，".join(f"{name} {count}" for name, count in sorted(backend.requests.items()))
        figures += [
            Figure(name=f"{run.name}_kills", value=run.kills, zh="推送进程被强行终止"),
            Figure(name=f"{run.name}_seconds", value=run.took_s, unit="s"),
            Figure(name=f"{run.name}_both_revisions", value=run.both, zh="两版先后都送达"),
            Figure(name=f"{run.name}_requests", value=sum(backend.requests.values()), zh=asked),
            *(Figure(name=f"{run.name}_{each}", value=backend.did[each]) for each in BEHAVIOURS),
        ]
        wrong = {"calls that are not there": len(run.newest) - size.records, "lost": tally.lost, "doubled": tally.doubled}
        wrong |= {"older than ours": tally.stale, "without receipt": tally.open, "wrong receipts": tally.wrong_receipts}
        wrong |= {"strangers": tally.strangers, "kinds of trouble that did not happen": sum(not backend.did[each] for each in BEHAVIOURS)}
        bars += [Bar(what=f"{run.name}: {what}", value=count, op="==", bound=0) for what, count in wrong.items()]
        bars.append(Bar(what=f"{run.name}: kills", value=run.kills, op=">=", bound=size.least_kills))
        bars.append(Bar(what=f"{run.name}: both revisions delivered", value=run.both, op=">=", bound=size.records // REVISED * LEAST_BOTH))
    return Report(name="push", figures=tuple(figures), bars=tuple(bars), commit=measured_commit())
