"""One lane of the kill matrix: `python -m bench.matrix_lane [--disk FOLDER] CELL…`, one JSON line per verdict on standard output.

A process of its own, so that lanes run side by side. FOLDER: a small disk of its own, parts of which it may mount.
A house serves cell after cell; one that does not get well by itself fails its cell and is pulled down.
"""

import argparse
import asyncio
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.matrix_faults import LOCK_S, STRIKES, Heal, nothing
from bench.matrix_house import Town
from bench.matrix_scenes import REACH, TALK_S, NotReached, Scene, go_on
from bench.matrix_table import Expected, cell_named
from bench.matrix_verdict import RECORD_WITHIN_S, Verdict, connected_s, judge_record, judge_voices, records_of, until_well
from phones.faults import PhoneFault

log = logging.getLogger(__name__)


def main(words: Sequence[str] | None = None) -> int:
    """Run the cells; the exit status tells only whether they could be run."""
    options = argparse.ArgumentParser()
    options.add_argument("--disk", type=Path)
    options.add_argument("cells", nargs="+")
    asked = options.parse_args(words)
    cells = [cell_named(name) for name in asked.cells]
    with tempfile.TemporaryDirectory(prefix="hl-matrix-") as folder:
        asyncio.run(_run(cells, Path(folder), disk=asked.disk))
    return 0


async def _run(cells: Sequence[Expected], folder: Path, *, disk: Path | None) -> None:
    town = Town(folder)
    async with town.open():
        left = list(cells)
        while left:
            with ExitStack() as stack:
                stack.enter_context(town.built(disk=disk))
                healed = True
                while left and healed:
                    verdict = await run_cell(town, left.pop(0))
                    tell(verdict)
                    healed = verdict.healed


def tell(verdict: Verdict) -> None:
    """One line, at once."""
    sys.stdout.write(json.dumps(verdict.as_plain(), ensure_ascii=False) + "\n")
    sys.stdout.flush()


async def run_cell(town: Town, cell: Expected) -> Verdict:
    """To the moment, the fault, on to a human, and what is left of it in the end."""
    began = time.monotonic()
    heal: Heal = nothing
    seconds, story = -1.0, ""
    troubles: list[str] = []
    try:
        async with Scene(town, cell) as scene:
            try:
                await REACH[cell.moment.name](scene)
                scene.has_struck()
                heal = await STRIKES[cell.row.name](town)
                seconds = await go_on(scene)
                if cell.reaches != "again":
                    await asyncio.sleep(TALK_S)
                    await scene.citizen.phone.hang_up()
            finally:
                story = scene.story()
                await heal()
            if seconds > cell.within_s:
                troubles.append(f"{seconds:.1f} s until {cell.reaches}, promised {cell.within_s:g} s")
            troubles += await _judge(scene)
    except (NotReached, PhoneFault, RuntimeError, TimeoutError, OSError, AssertionError) as error:
        troubles.append(f"{type(error).__name__}: {error}")
    unwell = await until_well(town.house)
    return Verdict(
        cell=cell.name, seconds=round(seconds, 2), troubles=tuple(troubles + unwell), story=story,
        took_s=round(time.monotonic() - began, 1), healed=not troubles and not unwell,
    )  # fmt: skip


async def _judge(scene: Scene) -> list[str]:
    cell, house = scene.cell, scene.town.house
    again = cell.reaches == "again"
    patience = RECORD_WITHIN_S + (LOCK_S if cell.row.held_s else 0)
    records, troubles = await records_of(house, scene.citizen.phone.account.user, 2 if again else 1, within_s=patience)
    if not records:
        return troubles
    person = scene.earlier if again and scene.earlier else scene.citizen
    troubles += judge_record(cell, records[0], connected_s(person), house.places.var)
    ears = person.ears()
    if cell.recording == "whole" and ears is not None:
        troubles += judge_voices(records[0], ears, house.places.var)
    return troubles


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    code = main()
    sys.stdout.flush()
    os._exit(code)
