"""110, 120, 119 and 122 are reached by the dialplan alone: no process of ours runs here but a stub that leads everybody to the wait."""

import contextlib
from collections.abc import Iterator

import pytest

from app.settings import Emergency, EmergencyService, Trunk
from runtime.binaries import AsteriskHome
from storage.alarm_files import alarms_in
from tests.live.agi_stubs import agi_server, finishes
from tests.live.ami import Message
from tests.live.carrier import Call, Carrier, Manner
from tests.live.cell import Cell
from tests.live.patience import patience
from tests.live.switch import until
from tests.live.tones import CENTRE_HZ, CITIZEN_HZ, MUSIC_HZ, RING_HZ, heard_in, pitch_of

FIRST, SECOND, AMBULANCE = "06630000110", "06630000111", "06630000120"
PLAN = Emergency(
    silence_seconds=2,
    services=(
        EmergencyService(id="110", targets=(f"telecom/{FIRST}", f"unicom-info/{SECOND}"), ring_seconds=3),
        EmergencyService(id="120", targets=(f"nowhere/{AMBULANCE}", f"telecom/{AMBULANCE}"), ring_seconds=3),
        EmergencyService(id="119", targets=()),
    ),
)
DEAD_TRUNK = (r"Could not create dialog to invalid URI 'nowhere'", r"Failed to create outgoing session to endpoint 'nowhere'")
WENT_WELL_AFTER_S = 5
"""A talk with a centre that ended sooner is no help given (asterisk-conf/emergency.dialplan.j2)."""


@pytest.fixture(scope="module")
def module_cell(asterisk_home: AsteriskHome, carrier: Carrier) -> Iterator[Cell]:
    trunks = (*carrier.trunks(), Trunk(name="nowhere", host="127.0.0.77", port=5999))
    with Cell(asterisk_home, trunks=trunks, passwords=carrier.passwords(), emergency=PLAN) as cell:
        cell.start()
        cell.cli("dialplan set global HL_ROUTER_UNTIL 9999999999")
        carrier.start(cell_port=cell.settings.sip.port, phones=cell.phones())
        until(lambda: "Unavail" in cell.cli("pjsip show aor nowhere"), within_s=15, what="the dead trunk is known as dead")
        with agi_server(cell.settings.agi.port, finishes):
            yield cell


@pytest.fixture(autouse=True)
def helpful_centres(carrier: Carrier, cell: Cell) -> None:
    for number in (FIRST, SECOND, AMBULANCE):
        carrier.centre(number, "answers")


def waiting(cell: Cell, carrier: Carrier, **how: str) -> tuple[Call, str]:
    """A citizen who hears the music of the wait, and his channel in the cell."""
    call = carrier.call("12345", **how).answered()  # type: ignore[arg-type]
    channel = cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits")["Channel"]
    until(lambda: heard_in(call.heard).get(MUSIC_HZ, 0) > 0.2, what="the music is heard")
    return call, channel


def told(cell: Cell, event: str, **words: str) -> Message:
    return cell.ami.wait_for("UserEvent", UserEvent=event, within_s=15, **words)


def steps(cell: Cell) -> list[str]:
    """What the dialplan told, in order: attempts as Dialled:1, ends as Over:1:STATUS:CAUSE."""
    names = []
    for event in cell.ami.seen("UserEvent"):
        kind = event["UserEvent"].removeprefix("Emergency")
        words = [kind, event.get("Attempt", ""), event.get("Status", ""), event.get("Cause", "") if kind == "Over" else ""]
        names.append(":".join(word for word in words if word))
    return names


def hears(call: Call, hz: int, seconds: float, *, within_s: float = 10) -> None:
    until(lambda: heard_in(call.heard).get(hz, 0) > seconds, within_s=within_s, what=f"{hz} Hz; heard {heard_in(call.heard)}")


def asks(cell: Cell, call: Call, key: str = "1") -> None:
    """The emergency key, and then one of a service."""
    call.press("*")
    told(cell, "EmergencyAsked")
    call.press(key)


