"""The watchdog with a real Asterisk and a real application that is stopped in the middle of what it says.

Prompts are long here and the dead-man is far away: whatever happens within `SOON_S` was the watchdog.
"""

import re
import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from socket import SocketIO

import pytest

from app.settings import Emergency, EmergencyService
from runtime.binaries import AsteriskHome
from tests.live.agi_stubs import agi_server, command
from tests.live.ami import Message
from tests.live.carrier import Call, Carrier
from tests.live.cell import Cell
from tests.live.switch import until
from tests.live.tones import CENTRE_HZ, CITIZEN_HZ, MUSIC_HZ, heard_in, lay_tones, pitch_of

POLICE, AMBULANCE = "06630000110", "06630000120"
PLAN = Emergency(
    services=(EmergencyService(id="110", targets=(f"telecom/{POLICE}",)), EmergencyService(id="120", targets=(f"telecom/{AMBULANCE}",)))
)
PROMPT_S = 5.0
STEP_S = 15
"""The dead-man of a prompt is its length and five seconds, of a first word 20 s."""
SOON_S = 8.0
PROCESSES = ("agi", "watchdog")
NO_SERVER = (r"res_agi.c: Connecting to '127.0.0.1:\d+' failed", r"Couldn't connect to any host.  FastAGI failed")

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("watchdog")]


