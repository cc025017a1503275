"""Each call has exactly one record, whoever died: our processes, all of them, or Asterisk itself. With the real ones, killed."""

from collections.abc import Iterator
from contextlib import contextmanager
from signal import SIGKILL
from typing import Any

import pytest

from app.ledger_reading import reading
from app.settings import Waiting
from runtime.binaries import AsteriskHome
from storage.alarm_files import alarms_in
from tests.live.ami import Message
from tests.live.carrier import Call, Carrier
from tests.live.cell import AGENTS, Cell
from tests.live.switch import until
from tests.live.tones import AGENT_HZ, CITIZEN_HZ, PROMPT_S, heard_in, side_of, sounding

CALLER = "19900000001"
WAITING = Waiting(ring_seconds=5, visit_every_seconds=5, lifeline_seconds=10)
RECORD_WITHIN_S = 40.0
"""Eight seconds of grace after a call's end, then the worker's rounds; the machine may be busy."""


@contextmanager
def _line(home: AsteriskHome) -> Iterator[tuple[Cell, Carrier]]:
    with Carrier(home) as carrier, Cell(home, trunks=carrier.trunks(), passwords=carrier.passwords(), waiting=WAITING) as cell:
        cell.start()
        carrier.start(cell_port=cell.settings.sip.port, phones=cell.phones())
        yield cell, carrier


@pytest.fixture
def line(asterisk_home: AsteriskHome) -> Iterator[tuple[Cell, Carrier]]:
    """A cell and its carrier for one test, which may kill either."""
    with _line(asterisk_home) as both:
        yield both


def registered(cell: Cell, carrier: Carrier) -> None:
    """The agents' telephones are at their places."""
    for agent in AGENTS:
        carrier.asterisk.cli(f"pjsip send register phone-{agent}")
    until(lambda: all("Avail" in cell.cli(f"pjsip show aor {agent}") for agent in AGENTS), within_s=15, what="phones are registered")


def told(cell: Cell, event: str, *, within_s: float = 20.0, **headers: str) -> Message:
    """What the dialplan tells."""
    return cell.ami.wait_for("UserEvent", UserEvent=event, within_s=within_s, **headers)


def records(cell: Cell) -> list[dict[str, Any]]:
    """Every call in the ledger, newest first."""
    try:
        with reading(cell.places) as ledger:
            return ledger.latest(100)
    except Exception as error:  # noqa: BLE001 - the worker may be about to make it
        return [] if "no such table" in str(error) or "unable to open" in str(error) else pytest.fail(str(error))


def the_record(cell: Cell, completeness: str) -> dict[str, Any]:
    """The one record, once its audio is done with."""

    def done() -> dict[str, Any] | None:
        found = [each for each in records(cell) if each["completeness"] == completeness and each["recording"]["state"] != "pending"]
        return found[0] if found else None

    record = until(done, within_s=RECORD_WITHIN_S, what=f"a record that is {completeness}: {records(cell)} {cell.log_of('worker')}")
    assert record is not None
    assert len(records(cell)) == 1
    with reading(cell.places) as ledger:
        assert ledger.draft_of(record["call"]) is not None
    until(lambda: not list((cell.var / "journal" / "open").iterdir()), what="no journal is open")
    return record


def alarms(cell: Cell) -> list[str]:
    """Troubles that stand."""
    return [alarm.name for alarm in alarms_in(cell.var)]


def speaks(call: Call, seconds: float = 3.0) -> None:
    """The citizen says so much into his telephone, and hears the agent all the while."""
    call.say()
    until(lambda: heard_in(call.heard).get(AGENT_HZ, 0) >= seconds, within_s=20, what="the agent is heard")


def switch_again(cell: Cell) -> None:
    """Asterisk dies as a process dies, and is started anew."""
    cell.ami.close()
    cell._ami = None
    cell.asterisk.kill()
    cell.asterisk.start()


# ── nobody of ours was there ─────────────────────────────────────────────────────────────────────


def test_a_whole_call_by_the_lifeline_leaves_one_record_although_only_the_switch_knew_of_it(line: tuple[Cell, Carrier]) -> None:
    cell, carrier = line
    registered(cell, carrier)
    (cell.var / "asterisk" / "agi-bin").rename(cell.var / "asterisk" / "no-agi-bin")  # the note-taker is gone as well
    cell.serve("worker")
    call = carrier.call("12345", caller=CALLER).answered()
    answered = told(cell, "LifelineAnswered", within_s=40)
    speaks(call)
    cell.ami.action("Hangup", Channel=answered["Channel"])
    call.ended()
    gone = told(cell, "CitizenGone")
    record = the_record(cell, "reconciled")
    assert (record["call"], record["caller"], record["called"], record["trunk"]) == (gone["Call"], CALLER, "12345", "telecom")
    assert (record["sources"], record["hung_up_by"], record["cause"], record["abandon_stage"]) == (["cel"], "us", 16, "")
    assert [(each["agent"], each["over"]) for each in record["lifeline"] if each["agent"]] == [(answered["Agent"], "talked")]
    assert [each["why"] for each in record["lifeline"]][:2] == ["refused", "no_router"]
    assert (record["recording"]["state"], record["recording"]["gaps"]) == ("complete", [])
    citizen, heard = (sounding(side_of(cell.var / record["recording"]["file"], side)) for side in (0, 1))
    assert (citizen[CITIZEN_HZ] > 2, heard[AGENT_HZ] > 2) == (True, True)
    assert alarms(cell) == ["calls-rebuilt"]