# ── the key plan ─────────────────────────────────────────────────────────────────────────────────


def test_two_keys_out_of_the_wait_reach_110_which_hears_him_and_knows_his_number(cell: Cell, carrier: Carrier) -> None:
    call, _ = waiting(cell, carrier)
    asks(cell, call)
    centre = carrier.centre_called(FIRST)
    assert (centre["From"], centre["Asserted"]) == ("19900000001", "<sip:19900000001@127.0.0.1>")
    hears(call, CENTRE_HZ, 1)
    call.say()
    until(lambda: heard_in(carrier.heard_by(centre["Uniqueid"])).get(CITIZEN_HZ, 0) > 0.5, what="the centre hears the citizen")
    call.hang_up()
    gone = told(cell, "CitizenGone")
    assert steps(cell) == ["CitizenWaits", "Asked", "CitizenLeft", "Dialled:1", "Answered:1", "Over:1:ANSWER:16", "CitizenGone"]
    recording = cell.var / "spool" / "recording" / f"{gone['Call']}-heard.wav"
    assert heard_in(recording).get(CENTRE_HZ, 0) > 1
    carrier.ami.wait_for("Hangup", Uniqueid=centre["Uniqueid"])


def test_a_citizen_who_withholds_his_number_from_others_does_not_withhold_it_from_the_centre(cell: Cell, carrier: Carrier) -> None:
    call = carrier.call("12345", variables={"PJSIP_HEADER(add,Privacy)": "id"}).answered()
    assert told(cell, "CitizenWaits")["Caller"] == ""
    hears(call, MUSIC_HZ, 0.2)
    asks(cell, call)
    centre = carrier.centre_called(FIRST)
    assert (centre["From"], centre["Asserted"]) == ("19900000001", "<sip:19900000001@127.0.0.1>")
    call.hang_up()
    told(cell, "CitizenGone")


def test_a_citizen_whose_number_nobody_knows_is_connected_all_the_same(cell: Cell, carrier: Carrier) -> None:
    call, _ = waiting(cell, carrier, caller="anonymous")
    asks(cell, call)
    assert "anonymous" in carrier.centre_called(FIRST)["FromHeader"].lower()
    hears(call, CENTRE_HZ, 0.5)
    call.hang_up()
    told(cell, "CitizenGone")


def test_the_key_ends_the_question_and_the_emergency_key_again_asks_again(cell: Cell, carrier: Carrier) -> None:
    call, _ = waiting(cell, carrier)
    call.press("*")
    told(cell, "EmergencyAsked")
    call.press("*")
    hears(call, pitch_of("emergency-menu"), 0.3)
    call.press("1")
    carrier.centre_called(FIRST)
    assert len(cell.ami.seen("UserEvent", UserEvent="EmergencyAsked")) == 1
    call.hang_up()
    told(cell, "CitizenGone")


@pytest.mark.parametrize("keys", ["", "9", "99"])
def test_who_names_no_service_waits_for_a_duty_agent_first_in_line(cell: Cell, carrier: Carrier, keys: str) -> None:
    call, _ = waiting(cell, carrier)
    since = told(cell, "CitizenWaits")["Since"]
    call.press("*")
    told(cell, "EmergencyAsked")
    cell.ami.mark()
    for key in keys:
        call.press(key)
        hears(call, pitch_of("emergency-menu"), 0.1)
    told(cell, "EmergencyUnreached", Service="")
    waits = told(cell, "CitizenWaits")
    assert (waits["Rank"], waits["Since"]) == ("0100", since)
    hears(call, pitch_of("emergency-duty"), 0.2)
    call.hang_up()
    told(cell, "CitizenGone")


def test_a_service_without_targets_leads_to_a_duty_agent_at_once(cell: Cell, carrier: Carrier) -> None:
    call, _ = waiting(cell, carrier)
    asks(cell, call, "3")
    told(cell, "EmergencyUnreached", Service="119")
    assert told(cell, "CitizenWaits", Rank="0100")
    call.hang_up()
    told(cell, "CitizenGone")