@pytest.fixture(scope="module")
def module_cell(asterisk_home: AsteriskHome, carrier: Carrier, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    prompts = lay_tones(tmp_path_factory.mktemp("prompts"), PROMPT_S)
    made = Cell(asterisk_home, trunks=carrier.trunks(), passwords=carrier.passwords(), emergency=PLAN, step_seconds=STEP_S, prompts=prompts)
    with made as cell:
        cell.start()
        cell.cli("dialplan set global HL_ROUTER_UNTIL 9999999999")
        carrier.start(cell_port=cell.settings.sip.port)
        yield cell


@pytest.fixture
def guarded(cell: Cell) -> Iterator[Cell]:
    """Application and watchdog run; both are new for each test."""
    cell.serve(*PROCESSES)
    until(lambda: links(cell), what="the watchdog's link")
    yield cell
    for name in PROCESSES:
        if name in cell._processes:
            cell.end(name)
    cell.cli("dialplan set global HL_APP_DOWN_UNTIL 0")


def links(cell: Cell) -> list[str]:
    """The file descriptors of the watchdog's logins at Asterisk."""
    return re.findall(r"^\s*watchdog\s+\S+\s+\d+\s+\d+\s+(\d+)", cell.cli("manager show connected"), re.MULTILINE)


def hears(call: Call, prompt: str | int, *, within_s: float = SOON_S, seconds: float = 0.2) -> None:
    hz = pitch_of(prompt) if isinstance(prompt, str) else prompt
    until(lambda: heard_in(call.heard).get(hz, 0) > seconds, within_s=within_s, what=f"{prompt}; heard {heard_in(call.heard)}")


def greeted(carrier: Carrier, *, way: str = "telecom") -> Call:
    """A citizen in the middle of his greeting, which the application speaks."""
    call = carrier.call("12345", way=way).answered()
    hears(call, "greeting")
    return call


def told(cell: Cell, event: str, *, within_s: float = SOON_S, **words: str) -> Message:
    return cell.ami.wait_for("UserEvent", UserEvent=event, within_s=within_s, **words)


def is_down(cell: Cell) -> bool:
    """What the dialplan believes of the application now."""
    found = re.search(r"HL_APP_DOWN_UNTIL=(\d+)", cell.cli("dialplan show globals"))
    return found is not None and int(found[1]) >= time.time()


def took(what: str, since: float) -> None:
    print(f"{what}: {time.monotonic() - since:.2f} s")  # noqa: T201 - a measurement, shown by -s


# ── a frozen application ─────────────────────────────────────────────────────────────────────────


def test_a_citizen_in_a_frozen_application_is_fetched_and_goes_on_without_it(guarded: Cell, carrier: Carrier) -> None:
    call = greeted(carrier)
    guarded.send("agi", signal.SIGSTOP)
    since = time.monotonic()
    entered = told(guarded, "LifelineEntered")
    took("frozen -> holding", since)
    assert entered["Why"] == "frozen"
    hears(call, MUSIC_HZ)
    told(guarded, "CitizenWaits", within_s=40)
    call.hang_up()
    told(guarded, "CitizenGone")


@pytest.mark.parametrize("way", ["telecom", "unicom-info", "unicom-inband"])
def test_emergency_keys_pressed_into_a_frozen_application_reach_the_centre(guarded: Cell, carrier: Carrier, way: str) -> None:
    call = greeted(carrier, way=way)
    guarded.send("agi", signal.SIGSTOP)
    for key in "*1":  # in band one key cannot be pressed before the other is heard
        call.press(key)
        guarded.ami.wait_for("DTMFEnd", Digit=key)
    since = time.monotonic()
    carrier.centre_called(POLICE, within_s=SOON_S)
    took(f"*1 ({way}) into a frozen application -> INVITE", since)
    hears(call, CENTRE_HZ)
    call.hang_up()
    told(guarded, "CitizenGone")


def test_keys_pressed_just_before_the_freeze_was_noticed_count_as_well(guarded: Cell, carrier: Carrier) -> None:
    guarded.send("watchdog", signal.SIGSTOP)
    call = greeted(carrier)
    guarded.send("agi", signal.SIGSTOP)
    call.press("*2")
    guarded.send("watchdog", signal.SIGCONT)
    carrier.centre_called(AMBULANCE, within_s=SOON_S)
    hears(call, CENTRE_HZ)  # who hangs up while the centre answers is another test
    call.hang_up()
    told(guarded, "CitizenGone")


def test_the_emergency_key_alone_leads_to_the_question_and_the_second_key_to_the_service(guarded: Cell, carrier: Carrier) -> None:
    call = greeted(carrier)
    guarded.send("agi", signal.SIGSTOP)
    call.press("*")
    told(guarded, "EmergencyAsked")
    hears(call, "emergency-menu")
    call.press("2")
    carrier.centre_called(AMBULANCE)
    hears(call, CENTRE_HZ)  # who hangs up while the centre answers is another test
    call.hang_up()
    told(guarded, "CitizenGone")


def test_who_waits_and_is_spoken_to_by_a_frozen_application_hears_music_again_and_keeps_his_place(guarded: Cell, carrier: Carrier) -> None:
    call = carrier.call("12345").answered()
    began = told(guarded, "CitizenWaits", within_s=40)
    hears(call, MUSIC_HZ)
    hears(call, "still-waiting", within_s=20)
    guarded.send("agi", signal.SIGSTOP)
    before = heard_in(call.heard).get(MUSIC_HZ, 0)
    until(lambda: heard_in(call.heard).get(MUSIC_HZ, 0) > before + 0.5, within_s=SOON_S, what="the music again")
    assert [event["Call"] for event in guarded.ami.seen("UserEvent", UserEvent="CitizenWaits")] == [began["Call"]]
    call.hang_up()
    told(guarded, "CitizenGone")


def test_new_citizens_make_no_visit_while_the_application_is_mute_and_one_when_it_answers_again(guarded: Cell, carrier: Carrier) -> None:
    guarded.send("agi", signal.SIGSTOP)
    until(lambda: is_down(guarded), within_s=SOON_S, what="the dialplan knows it")
    call = carrier.call("12345").answered()
    told(guarded, "LifelineEntered")
    assert not guarded.ami.seen("AGIExecStart")
    guarded.send("agi", signal.SIGCONT)
    since = time.monotonic()
    until(lambda: not is_down(guarded), what="the dialplan knows that, too")
    took("thawed -> visited again", since)
    hears(call, "greeting")
    call.hang_up()
    told(guarded, "CitizenGone")


def test_nobody_is_taken_from_an_emergency_call_whatever_he_presses(guarded: Cell, carrier: Carrier) -> None:
    call = greeted(carrier)
    call.press("*1")
    centre = carrier.centre_called(POLICE, within_s=SOON_S)
    hears(call, CENTRE_HZ)
    guarded.send("agi", signal.SIGSTOP)
    until(lambda: is_down(guarded), within_s=SOON_S, what="the application is mute")
    call.press("*2")
    before = heard_in(call.heard)[CENTRE_HZ]
    until(lambda: heard_in(call.heard)[CENTRE_HZ] > before + 3, within_s=SOON_S, what="the talk goes on")
    call.say()
    until(lambda: heard_in(carrier.heard_by(centre["Uniqueid"])).get(CITIZEN_HZ, 0) > 0.5, what="the centre hears the citizen")
    assert not carrier.ami.seen("UserEvent", UserEvent="CentreCalled", Number=AMBULANCE)
    call.hang_up()
    told(guarded, "CitizenGone")


# ── an application that lives ────────────────────────────────────────────────────────────────────


def test_keys_that_a_living_application_did_not_obey_are_handed_on(cell: Cell, carrier: Carrier) -> None:
    def stands_still(head: dict[str, str], file: SocketIO) -> None:
        if head.get("agi_network_script") != "probe":
            file.read(1)

    with agi_server(cell.settings.agi.port, stands_still):
        cell.serve("watchdog")
        until(lambda: links(cell), what="the watchdog's link")
        call = carrier.call("12345").answered()
        until(lambda: "agi://" in cell.cli("core show channels verbose") or call.heard.exists(), what="the visit")
        call.press("*1")
        since = time.monotonic()
        carrier.centre_called(POLICE, within_s=SOON_S)
        took("*1 lost by a living application -> INVITE", since)
        assert not is_down(cell)
        hears(call, CENTRE_HZ)
        call.hang_up()
        told(cell, "CitizenGone")
        cell.end("watchdog")


def test_who_leaves_a_message_to_a_mute_application_may_finish_it(cell: Cell, carrier: Carrier, tmp_path: Path) -> None:
    def records(head: dict[str, str], file: SocketIO) -> None:
        if head.get("agi_network_script") == "welcome":
            command(file, f'RECORD FILE "{tmp_path}/message" wav "#" 60000')
        file.read(1)

    with agi_server(cell.settings.agi.port, records):
        cell.serve("watchdog")
        until(lambda: links(cell), what="the watchdog's link")
        call = carrier.call("12345").answered()
        cell.ami.wait_for("AGIExecStart", within_s=SOON_S)
        until(lambda: is_down(cell), within_s=SOON_S, what="the application is mute")
        call.say()
        written = tmp_path / "message.wav"
        until(lambda: heard_in(written).get(CITIZEN_HZ, 0) > 4, within_s=SOON_S, what="the message is recorded")
        assert not cell.ami.seen("UserEvent", UserEvent="LifelineEntered")
        call.press("#")
        told(cell, "LifelineEntered")
        call.hang_up()
        told(cell, "CitizenGone")
        cell.end("watchdog")


# ── the watchdog itself ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("sign", [signal.SIGSTOP, signal.SIGKILL])
def test_a_watchdog_that_freezes_or_dies_keeps_nobody_from_the_application(guarded: Cell, carrier: Carrier, sign: signal.Signals) -> None:
    guarded.send("agi", signal.SIGSTOP)
    until(lambda: is_down(guarded), within_s=SOON_S, what="the dialplan knows it")
    guarded.send("watchdog", sign)
    guarded.send("agi", signal.SIGCONT)
    until(lambda: not is_down(guarded), what="the promise runs out by itself")
    call = greeted(carrier)
    call.hang_up()
    told(guarded, "CitizenGone")


def test_a_cut_link_is_made_again(guarded: Cell, carrier: Carrier) -> None:
    [cut] = links(guarded)
    guarded.cli(f"manager kick session {cut}")
    until(lambda: "link is lost" in guarded.log_of("watchdog"), what="the link is cut")
    until(partial(links, guarded), what="the link again")
    call = greeted(carrier)
    guarded.send("agi", signal.SIGSTOP)
    told(guarded, "LifelineEntered")
    call.hang_up()
    told(guarded, "CitizenGone")


def test_no_key_and_no_number_of_a_citizen_is_in_its_log(guarded: Cell, carrier: Carrier) -> None:
    call = greeted(carrier)
    guarded.send("agi", signal.SIGSTOP)
    call.press("*1")
    carrier.centre_called(POLICE, within_s=SOON_S)
    hears(call, CENTRE_HZ)  # who hangs up while the centre answers is another test
    call.hang_up()
    told(guarded, "CitizenGone")
    log = guarded.log_of("watchdog")
    assert "led from line to emergency-110" in log
    assert not re.search(r"19900000001|Digit|\*1", log)
