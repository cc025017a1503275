"""Processes of ours die or freeze under a citizen at each moment of his call: he comes back to where he was, or to a human without us."""

import itertools
import signal
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from app.ledger_reading import reading
from app.settings import Waiting
from runtime.binaries import AsteriskHome
from tests.live.ami import Message
from tests.live.carrier import Call, Carrier
from tests.live.cell import Cell
from tests.live.menus import Caller
from tests.live.night import let_it_be_night
from tests.live.switch import until
from tests.live.test_lifeline import ALLOWED, EMERGENCY, POLICE, hears, registered, told, turn
from tests.live.tones import AGENT_HZ, CENTRE_HZ, CITIZEN_HZ, MUSIC_HZ, heard_in, lay_tones, pitch_of

LONG_S = 2.0
"""Prompts so long that a process dies in the middle of them for sure."""
BACK_S = 20.0
NUMBERS = itertools.count(1)
OURS = ("agi", "routing")
PATIENT = "20"
"""Seconds of holding for those whose application comes back: how long this machine takes to start it must not decide a test."""
DIED_WHILE_HE_WAS_ASKED = r"channel.c: The FD we were waiting for has something waiting"


@pytest.fixture(scope="module")
def module_cell(asterisk_home: AsteriskHome, carrier: Carrier, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    """A line with a menu, agi and routing, and two agents' telephones that answer at once."""
    prompts = lay_tones(tmp_path_factory.mktemp("long"), LONG_S)
    waiting = Waiting(ring_seconds=5, visit_every_seconds=5, rest_after_miss_seconds=0)
    trunks, passwords = carrier.trunks(), carrier.passwords()
    with Cell(asterisk_home, trunks=trunks, passwords=passwords, waiting=waiting, emergency=EMERGENCY, prompts=prompts) as cell:
        cell.start()
        let_it_be_night(cell)
        carrier.start(cell_port=cell.settings.sip.port, phones=cell.phones())
        yield cell


@pytest.fixture
def cell(module_cell: Cell, carrier: Carrier) -> Iterator[Cell]:
    """All of ours alive and both agents there before each test; nobody on the line after it."""
    module_cell.reaches(*(way.name for way in carrier.ways))
    carrier.ami.mark()
    module_cell.ami.mark()
    for name in OURS:
        lives(module_cell, name)
    registered(module_cell, carrier, "1001", "1002")
    yield module_cell
    carrier.ami.action("Hangup", Channel="/^PJSIP/", Cause="16")
    turn(module_cell, "HL_HOLD_SECONDS", "5")
    module_cell.settle(allowed=(*ALLOWED, DIED_WHILE_HE_WAS_ASKED))
    carrier.asterisk.settle()


def lives(cell: Cell, name: str) -> None:
    """What the supervisor does: it runs, again if need be."""
    if name not in cell._processes:
        cell.places.alive_file(name).unlink(missing_ok=True)
        cell.serve(name)
    cell.send(name, signal.SIGCONT)


def dies(cell: Cell, name: str) -> None:
    """A crash."""
    cell.end(name, signal.SIGKILL)


class Citizen:
    """A citizen with a number that nobody had before: his call, and what its journal says."""

    def __init__(self, cell: Cell, carrier: Carrier) -> None:
        self.caller = Caller(cell, carrier, f"1990000{next(NUMBERS):04d}").dial()
        assert self.caller._call is not None
        self.call: Call = self.caller._call
        self._cell = cell

    def comes_to(self, words: str, times: int = 1) -> None:
        """Return once his journal says this so many times."""
        until(lambda: self.caller.track.count(words) >= times, within_s=BACK_S, what=f"{times}x {words!r}: {self.caller.track}")

    def hears(self, prompt: str, seconds: float = LONG_S / 4) -> None:
        """Return once he has heard that much of a prompt."""
        hears(self.call, pitch_of(prompt), seconds, within_s=BACK_S)

    def has_heard(self, prompt: str) -> float:
        """Seconds of it."""
        return heard_in(self.call.heard).get(pitch_of(prompt), 0)

    def is_held(self) -> None:
        """He hears music, as long as nobody of ours is there."""
        hears(self.call, MUSIC_HZ, 0.5, within_s=BACK_S)


def agent_answers(cell: Cell) -> Message:
    """An agent's telephone has picked up for routing."""
    return told(cell, "AgentAnswered", within_s=BACK_S)


# ── agi dies and is back within the holding ──────────────────────────────────────────────────────


def test_who_was_in_a_menu_comes_back_to_it_and_its_keys_work(cell: Cell, carrier: Carrier) -> None:
    turn(cell, "HL_HOLD_SECONDS", PATIENT)
    citizen = Citizen(cell, carrier)
    citizen.comes_to("at line night")
    citizen.hears("night-menu")
    dies(cell, "agi")
    assert told(cell, "LifelineEntered")["Why"] == "died"
    citizen.is_held()
    lives(cell, "agi")
    citizen.comes_to("at line night", times=2)
    citizen.hears("night-menu", LONG_S)
    citizen.call.press("3")
    citizen.comes_to("message night")
    assert citizen.has_heard("greeting") <= LONG_S + 0.3
    citizen.call.hang_up()


def test_who_was_being_greeted_comes_to_the_menu_and_has_heard_that_he_is_recorded(cell: Cell, carrier: Carrier) -> None:
    turn(cell, "HL_HOLD_SECONDS", PATIENT)
    citizen = Citizen(cell, carrier)
    citizen.hears("greeting", 0.3)
    dies(cell, "agi")
    citizen.is_held()
    lives(cell, "agi")
    citizen.comes_to("at line night")
    citizen.hears("night-menu")
    assert citizen.has_heard("recording-notice") >= LONG_S * 0.8
    citizen.call.hang_up()


def test_who_was_asked_for_a_grade_is_asked_again_and_his_grade_counts(cell: Cell, carrier: Carrier) -> None:
    turn(cell, "HL_HOLD_SECONDS", PATIENT)
    citizen = Citizen(cell, carrier)
    leg = agent_answers(cell)["Channel"]
    hears(citizen.call, AGENT_HZ, 0.5)
    cell.ami.action("Hangup", Channel=leg, Cause="16")
    citizen.hears("survey-service")
    dies(cell, "agi")
    citizen.is_held()
    lives(cell, "agi")
    citizen.hears("survey-service", LONG_S * 1.2)
    citizen.call.press("1")
    citizen.comes_to("at rated 1")
    citizen.call.ended(within_s=15)
    assert citizen.has_heard("survey-thanks") >= LONG_S / 2


def test_who_waits_notices_nothing_and_keeps_his_place(cell: Cell, carrier: Carrier) -> None:
    registered(cell, carrier)
    citizen = Citizen(cell, carrier)
    since = told(cell, "CitizenWaits", within_s=BACK_S)["Since"]
    hears(citizen.call, MUSIC_HZ, 0.5)
    dies(cell, "agi")
    hears(citizen.call, MUSIC_HZ, 8.0)
    assert not cell.ami.seen("UserEvent", UserEvent="LifelineEntered")
    [channel] = [each["Channel"] for each in cell.ami.seen("UserEvent", UserEvent="CitizenWaits")]
    assert cell.asterisk.variable(channel, "HL_SINCE") == since
    registered(cell, carrier, "1001")
    agent_answers(cell)
    hears(citizen.call, AGENT_HZ, 0.5)
    citizen.call.hang_up()


def test_a_checkpoint_that_nobody_knows_any_more_leads_to_a_human(cell: Cell, carrier: Carrier) -> None:
    turn(cell, "HL_HOLD_SECONDS", PATIENT)
    citizen = Citizen(cell, carrier)
    citizen.hears("night-menu")
    dies(cell, "agi")
    channel = told(cell, "LifelineEntered")["Channel"]
    cell.ami.action("Setvar", Channel=channel, Variable="HL_CHECKPOINT", Value="a-menu-of-2019")
    lives(cell, "agi")
    agent_answers(cell)
    hears(citizen.call, AGENT_HZ, 0.5)
    assert citizen.caller.track.count("at line night") == 1
    citizen.call.hang_up()


# ── agi does not come back in time ───────────────────────────────────────────────────────────────


def test_without_agi_he_hears_the_emergency_key_instead_of_a_second_greeting_and_reaches_a_human(cell: Cell, carrier: Carrier) -> None:
    citizen = Citizen(cell, carrier)
    citizen.hears("night-menu")
    dies(cell, "agi")
    agent_answers(cell)
    hears(citizen.call, AGENT_HZ, 0.5)
    assert citizen.has_heard("lifeline-keys") >= LONG_S * 0.8
    assert citizen.has_heard("greeting") <= LONG_S + 0.3
    citizen.call.hang_up()


def test_whose_greeting_broke_off_hears_that_he_is_recorded_also_without_agi(cell: Cell, carrier: Carrier) -> None:
    citizen = Citizen(cell, carrier)
    citizen.hears("greeting", 0.3)
    dies(cell, "agi")
    agent_answers(cell)
    hears(citizen.call, AGENT_HZ, 0.5)
    assert citizen.has_heard("recording-notice") >= LONG_S * 0.8
    citizen.call.hang_up()


def test_without_agi_a_talk_ends_with_good_bye(cell: Cell, carrier: Carrier) -> None:
    citizen = Citizen(cell, carrier)
    leg = agent_answers(cell)["Channel"]
    hears(citizen.call, AGENT_HZ, 0.5)
    dies(cell, "agi")
    cell.ami.action("Hangup", Channel=leg, Cause="16")
    citizen.is_held()
    citizen.call.ended(within_s=15)
    assert citizen.has_heard("goodbye") >= LONG_S / 2


# ── agi freezes ──────────────────────────────────────────────────────────────────────────────────


def test_out_of_a_frozen_menu_he_is_fetched_by_the_watchdog_and_comes_back_to_it(cell: Cell, carrier: Carrier) -> None:
    turn(cell, "HL_HOLD_SECONDS", PATIENT)
    lives(cell, "watchdog")
    try:
        citizen = Citizen(cell, carrier)
        citizen.hears("night-menu")
        cell.send("agi", signal.SIGSTOP)
        assert told(cell, "LifelineEntered", within_s=6)["Why"] == "frozen"
        citizen.is_held()
        cell.send("agi", signal.SIGCONT)
        citizen.comes_to("at line night", times=2)
        citizen.hears("night-menu", LONG_S)
        citizen.call.hang_up()
    finally:
        cell.end("watchdog")


def test_out_of_a_frozen_menu_without_a_watchdog_the_dead_man_leads_him_on_and_his_key_works(cell: Cell, carrier: Carrier) -> None:
    registered(cell, carrier)
    citizen = Citizen(cell, carrier)
    citizen.hears("night-menu")
    cell.send("agi", signal.SIGSTOP)
    assert told(cell, "LifelineEntered", within_s=25)["Why"] == "frozen"
    citizen.hears("lifeline-keys", 0.3)
    citizen.call.press("*")
    told(cell, "EmergencyAsked")
    citizen.call.press("1")
    carrier.centre_called(POLICE)
    hears(citizen.call, CENTRE_HZ, 0.5)
    citizen.call.hang_up()


# ── routing dies ─────────────────────────────────────────────────────────────────────────────────


def test_an_agent_whom_the_queue_has_called_is_offered_nobody_by_the_routing_that_comes_back(cell: Cell, carrier: Carrier) -> None:
    registered(cell, carrier, "1001")
    dies(cell, "routing")
    turn(cell, "HL_ROUTER_UNTIL", "0")
    first = Citizen(cell, carrier)
    assert told(cell, "LifelineAnswered", within_s=40)["Agent"] == "1001"
    lives(cell, "routing")
    second = Citizen(cell, carrier)
    told(cell, "CitizenWaits", Caller=second.caller._number, within_s=BACK_S)
    hears(second.call, MUSIC_HZ, 4.0)
    assert not cell.ami.seen("UserEvent", UserEvent="AgentAnswered")
    assert not cell.ami.seen("UserEvent", UserEvent="LifelineEntered", Caller=second.caller._number)
    first.call.hang_up()
    assert agent_answers(cell)["Call"] != told(cell, "LifelineAnswered")["Call"]
    hears(second.call, AGENT_HZ, 0.5)
    second.call.hang_up()


def test_while_routing_is_dead_agi_asks_for_the_grade_after_a_talk_of_the_lifeline(cell: Cell, carrier: Carrier) -> None:
    dies(cell, "routing")
    turn(cell, "HL_ROUTER_UNTIL", "0")
    citizen = Citizen(cell, carrier)
    leg = told(cell, "LifelineAnswered", within_s=40)["Channel"]
    hears(citizen.call, AGENT_HZ, 0.5)
    cell.ami.action("Hangup", Channel=leg, Cause="16")
    citizen.hears("survey-service")
    citizen.call.press("1")
    citizen.comes_to("at rated 1")
    citizen.call.ended(within_s=15)


def test_a_message_left_while_nothing_of_ours_runs_is_a_case_once_we_are_back(cell: Cell, carrier: Carrier) -> None:
    registered(cell, carrier)
    dies(cell, "agi")
    dies(cell, "routing")
    turn(cell, "HL_ROUTER_UNTIL", "0")
    call = carrier.call("12345", caller="19900009901").answered()
    number = told(cell, "LifelineOver", within_s=40)["Call"]
    file = cell.var / "spool" / "recording" / f"{number}-message.wav"
    until(file.exists, within_s=10, what="the message begins")
    call.say()
    until(lambda: heard_in(file).get(CITIZEN_HZ, 0) > 2, within_s=10, what="his words are in the file")
    call.hang_up()
    told(cell, "CitizenGone")
    lives(cell, "routing")
    lives(cell, "worker")
    try:
        until(lambda: (record_of(cell, number).get("message") or {}).get("state") == "complete", within_s=30, what="his message is a case")
        record = record_of(cell, number)
        assert (record["caller"], record["called"], record["trunk"]) == ("19900009901", "12345", "telecom")
        assert heard_in(cell.var / record["message"]["file"]).get(CITIZEN_HZ, 0) > 2
        until(lambda: channel_of_draft(cell, number) == ("留言", "19900009901"), within_s=15, what="the draft says that it is a message")
    finally:
        cell.end("worker")


def record_of(cell: Cell, call: str) -> dict[str, Any]:
    """What the ledger says of this call so far; nothing while the worker, which has just begun, is still making it."""
    with suppress(OperationalError), reading(cell.places) as ledger:
        return ledger.record_of(call) or {}
    return {}


def channel_of_draft(cell: Cell, call: str) -> tuple[str, str]:
    """How the ticket draft says that he came to us, and his number. The draft follows the record, a moment later."""
    with reading(cell.places) as ledger:
        draft = ledger.draft_of(call) or {"channel": "", "contact_phone": ""}
    return draft["channel"], draft["contact_phone"]
