"""The verdict on one cell: whom he reached and when, what the record and the recording say, what was left over."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from bench.matrix_house import WELL_WITHIN_S, House, Person
from bench.matrix_sounds import AGENT, CENTRES, CITIZEN, Ears
from bench.matrix_table import Expected

RECORD_WITHIN_S: Final = 45.0
SPARE_S: Final = 2.0
"""asterisk.md §5: expected length ± 2 s; and so much does the switch hold in memory when it is killed."""
DEAD_SPARE_S: Final = 3.0
DONE: Final = ("complete", "short", "missing", "none")
LOOK_S: Final = 0.2
STILL_S: Final = 12.0
"""An end that was only found is corrected from the switch's event log when the call is over for 8 s (storage/cel_sweep.py, SETTLE), by a
revision of its own: what counts is the record that stands unchanged for so long."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of one cell. `seconds`: as the table counts; `troubles`: why it failed, empty = it is kept. `story`: what he heard."""

    cell: str
    seconds: float
    troubles: tuple[str, ...]
    story: str = ""
    took_s: float = 0.0
    healed: bool = True

    @property
    def ok(self) -> bool:
        """The cell is green."""
        return not self.troubles

    def as_plain(self) -> dict[str, Any]:
        """For a line of JSON."""
        return asdict(self)


async def records_of(house: House, caller: str, count: int, *, within_s: float = RECORD_WITHIN_S) -> tuple[list[dict[str, Any]], list[str]]:
    """The finished records of this number, the oldest first, and what is wrong with their number."""
    deadline = time.monotonic() + within_s
    found: list[dict[str, Any]] = []
    seen, stands = "", Stands()
    while time.monotonic() < deadline:
        try:
            found = sorted(await asyncio.to_thread(house.records, caller), key=lambda record: str(record["arrived"] or record["ended"]))
        except Exception as error:  # noqa: BLE001 - the ledger may be away: that is what the cell is about
            found = []
            seen = str(error)
        else:
            seen = ", ".join(f"{each['call']} {each['completeness']} {each['recording']['state']}" for each in found) or "none"
            if len(found) > count or (len(found) == count and all(_is_finished(house, record) for record in found) and stands.still(found)):
                break
        await asyncio.sleep(LOOK_S)
    else:
        return found, [f"no {count} finished records within {within_s:g} s: {seen}"]
    return found, [f"{len(found)} records instead of {count}"] if len(found) != count else []


class Stands:
    """Whether records that reconciliation ended have stood as they are for long enough; what a process saw itself stands at once."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._since: dict[tuple[str, int], float] = {}

    def still(self, records: Sequence[dict[str, Any]]) -> bool:
        """To be asked again and again until it is so."""
        now = self._now()
        since = [self._since.setdefault((each["call"], each["revision"]), now) for each in records if _was_found(each)]
        return all(now - began >= STILL_S for began in since)


def _was_found(record: dict[str, Any]) -> bool:
    return bool(record["completeness"] == "reconciled")


def _is_finished(house: House, record: dict[str, Any]) -> bool:
    return bool(record["ended"]) and record["recording"]["state"] in DONE and house.draft(record["call"]) is not None


def judge_record(cell: Expected, record: dict[str, Any], talk_s: float, var: Path) -> list[str]:
    """What the record must say. `talk_s`: how long the citizen's telephone was connected."""
    troubles = []
    if record["completeness"] not in cell.completeness:
        troubles.append(f"completeness {record['completeness']}, not {' or '.join(cell.completeness)}")
    return troubles + judge_recording(cell, record, talk_s, var)


def judge_recording(cell: Expected, record: dict[str, Any], talk_s: float, var: Path) -> list[str]:
    """Whole to 2 s, by length and by content: his own voice all along on the left, what he heard on the right."""
    sound = record["recording"]
    if cell.recording == "gap":
        marked = sound["state"] == "complete" or (sound["state"] in ("short", "missing") and sound.get("gaps"))
        return [] if marked else [f"recording {sound['state']} of {sound['seconds']:.1f} s without a marked gap"]
    spare = DEAD_SPARE_S if cell.recording == "repaired" else SPARE_S
    troubles = []
    if cell.recording == "whole" and sound["state"] != "complete":
        troubles.append(f"recording {sound['state']}: {sound['seconds']:.1f} of {sound['expected_seconds']:.1f} s")
    if abs(sound["seconds"] - talk_s) > spare:
        troubles.append(f"recording of {sound['seconds']:.1f} s, he was connected for {talk_s:.1f} s")
    if sound["file"]:
        left = Ears(var / sound["file"], channels=2).listen()
        if left.total(CITIZEN) < talk_s - spare - 1.5:
            troubles.append(f"his voice is in {left.total(CITIZEN):.1f} s of the recording, he spoke for {talk_s:.1f} s")
    return troubles


def judge_voices(record: dict[str, Any], heard: Ears, var: Path, *, spare: float = SPARE_S) -> list[str]:
    """Whoever he talked with is as long in the recording's right side as in his ear."""
    if not record["recording"]["file"]:
        return []
    right = Ears(var / record["recording"]["file"], channel=1, channels=2).listen()
    return [
        f"{name} is in {right.total(name):.1f} s of the recording, he heard {heard.total(name):.1f} s"
        for name in (AGENT, *CENTRES)
        if abs(right.total(name) - heard.total(name)) > spare
    ]


async def until_well(house: House) -> list[str]:
    """Everything is as before the cell: nobody on the line, nothing to do, every process answers. Returns what is not."""
    troubles: list[str] = []
    for words, look in _looks(house):
        deadline = time.monotonic() + WELL_WITHIN_S
        seen = await look()
        while seen and time.monotonic() < deadline:
            await asyncio.sleep(LOOK_S)
            seen = await look()
        if seen:
            troubles.append(f"{words}: {seen}")
    return troubles


def _looks(house: House) -> Sequence[tuple[str, Callable[[], Any]]]:
    async def journals() -> str:
        return ", ".join(house.journals())

    async def line() -> str:
        return ", ".join(await house.on_the_line())

    return (("not well again", house.is_well), ("left on the line", line), ("left to be recorded", journals))


def connected_s(citizen: Person) -> float:
    """How long his telephone heard something: its recording runs from the answer to the hang-up."""
    ears = citizen.ears()
    return ears.seconds if ears else 0.0