@pytest.mark.parametrize("context", ["waiting", "joined-before", "good-bye", "emergency"])
def test_whoever_sends_him_there_from_anywhere_he_is_asked_for_and_connected(cell: Cell, carrier: Carrier, context: str) -> None:
    call, channel = waiting(cell, carrier)
    if context != "waiting":
        cell.ami.action("Redirect", Channel=channel, Context=context, Exten="s", Priority="1")
        until(lambda: cell.asterisk.channels()[0][1] == context, what=f"he stands in {context}")
    cell.ami.action("Setvar", Channel=channel, Variable="HL_HOW", Value="agent")
    until(lambda: sent_to_110(cell, channel), what="he is on his way")
    carrier.centre_called(FIRST)
    hears(call, CENTRE_HZ, 0.5)
    assert len(cell.ami.seen("UserEvent", UserEvent="EmergencyAsked")) == 1
    call.hang_up()
    told(cell, "CitizenGone")


def sent_to_110(cell: Cell, channel: str) -> bool:
    """Measured: a Redirect that meets a Goto of the dialplan is lost although AMI says Success, so whoever sends looks, and sends again."""
    cell.ami.action("Redirect", Channel=channel, Context="emergency-110", Exten="s", Priority="1")
    with contextlib.suppress(AssertionError):
        return bool(cell.ami.wait_for("UserEvent", UserEvent="EmergencyDialled", within_s=0.5))
    return False


# ── target after target ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("manner", "end"),
    [("busy", "BUSY:17"), ("absent", "CHANUNAVAIL:1"), ("refuses", "CHANUNAVAIL:21"), ("full", "CONGESTION:34"), ("rings", "NOANSWER")],
)
def test_the_next_target_is_called_whatever_the_first_does(cell: Cell, carrier: Carrier, manner: Manner, end: str) -> None:
    carrier.centre(FIRST, manner)
    call, _ = waiting(cell, carrier)
    asks(cell, call)
    carrier.centre_called(SECOND, within_s=8)
    hears(call, CENTRE_HZ, 0.5)
    assert steps(cell)[3].startswith("Dialled:1")
    assert steps(cell)[4].startswith(f"Over:1:{end}")
    assert steps(cell)[5:] == ["Dialled:2", "Answered:2"]
    call.hang_up()
    told(cell, "CitizenGone")


def test_while_it_rings_he_hears_that_he_is_being_connected_and_never_silence(cell: Cell, carrier: Carrier) -> None:
    for number in (FIRST, SECOND):
        carrier.centre(number, "rings")
    call, _ = waiting(cell, carrier)
    asks(cell, call)
    hears(call, RING_HZ, 1.5)
    hears(call, pitch_of("emergency-connecting"), 0.5)
    assert CENTRE_HZ not in heard_in(call.heard)
    call.hang_up()
    told(cell, "CitizenGone")


def test_a_centre_that_speaks_before_it_answers_does_not_take_the_words_from_him(cell: Cell, carrier: Carrier) -> None:
    carrier.centre(FIRST, "early")
    call, _ = waiting(cell, carrier)
    asks(cell, call)
    hears(call, RING_HZ, 0.5)
    carrier.centre_called(SECOND, within_s=8)
    call.hang_up()
    told(cell, "CitizenGone")


def test_a_trunk_that_is_known_to_be_dead_costs_no_time(cell: Cell, carrier: Carrier) -> None:
    call, _ = waiting(cell, carrier)
    asks(cell, call, "2")
    carrier.centre_called(AMBULANCE)
    dialled, over = told(cell, "EmergencyDialled", Attempt="1"), told(cell, "EmergencyOver", Attempt="1")
    assert float(over["Timestamp"]) - float(dialled["Timestamp"]) < 0.5 * patience()
    assert (over["Status"], over["Cause"]) == ("CHANUNAVAIL", "3")
    call.hang_up()
    told(cell, "CitizenGone")
    cell.settle(allowed=DEAD_TRUNK)


