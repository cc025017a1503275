"""No journal stays open, whoever was dead when a call of ours (呼出) ended, and its record says how it really ended. Real telephones."""

from collections.abc import Iterator
from dataclasses import dataclass
from signal import SIGKILL
from typing import Any

import pytest

from app.calling_settings import OutCalls
from app.ledger_reading import reading
from app.settings import Waiting
from runtime.binaries import AsteriskHome
from tests.live.carrier import Call, Carrier
from tests.live.cell import Cell
from tests.live.stage import PROCESSES
from tests.live.switch import until
from tests.live.test_out_calls import DONE, dials, hears
from tests.live.tones import CENTRE_HZ

UNIT = "06630000188"
RECORD_WITHIN_S = 60.0
"""Eight seconds of grace after a call's end, then the worker's rounds; the machine may be busy."""


@pytest.fixture(scope="module")
def module_cell(asterisk_home: AsteriskHome, carrier: Carrier) -> Iterator[Cell]:
    waiting = Waiting(ring_seconds=5, visit_every_seconds=5, rest_after_miss_seconds=1)
    calling = OutCalls(trunks=("telecom",), kept_for_incoming=0, ring_seconds=5)
    with Cell(asterisk_home, trunks=carrier.trunks(), passwords=carrier.passwords(), waiting=waiting, out_calls=calling) as cell:
        cell.start()
        carrier.start(cell_port=cell.settings.sip.port, phones=cell.phones())
        cell.serve(*PROCESSES)
        yield cell


@dataclass(frozen=True, kw_only=True)
class Talk:
    """`mine`: the agent's side of it; `unit`: the channel of whom he called."""

    mine: Call
    unit: str


@pytest.fixture
def talk(cell: Cell, carrier: Carrier) -> Iterator[Talk]:
    """An agent has called a unit, which has answered; routing has written so much of it."""
    for name in PROCESSES:
        if not cell.pid_of(name):
            cell.serve(name)
    carrier.centre(UNIT, "answers")
    call = dials(carrier, f"8{UNIT}")
    unit = carrier.centre_called(UNIT, within_s=15)["Channel"]
    hears(call.heard, CENTRE_HZ)
    until(lambda: "out_call_answered" in written(cell), within_s=20, what="routing writes that it was answered")
    yield Talk(mine=call, unit=unit)
    carrier.ami.action("Hangup", Channel="/^PJSIP/", Cause="16")
    until(lambda: not cell.asterisk.channels(), within_s=15, what="an empty line")


def written(cell: Cell) -> str:
    """All that stands in open journals."""
    return "".join(path.read_text(encoding="utf-8") for path in (cell.var / "journal" / "open").glob("*.jsonl"))


def hung_up_by_the_unit(cell: Cell, carrier: Carrier, talk: Talk) -> str:
    """The unit hangs up, and so it is over for both; the call's id."""
    carrier.ami.action("Hangup", Channel=talk.unit, Cause="16")
    gone = cell.ami.wait_for("UserEvent", UserEvent="CitizenGone", within_s=15)
    talk.mine.ended()
    return gone["Call"]


def told(cell: Cell, call: str, completeness: str) -> dict[str, Any]:
    """Its record, once it says so; and no journal is open."""

    def said() -> dict[str, Any] | None:
        with reading(cell.places) as ledger:
            record = ledger.record_of(call)
        done = record and record["completeness"] == completeness and record["placed"]["outcome"] and record["recording"]["state"] in DONE
        return record if done else None

    record = until(said, within_s=RECORD_WITHIN_S, what=f"the record of {call} is {completeness}")
    assert record is not None
    assert written(cell) == ""
    return record


def how(record: dict[str, Any]) -> tuple[str, str, int]:
    """How it ended."""
    return record["placed"]["outcome"], record["hung_up_by"], record["cause"]


def test_a_call_of_ours_that_ends_while_nobody_routes_is_closed_by_the_worker(cell: Cell, carrier: Carrier, talk: Talk) -> None:
    cell.end("routing", SIGKILL)
    call = hung_up_by_the_unit(cell, carrier, talk)
    record = told(cell, call, "reconciled")
    assert how(record) == ("talked", "citizen", 16)
    assert record["recording"]["state"] == "complete"
    assert {"routing", "cel"} == set(record["sources"])


def test_one_that_ends_while_neither_worker_nor_routing_lives_is_closed_when_they_are_back(
    cell: Cell, carrier: Carrier, talk: Talk
) -> None:
    for name in ("routing", "worker"):
        cell.end(name, SIGKILL)
    call = hung_up_by_the_unit(cell, carrier, talk)
    cell.serve("routing", "worker")
    until(lambda: how(told(cell, call, "reconciled")) == ("talked", "citizen", 16), within_s=RECORD_WITHIN_S, what="its true end")


def test_one_that_outlives_its_router_is_ended_by_the_next(cell: Cell, carrier: Carrier, talk: Talk) -> None:
    cell.end("routing", SIGKILL)
    cell.serve("routing")
    before = talk.mine.heard.stat().st_size
    until(lambda: talk.mine.heard.stat().st_size > before + 16000 * 4, within_s=20, what="the next one surveys twice while they talk")
    assert "call_ended" not in written(cell), "they talk on"
    call = hung_up_by_the_unit(cell, carrier, talk)
    assert how(told(cell, call, "complete")) == ("talked", "citizen", 16)
