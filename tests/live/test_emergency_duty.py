"""Emergencies with routing at work: a duty agent first in line, a centre whose trunk dies in the talk, and everything of ours dying."""

import os
import signal
from collections.abc import Iterator

import pytest

from app.settings import Emergency, EmergencyService, Trunk, Waiting
from runtime.binaries import AsteriskHome
from tests.live.agi_stubs import agi_server, finishes
from tests.live.carrier import Call, Carrier, Way
from tests.live.cell import Cell
from tests.live.switch import until
from tests.live.tones import AGENT_HZ, CENTRE_HZ, MUSIC_HZ, heard_in

POLICE, SPARE = "06630000110", "06630000111"
PLAN = Emergency(
    silence_seconds=1, services=(EmergencyService(id="110", targets=(f"police/{POLICE}", f"telecom/{SPARE}"), ring_seconds=5),)
)
FOUND_S = 20
"""The trunk is asked every 5 s and has 2 s to answer; then not one packet for 3 s."""


@pytest.fixture(scope="module")
def police(asterisk_home: AsteriskHome) -> Iterator[Carrier]:
    """The centre behind a carrier of its own, which can be frozen."""
    with Carrier(asterisk_home, ways=(Way(name="police", address="127.0.0.13"),)) as police:
        yield police


@pytest.fixture(scope="module")
def module_cell(asterisk_home: AsteriskHome, carrier: Carrier, police: Carrier) -> Iterator[Cell]:
    trunks: tuple[Trunk, ...] = (*carrier.trunks(), *police.trunks())
    waiting = Waiting(ring_seconds=5, visit_every_seconds=5, rest_after_miss_seconds=1)
    with Cell(asterisk_home, trunks=trunks, passwords=carrier.passwords(), emergency=PLAN, waiting=waiting) as cell:
        cell.start()
        phone = {name: password for name, password in cell.phones().items() if name == "1001"}
        carrier.start(cell_port=cell.settings.sip.port, phones=phone)
        police.start(cell_port=cell.settings.sip.port)
        for aor in ("1001", "police"):
            until(lambda aor=aor: "Avail" in cell.cli(f"pjsip show aor {aor}"), within_s=15, what=f"{aor} is there")  # type: ignore[misc]
        yield cell


@pytest.fixture
def cell_with_stub(cell: Cell, police: Carrier) -> Iterator[Cell]:
    """Nothing of ours runs but a stub that leads everybody to the wait; routing is believed to be there."""
    police.ami.mark()
    cell.cli("dialplan set global HL_ROUTER_UNTIL 9999999999")
    with agi_server(cell.settings.agi.port, finishes):
        yield cell


def waiting(cell: Cell, carrier: Carrier, caller: str = "19900000001") -> Call:
    cell.ami.mark()
    call = carrier.call("12345", caller=caller).answered()
    cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits")
    hears(call, MUSIC_HZ, 0.2)
    return call


def hears(call: Call, hz: int, seconds: float, *, within_s: float = 10) -> None:
    until(lambda: heard_in(call.heard).get(hz, 0) > seconds, within_s=within_s, what=f"{hz} Hz; heard {heard_in(call.heard)}")


def over(cell: Cell, *calls: Call) -> None:
    """All hang up, and everything is told."""
    cell.ami.mark()
    for call in calls:
        call.hang_up()
    until(lambda: len(cell.ami.seen("UserEvent", UserEvent="CitizenGone")) == len(calls), what="all are gone")


def test_who_was_in_an_emergency_is_served_before_who_waits_longer(cell_with_stub: Cell, carrier: Carrier) -> None:
    cell = cell_with_stub
    earlier, urgent = waiting(cell, carrier), waiting(cell, carrier, "19900000002")
    urgent.press("*")
    cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits", Rank="0100", within_s=15)
    cell.serve("routing")
    try:
        hears(urgent, AGENT_HZ, 0.5, within_s=15)
        assert AGENT_HZ not in heard_in(earlier.heard)
        over(cell, urgent)
        hears(earlier, AGENT_HZ, 0.5, within_s=15)
        over(cell, earlier)
    finally:
        cell.end("routing")


def test_a_centre_whose_trunk_dies_in_the_talk_gives_way_to_the_next_one(cell_with_stub: Cell, carrier: Carrier, police: Carrier) -> None:
    cell = cell_with_stub
    cell.serve("routing")
    carrier.ami.action("Hangup", Channel="/^PJSIP/1001/", Cause="16")
    try:
        call = carrier.call("12345").answered()
        hears(call, AGENT_HZ, 0.3, within_s=15)
        channel = cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits")["Channel"]
        cell.ami.action("Redirect", Channel=channel, Context="emergency-110", Exten="s", Priority="1")
        police.centre_called(POLICE)
        hears(call, CENTRE_HZ, 1)
        before = heard_in(call.heard).get(CENTRE_HZ, 0)
        os.kill(police.asterisk.pid, signal.SIGSTOP)
        lost = cell.ami.wait_for("UserEvent", UserEvent="EmergencyOver", within_s=FOUND_S)
        assert (lost["Answered"], lost["Cause"]) == ("1", "38")
        carrier.centre_called(SPARE)
        hears(call, CENTRE_HZ, before + 1)
        over(cell, call)
    finally:
        os.kill(police.asterisk.pid, signal.SIGCONT)
        cell.end("routing")
    until(lambda: not police.asterisk.channels(), within_s=15, what="the thawed centre has nobody any more")
    cell.settle(allowed=(r"Endpoint 'police'", r"to endpoint 'police'"))


def test_with_everything_of_ours_dead_the_keys_still_reach_110(cell: Cell, carrier: Carrier, police: Carrier) -> None:
    cell.cli("dialplan set global HL_ROUTER_UNTIL 0")
    police.ami.mark()
    call = carrier.call("12345").answered()
    hears(call, MUSIC_HZ, 0.2)
    call.press("*")
    cell.ami.wait_for("UserEvent", UserEvent="EmergencyAsked")
    call.press("1")
    police.centre_called(POLICE)
    hears(call, CENTRE_HZ, 0.5)
    over(cell, call)
    cell.settle(allowed=(r"res_agi.c",))