def test_the_whole_list_is_tried_twice_and_then_a_duty_agent_is_first_in_line(cell: Cell, carrier: Carrier) -> None:
    for number in (FIRST, SECOND):
        carrier.centre(number, "busy")
    call, _ = waiting(cell, carrier)
    cell.serve("worker")
    asks(cell, call)
    told(cell, "EmergencyUnreached", Service="110")
    assert told(cell, "CitizenWaits", Rank="0100")
    until(lambda: "emergency-unreached" in [alarm.name for alarm in alarms_in(cell.var)], what="the alarm, while he still waits")
    cell.end("worker")
    dialled = [(event["Attempt"], event["Trunk"]) for event in cell.ami.seen("UserEvent", UserEvent="EmergencyDialled")]
    assert dialled == [("1", "telecom"), ("2", "unicom-info"), ("3", "telecom"), ("4", "unicom-info")]
    hears(call, pitch_of("emergency-duty"), 0.2)
    hears(call, MUSIC_HZ, 0.5)
    call.hang_up()
    told(cell, "CitizenGone")


@pytest.mark.parametrize(("manner", "cause"), [("answers", "38"), ("dies", "38"), ("short", "16")])
def test_a_centre_that_is_lost_or_throws_him_out_is_not_the_end(cell: Cell, carrier: Carrier, manner: Manner, cause: str) -> None:
    carrier.centre(FIRST, manner)
    call, _ = waiting(cell, carrier)
    asks(cell, call)
    if manner == "answers":
        hears(call, CENTRE_HZ, 0.3)
        cell.ami.action("Hangup", Channel=told(cell, "EmergencyAnswered")["Channel"], Cause=cause)
    carrier.centre_called(SECOND, within_s=8)
    until(lambda: "Answered:2" in steps(cell), what="the second centre has answered")
    assert steps(cell)[3:] == ["Dialled:1", "Answered:1", f"Over:1:ANSWER:{cause}", "Dialled:2", "Answered:2"]
    call.hang_up()
    told(cell, "CitizenGone")


def test_after_a_talk_that_the_centre_ends_he_hears_good_bye(cell: Cell, carrier: Carrier) -> None:
    call, _ = waiting(cell, carrier)
    asks(cell, call)
    centre = carrier.centre_called(FIRST)
    hears(call, CENTRE_HZ, WENT_WELL_AFTER_S + 0.3)
    carrier.ami.action("Hangup", Channel=centre["Channel"], Cause="16")
    call.ended()
    assert heard_in(call.heard).get(pitch_of("goodbye"), 0) > 0.2
    assert told(cell, "CitizenGone")["By"] == "us"
    assert len(cell.ami.seen("UserEvent", UserEvent="EmergencyDialled")) == 1


def test_when_he_hangs_up_while_it_rings_the_centre_stops_ringing_and_it_is_told(cell: Cell, carrier: Carrier) -> None:
    carrier.centre(FIRST, "rings")
    call, _ = waiting(cell, carrier)
    asks(cell, call)
    centre = carrier.centre_called(FIRST)
    call.hang_up()
    told(cell, "CitizenGone")
    assert steps(cell)[3:] == ["Dialled:1", "Over:1:CANCEL:16", "CitizenGone"]
    carrier.ami.wait_for("Hangup", Uniqueid=centre["Uniqueid"], within_s=2)


# ── nothing else matters ─────────────────────────────────────────────────────────────────────────


def test_a_house_that_drains_and_an_application_that_is_down_still_connect_him(cell: Cell, carrier: Carrier) -> None:
    call, _ = waiting(cell, carrier)
    cell.cli("dialplan set global HL_DRAINING 1")
    cell.cli("dialplan set global HL_APP_DOWN_UNTIL 9999999999")
    try:
        asks(cell, call)
        carrier.centre_called(FIRST)
        hears(call, CENTRE_HZ, 0.5)
        call.hang_up()
        told(cell, "CitizenGone")
    finally:
        cell.cli("dialplan set global HL_DRAINING 0")
        cell.cli("dialplan set global HL_APP_DOWN_UNTIL 0")
