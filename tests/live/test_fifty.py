"""Fifty citizens at once (SIPp), two agents: everybody is answered, recorded and written down, each exactly once."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from app.ledger_reading import reading
from app.places import PROJECT
from app.settings import Trunk, Waiting
from bench.sipp import Citizens, Outcome, holding_scenario
from phones.softphone import Softphone
from runtime.binaries import AsteriskHome, find_sipp
from tests.live.cell import Cell
from tests.live.patience import patience
from tests.live.stage import DONE, PROCESSES, Stage
from tests.live.switch import until

pytest.importorskip("pjsua2")

CROWD = 50
ADDRESS = "127.0.0.31"
HOLD_S = 12


def test_fifty_citizens_at_once_are_answered_recorded_and_written_down_once(asterisk_home: AsteriskHome, tmp_path: Path) -> None:
    sipp = find_sipp(PROJECT / "var")
    if sipp is None:
        pytest.skip("no SIPp on this machine: run `python3 -m runtime ensure --test`")
    with Cell(
        asterisk_home, trunks=(Trunk(name="crowd", host=ADDRESS, max_calls=CROWD),), waiting=Waiting(ring_seconds=5, visit_every_seconds=5)
    ) as cell:
        cell.start().serve(*PROCESSES)
        citizens = Citizens(sipp.argv, switch_port=cell.settings.sip.port, folder=tmp_path, address=ADDRESS, echo=True)
        outcome, most, talks = asyncio.run(_crowd(Stage(cell, tmp_path), citizens))
        records = asyncio.run(_records(cell))
        # A call's sockets live as long as its last SIP transaction may still be repeated: 64 times T1 (RFC 3261, timer J).
        until(lambda: cell.asterisk.descriptors() < CROWD, within_s=15, what="the calls' sockets are closed")
        cell.settle()
    assert (outcome.good, outcome.failed) == (CROWD, 0)
    assert most >= CROWD
    _check(records, talks)


def _check(records: list[dict[str, Any]], talks: int) -> None:
    assert Counter(record["call"] for record in records).most_common(1)[0][1] == 1
    assert len({record["caller"] for record in records}) == CROWD
    assert {record["completeness"] for record in records} == {"complete"}
    assert {record["hung_up_by"] for record in records} == {"citizen"}
    assert {record["recording"]["state"] for record in records} == {"complete"}
    assert all(record["recording"]["seconds"] > HOLD_S - 2 * patience() for record in records)
    joined = [each["agent"] for record in records for each in record["joined"]]
    # An agent may pick up in the moment in which his citizen hangs up: that is a talk for his telephone, and an offer that ended for us.
    missed = [each for record in records for each in record["rings"] if each["outcome"] in ("citizen_gone", "failed")]
    assert 2 <= len(joined) <= talks <= len(joined) + len(missed)


async def _crowd(stage: Stage, citizens: Citizens) -> tuple[Outcome, int, int]:
    """The run's outcome, the most citizens on the line at one moment, and how many talks the two agents had."""
    async with stage.agent("1001", "answer") as first, stage.agent("1002", "answer") as second, asyncio.TaskGroup() as group:
        calling = group.create_task(citizens.call("12345", holding_scenario(HOLD_S * 1000), rate=10, calls=CROWD))
        counting = group.create_task(_most_at_once(stage.cell, calling))
        outcome, most = await calling, await counting
        for phone in (first, second):
            await phone.until_idle()
        return outcome, most, sum(_talks(phone) for phone in (first, second))


async def _most_at_once(cell: Cell, calling: asyncio.Task[Outcome]) -> int:
    most = 0
    while not calling.done():
        channels = await asyncio.to_thread(cell.asterisk.channels)
        most = max(most, sum(1 for channel in channels if channel[0].startswith("PJSIP/crowd")))
        await asyncio.sleep(0.5)
    return most


def _talks(phone: Softphone) -> int:
    return sum(1 for event in phone.events if event.kind == "answered")


async def _records(cell: Cell) -> list[dict[str, Any]]:
    """All records, once the worker is done with as many as there were calls."""
    found: list[dict[str, Any]] = []
    for _ in range(900):
        with reading(cell.places) as ledger:
            found = ledger.latest(10 * CROWD)
        if len(found) >= CROWD and all(record["ended"] and record["recording"]["state"] in DONE for record in found):
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"{len(found)} records, of them finished: {Counter(record['recording']['state'] for record in found)}")