def test_a_journal_that_its_dead_processes_left_open_is_closed_with_what_the_switch_saw(line: tuple[Cell, Carrier]) -> None:
    cell, carrier = line
    cell.serve("redis", "agi", "routing", "worker")
    call = carrier.call("12345", caller=CALLER).answered()
    told(cell, "CitizenWaits")
    until(lambda: list((cell.var / "journal" / "open").iterdir()), what="his journal is open")
    for name in ("agi", "routing"):
        cell.end(name, SIGKILL)
    call.hang_up()
    gone = told(cell, "CitizenGone")
    record = the_record(cell, "reconciled")
    assert (record["call"], record["hung_up_by"], record["recording"]["state"]) == (gone["Call"], "citizen", "complete")
    assert record["wait_began"] is not None
    assert {"agi", "cel"} <= set(record["sources"])


# ── the switch itself died ───────────────────────────────────────────────────────────────────────


def test_when_asterisk_is_killed_in_a_talk_he_is_owed_a_call_and_first_in_line_until_he_gets_through(line: tuple[Cell, Carrier]) -> None:
    cell, carrier = line
    cell.serve("redis", "agi", "routing", "worker")
    registered(cell, carrier)
    call = carrier.call("12345", caller=CALLER).answered()
    speaks(call, 5.0)
    switch_again(cell)
    record = the_record(cell, "cut_off")
    assert (record["hung_up_by"], record["abandon_stage"], len(record["joined"])) == ("us", "", 1)
    assert (record["recording"]["state"], record["recording"]["repaired"]) == ("complete", True)
    assert sounding(side_of(cell.var / record["recording"]["file"], 1))[AGENT_HZ] > 2
    assert (record["callback"]["state"], record["callback"]["reason"], record["callback"]["priority"]) == ("open", "cut_off", 60)
    assert abs(record["recording"]["seconds"] - record["recording"]["expected_seconds"]) <= 2.1
    first = cell.var / "first-in-line.txt"
    until(lambda: first.exists() and first.read_text() == f"{CALLER}\n", what="he is first in line")
    registered(cell, carrier)
    again = carrier.call("12345", caller=CALLER).answered()
    assert int(told(cell, "CitizenWaits")["Rank"]) == 60
    until(lambda: heard_in(again.heard).get(AGENT_HZ, 0) > 1, within_s=20, what="an agent is heard")
    again.hang_up()
    until(lambda: first.read_text() == "", within_s=RECORD_WITHIN_S, what="nobody is owed anything")
    settled = next(each for each in records(cell) if each["call"] == record["call"])
    assert (settled["callback"]["state"], settled["callback"]["closed_by"]) == ("closed", records(cell)[0]["call"])


def test_when_everything_but_the_worker_dies_with_asterisk_the_call_still_has_one_record(line: tuple[Cell, Carrier]) -> None:
    cell, carrier = line
    cell.serve("redis", "agi", "routing", "worker")
    call = carrier.call("12345", caller=CALLER).answered()
    told(cell, "CitizenWaits")
    until(lambda: len(heard_in(call.heard)) > 1, what="he hears music after the greeting")
    for name in ("agi", "routing"):
        cell.end(name, SIGKILL)
    switch_again(cell)
    record = the_record(cell, "cut_off")
    assert (record["caller"], record["callback"]["state"], record["recording"]["state"]) == (CALLER, "open", "complete")


def test_a_call_that_only_the_dead_switch_knew_is_cut_off_too(line: tuple[Cell, Carrier]) -> None:
    cell, carrier = line
    (cell.var / "asterisk" / "agi-bin").rename(cell.var / "asterisk" / "no-agi-bin")
    call = carrier.call("12345", caller=CALLER).answered()
    told(cell, "CitizenWaits")
    until(lambda: sum(heard_in(call.heard).values()) > 4 * PROMPT_S, what="he has heard something")
    switch_again(cell)
    cell.serve("worker")
    record = the_record(cell, "cut_off")
    assert (record["sources"], record["caller"], record["callback"]["state"]) == (["cel"], CALLER, "open")


# ── the switch's own log is lost ─────────────────────────────────────────────────────────────────


def test_a_removed_event_log_is_an_alarm_and_costs_no_call(line: tuple[Cell, Carrier]) -> None:
    cell, carrier = line
    cell.serve("redis", "agi", "routing", "worker")
    call = carrier.call("12345", caller=CALLER).answered()
    told(cell, "CitizenWaits")
    log = cell.var / "asterisk" / "log" / "cel-custom" / "calls.csv"
    until((cell.var / "journal" / "cel-read.json").exists, what="the worker reads the log")
    log.unlink()
    until(lambda: alarms(cell) == ["cel-gap"], within_s=15, what=f"the alarm: {alarms(cell)}")
    call.hang_up()
    told(cell, "CitizenGone")
    assert the_record(cell, "complete")["recording"]["state"] == "complete"
    until(log.exists, what="the switch writes on")
