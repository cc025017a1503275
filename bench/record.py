"""`scripts/bench record`: how long after a citizen's hang-up his record stands in the ledger and his ticket draft with the backend.

Real calls (SIPp, with sound both ways) at a steady rate, all our processes running. A draft is looked for every 50 ms with a
reader of its own, so each figure is up to 50 ms too high, never too low. The hang-up is the journal's `call_ended`.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Engine

from bench.report import Bar, Figure, Report, measured_commit
from bench.rig import Rig, find_tools
from bench.sipp import Citizens, Outcome, holding_scenario
from runtime.progress import Progress
from storage.engine import open_for_reading
from storage.layout import Layout
from storage.ledger import Ledger
from storage.tables import ticket_drafts

LOOK_EVERY_S = 0.05
CALL_MS = 3000
MOST_S = 1.0
PATIENCE_S = 30.0


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much is measured."""

    rate: int = 5
    seconds: int = 60


FULL = Size()
QUICK = Size(seconds=6)


async def measure(size: Size, progress: Progress) -> Report:
    """One run."""
    calls = size.rate * size.seconds
    tools = find_tools()
    async with Rig(tools) as rig:
        with progress.step("启动 starting everything"):
            await rig.serve_everything()
        citizens = Citizens(tools.sipp.argv, switch_port=rig.settings.sip.port, folder=rig.folder, echo=True)
        engine = open_for_reading(Layout(var=rig.places.var).ledger)
        try:
            with progress.step(f"{calls} 次呼叫，每秒 {size.rate} 次 calls"):
                seen, outcome = await _watch_calls(engine, citizens, size)
            with progress.step("录音入库 audio of all calls is done"):
                audio_s = await _audio_done(engine, list(seen))
            lags = [seen[call] - _ended(Ledger(engine), call) for call in seen]
        finally:
            engine.dispose()
    return report_of(lags, calls, outcome, audio_s, size)


async def _watch_calls(engine: Engine, citizens: Citizens, size: Size) -> tuple[dict[str, float], Outcome]:
    """Call → Unix time at which its draft was first seen."""
    calls = size.rate * size.seconds
    seen: dict[str, float] = {}
    async with asyncio.TaskGroup() as group:
        calling = group.create_task(
            citizens.call("waits", holding_scenario(CALL_MS), rate=size.rate, calls=calls, patience_s=size.seconds + 60)
        )
        until = time.monotonic() + size.seconds + PATIENCE_S
        while (len(seen) < calls or not calling.done()) and time.monotonic() < until:
            for call in await asyncio.to_thread(_drafts, engine):
                seen.setdefault(call, time.time())
            await asyncio.sleep(LOOK_EVERY_S)
        outcome = await calling
    return seen, outcome


async def _audio_done(engine: Engine, calls: list[str]) -> float:
    """Seconds until the recording of every call is kept, counted from the last draft."""
    began = time.monotonic()
    ledger = Ledger(engine)
    for call in calls:
        while await asyncio.to_thread(ledger.audio_of, call) is None:
            if time.monotonic() - began > PATIENCE_S:
                raise TimeoutError(f"the recording of {call} did not arrive in the ledger")
            await asyncio.sleep(LOOK_EVERY_S)
    return time.monotonic() - began


def _drafts(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(select(ticket_drafts.c.key)).scalars())


def _ended(ledger: Ledger, call: str) -> float:
    record = ledger.record_of(call)
    if record is None:
        raise ValueError(f"{call} has a draft and no record")
    return datetime.fromisoformat(record["ended"]).timestamp()


def report_of(lags: list[float], calls: int, outcome: Outcome, audio_s: float, size: Size) -> Report:
    """Percentiles of hang-up → draft."""
    figures = (
        Figure(name="calls", value=calls, zh=f"{size.rate} 次/秒，{size.seconds} 秒"),
        Figure(name="p50", value=percentile(lags, 50), unit="s", zh="挂机 → 记录与草稿，中位"),
        Figure(name="p90", value=percentile(lags, 90), unit="s"),
        Figure(name="p99", value=percentile(lags, 99), unit="s"),
        Figure(name="max", value=max(lags, default=float("inf")), unit="s"),
        Figure(name="audio_behind", value=audio_s, unit="s", zh="最后一份草稿之后，全部录音入库"),
    )
    bars = (
        Bar(what="hang-up → record and draft, p99, s", value=percentile(lags, 99), op="<=", bound=MOST_S),
        Bar(what="calls without record or draft", value=calls - len(lags), op="==", bound=0),
        Bar(what="failed calls", value=outcome.failed, op="==", bound=0),
    )
    return Report(name="record", figures=figures, bars=bars, commit=measured_commit())


def percentile(values: list[float], share: int) -> float:
    """The smallest value that so many percent do not exceed; infinite when there are none."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)] if ordered else float("inf")
