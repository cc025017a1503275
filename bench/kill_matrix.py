"""`scripts/bench kill-matrix [--json] [--quick]`: every fault at every moment of a call, on complete systems, one bar per cell.

What must come of each cell was written down before (bench/matrix_table.py, docs/kill-matrix.md). Lanes run side by side, each a
process with a system of its own (bench/matrix_lane.py); a cell that fails says why and what the citizen heard. Cells in which the
disk is filled or mounted read-only run in a lane with a small disk of its own (tests/live/small_disk.py), as root or as an ordinary user.
"""

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.places import PROJECT
from bench.matrix_table import Expected, all_cells, quick_cells
from bench.matrix_verdict import Verdict
from bench.report import Bar, Figure, Report, measured_commit
from bench.rig import find_tools
from runtime.progress import Progress
from tests.live.small_disk import words_on_a_small_disk

CELL_PATIENCE_S: Final = 300.0
LANES: Final = 3
DISK_MIB: Final = 400
SHARE: Final = 6
"""Cells that one lane process gets at a time: enough to pay for its start, few enough that no lane ends long after the others."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """Which cells, and how many lanes side by side."""

    cells: tuple[Expected, ...]
    lanes: int = LANES


FULL = Size(cells=all_cells())
QUICK = Size(cells=quick_cells())


async def measure(size: Size, progress: Progress) -> Report:
    """All cells. Raises `BadSettings` when a program is missing."""
    find_tools()
    began = time.monotonic()
    verdicts = await run_cells(size.cells, size.lanes, progress)
    return report_of(size.cells, verdicts, time.monotonic() - began)


async def run_cells(cells: Sequence[Expected], lanes: int, progress: Progress) -> dict[str, Verdict]:
    """Cell → verdict, as many lanes at once as asked for. A lane that dies fails its cells."""
    shares = shares_of(cells)
    verdicts: dict[str, Verdict] = {}

    async def lane() -> None:
        while shares:
            await _run_share(shares.pop(0), verdicts, len(cells), progress)

    async with asyncio.TaskGroup() as group:
        for _ in range(lanes):
            group.create_task(lane())
    return verdicts


def shares_of(cells: Sequence[Expected], most: int = SHARE) -> list[list[Expected]]:
    """Cells in portions of so many at most for one process each, the slow ones first; those that need a small disk among themselves."""
    special = [cell for cell in cells if cell.row.needs]
    plain = sorted((cell for cell in cells if not cell.row.needs), key=lambda cell: -cell.row.held_s)
    count = max(1, -(-len(plain) // most))
    portions = [plain[number::count] for number in range(count)]
    return [portion for portion in (*[special[at : at + most] for at in range(0, len(special), most)], *portions) if portion]


async def _run_share(cells: Sequence[Expected], verdicts: dict[str, Verdict], most: int, progress: Progress) -> None:
    with tempfile.TemporaryDirectory(prefix="hl-") as place:
        await _run_lane(lane_words(cells, Path(place)), cells, verdicts, most, progress)


async def _run_lane(words: Sequence[str], cells: Sequence[Expected], verdicts: dict[str, Verdict], most: int, progress: Progress) -> None:
    process = await asyncio.create_subprocess_exec(
        *words, cwd=PROJECT, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    async with asyncio.TaskGroup() as group:
        reading = group.create_task(_last(process.stderr))
        for cell in cells:
            verdict = await _next_verdict(process.stdout, cell)
            if verdict is None:
                break
            verdicts[verdict.cell] = verdict
            progress.say(line_of(verdict, len(verdicts), most))
        await _end(process)
    for cell in cells:
        if cell.name not in verdicts:
            verdicts[cell.name] = Verdict(cell=cell.name, seconds=-1.0, troubles=(f"the lane ended: {reading.result()}",))
            progress.say(line_of(verdicts[cell.name], len(verdicts), most))


def lane_words(cells: Sequence[Expected], place: Path) -> list[str]:
    """How the lane for these cells is started; `place`: an empty folder."""
    lane, names = [sys.executable, "-m", "bench.matrix_lane"], [cell.name for cell in cells]
    if any(cell.row.needs for cell in cells):
        return words_on_a_small_disk(place, DISK_MIB, [*lane, "--disk", str(place), *names])
    return [*lane, *names]


async def _next_verdict(lines: asyncio.StreamReader, cell: Expected) -> Verdict | None:
    """None = the lane ended, or is stuck for good."""
    try:
        async with asyncio.timeout(CELL_PATIENCE_S + cell.row.held_s):
            while line := await lines.readline():
                if line.startswith(b"{"):
                    told = json.loads(line)
                    return Verdict(**{**told, "troubles": tuple(told["troubles"])})
    except TimeoutError:
        pass
    return None


async def _last(stream: asyncio.StreamReader) -> str:
    """The last words of a stream, read to its end."""
    kept = b""
    while chunk := await stream.read(65536):
        kept = (kept + chunk)[-1500:]
    return kept.decode(errors="replace").strip().replace("\n", " | ")


async def _end(process: asyncio.subprocess.Process) -> None:
    """The lane has said all or is stuck: a minute for its farewell, then the whole session goes."""
    try:
        async with asyncio.timeout(60):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def line_of(verdict: Verdict, number: int, most: int) -> str:
    """One cell for whoever watches."""
    mark = "✓" if verdict.ok else "✗"
    why = "" if verdict.ok else f"\n      {'; '.join(verdict.troubles)}\n      他听到 he heard: {verdict.story or 'nothing'}"
    return f"  {number}/{most} {mark} {verdict.cell} {verdict.seconds:.1f} s（{verdict.took_s:.0f} s）{why}"


def report_of(cells: Sequence[Expected], verdicts: dict[str, Verdict], took_s: float) -> Report:
    """One bar per cell: how many of its promises are broken. The slowest green cells of each kind are figures."""
    found = [verdicts[cell.name] for cell in cells]
    kinds = (("agent", "接通人工，最慢"), ("centre", "接通 110，最慢"), ("again", "重新接听，最慢"))
    slowest = {kind: max((verdicts[cell.name].seconds for cell in cells if cell.reaches == kind), default=0.0) for kind, _ in kinds}
    figures = (
        Figure(name="cells", value=len(cells), zh="格"),
        Figure(name="green", value=sum(verdict.ok for verdict in found), zh="达标"),
        *(Figure(name=f"slowest_{kind}", value=slowest[kind], unit="s", zh=zh) for kind, zh in kinds),
        Figure(name="took", value=took_s / 60, unit="min", zh="全程"),
        *(Figure(name=f"why_{verdict.cell}", value="; ".join(verdict.troubles)[:300]) for verdict in found if not verdict.ok),
    )
    bars = tuple(Bar(what=verdict.cell, value=len(verdict.troubles), op="==", bound=0) for verdict in found)
    return Report(name="kill-matrix", figures=figures, bars=bars, commit=measured_commit())
