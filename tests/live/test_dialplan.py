"""The dialplan alone, as a citizen meets it: with the application dead, refusing, lying, frozen, and with it well behaved."""

import asyncio
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from app.switch import Switch
from app.switch_logs import turn_over
from tests.live.agi_stubs import agi_server, closes_at_once, finishes, is_frozen, says
from tests.live.ami import Message
from tests.live.carrier import Call, Carrier
from tests.live.cell import Cell
from tests.live.patience import patience
from tests.live.switch import until
from tests.live.tones import AGENT_HZ, CITIZEN_HZ, MUSIC_HZ, PROMPT_S, heard_in, pitch_of

NO_SERVER = (r"res_agi.c: Connecting to '127.0.0.1:\d+' failed", r"Couldn't connect to any host.  FastAGI failed")
GREETED = (pitch_of("greeting"), pitch_of("recording-notice"))


def waits(cell: Cell, *, within_s: float = 5.0) -> Message:
    """The citizen's UserEvent at the begin of his wait."""
    return cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits", within_s=within_s)


def gone(cell: Cell) -> Message:
    """The UserEvent at the end of his call."""
    return cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")


def context_of(cell: Cell, channel: str) -> str:
    """In which context a channel stands."""
    return next((each[1] for each in cell.asterisk.channels() if each[0] == channel), "gone")


def has_music(cell: Cell, channel: str) -> bool:
    """He stands in the wait."""
    return any(each[0] == channel and each[5] == "WaitExten" for each in cell.asterisk.channels())


def hears_music(cell: Cell, channel: str) -> None:
    """Return once he does."""
    until(lambda: has_music(cell, channel), what=f"music; {cell.asterisk.channels()}")


def heard(call: Call) -> dict[int, float]:
    """What the citizen's telephone heard, seconds by pitch, after he hung up."""
    call.hang_up()
    call.ended()
    return heard_in(call.heard)


def recorded(cell: Cell, event: Message, side: str) -> Path:
    """One side of the recording of a call that is over."""
    return cell.var / "spool" / "recording" / f"{event['Call']}-{side}.wav"


# ── the application is dead, lies or freezes ─────────────────────────────────────────────────────


def test_a_citizen_is_greeted_and_waits_with_music_when_nothing_of_ours_runs(cell: Cell, carrier: Carrier) -> None:
    call = carrier.call("12345").answered()
    event = waits(cell)
    assert (event["Called"], event["Caller"], event["Trunk"]) == ("12345", "19900000001", "telecom")
    assert event["Call"] == event["Uniqueid"]
    hears_music(cell, event["Channel"])
    until(lambda: heard_in(call.heard).get(MUSIC_HZ, 0) > 0.5, what="the music is heard")
    sounds = heard(call)
    assert [hz for hz in sounds if hz in GREETED] == sorted(GREETED)
    gone(cell)
    cell.settle(allowed=NO_SERVER)


def test_each_line_is_greeted_with_its_own_words(cell: Cell, carrier: Carrier) -> None:
    call = carrier.call("066312350").answered()
    assert waits(cell)["Called"] == "12350"
    until(lambda: heard_in(call.heard).get(GREETED[1], 0) > 0.2, what="the notice is heard")
    assert pitch_of("still-there") in heard(call)
    cell.settle(allowed=NO_SERVER)


def test_a_server_that_closes_at_once_is_a_dead_one_although_asterisk_calls_it_success(cell: Cell, carrier: Carrier) -> None:
    with agi_server(cell.settings.agi.port, closes_at_once) as heads:
        call = carrier.call("12345").answered()
        hears_music(cell, waits(cell)["Channel"])
    assert {_flow(head) for head in heads} == {"welcome"}  # tried again, in vain
    assert set(GREETED) <= set(heard(call))


def test_a_frozen_server_is_left_by_the_dead_man_and_the_citizen_is_greeted_on_the_living_channel(cell: Cell, carrier: Carrier) -> None:
    began = time.monotonic()
    with agi_server(cell.settings.agi.port, is_frozen) as heads:
        call = carrier.call("12345").answered()
        event = waits(cell, within_s=15)
        hears_music(cell, event["Channel"])
    assert len(heads) == 1
    assert cell.settings.agi.step_seconds + 5 <= time.monotonic() - began < 15 * patience()
    assert set(GREETED) <= set(heard(call))


def test_a_frozen_server_costs_the_waiting_citizen_nothing_but_a_pause_in_the_music(cell: Cell, carrier: Carrier) -> None:
    with agi_server(cell.settings.agi.port, lambda head, file: (finishes if _flow(head) == "welcome" else is_frozen)(head, file)) as heads:
        call = carrier.call("12345").answered()
        event = waits(cell)
        until(lambda: [_flow(head) for head in heads] == ["welcome", "waiting"], within_s=10, what="a visit during the wait")
        until(lambda: not has_music(cell, event["Channel"]), what="he is in the visit")
        until(lambda: has_music(cell, event["Channel"]), within_s=12, what="the music again")
        assert len(cell.ami.seen("UserEvent", UserEvent="CitizenWaits")) == 1
    call.hang_up()
    gone(cell)


def test_asterisk_goes_on_in_a_new_log_when_the_old_one_was_too_big(cell: Cell, carrier: Carrier) -> None:
    carrier.call("99999").ended()
    assert cell.asterisk.log.stat().st_size > 0
    switch = Switch(asterisk=cell.home.program.argv, conf=cell.places.asterisk_conf)
    assert turn_over(cell.places.asterisk_log, most_bytes=0)
    asyncio.run(switch.ask("logger reload"))
    cell.asterisk.log_was_put_aside()
    carrier.call("99999").ended()
    assert "99999" in until(cell.asterisk.log.read_text, what="the new log is written to")


# ── the application is well ──────────────────────────────────────────────────────────────────────


def test_a_visit_knows_the_call_from_its_arguments(cell: Cell, carrier: Carrier) -> None:
    with agi_server(cell.settings.agi.port, says('SET VARIABLE HL_CHECKPOINT "welcomed"', 'SET VARIABLE HL_VALUES "a=1&b=2"')) as heads:
        call = carrier.call("0663-12345", caller="8619900000002").answered()
        event = waits(cell)
        until(lambda: len(heads) == 2, within_s=10, what="the second visit")
        call.hang_up()
        gone(cell)
    arguments = [[head[f"agi_arg_{n}"] for n in range(1, 7)] for head in heads]
    assert arguments[0] == [event["Call"], "12345", "19900000002", "telecom", "", ""]
    assert arguments[1] == [event["Call"], "12345", "19900000002", "telecom", "welcomed", "callback=2&a=1&b=2"]
    assert [_flow(head) for head in heads] == ["welcome", "waiting"]


def test_after_a_good_visit_nobody_is_greeted_twice_and_the_dead_man_is_off(cell: Cell, carrier: Carrier) -> None:
    with agi_server(cell.settings.agi.port, finishes):
        call = carrier.call("12345").answered()
        channel = waits(cell)["Channel"]
        assert "Time to Hangup: 0\n" in cell.cli(f"core show channel {channel}")
    assert not set(GREETED) & set(heard(call))
    gone(cell)


def test_skills_and_since_stand_in_the_event_and_survive_a_second_wait(cell: Cell, carrier: Carrier) -> None:
    with agi_server(cell.settings.agi.port, says('SET VARIABLE HL_SKILLS "minnan&law"')):
        call = carrier.call("12345").answered()
        first = waits(cell)
        assert first["Skills"] == "minnan&law"
        assert abs(float(first["Since"]) - time.time()) < 3
        until(lambda: time.time() > float(first["Since"]) + 1.1, what="a later second")
        cell.ami.mark()
        cell.ami.action("Redirect", Channel=first["Channel"], Context="waiting", Exten="s", Priority="1")
        assert waits(cell)["Since"] == first["Since"]
        call.hang_up()
        gone(cell)


@pytest.mark.parametrize("keys", ["5", "#", "0", "12#9"])
def test_keys_of_the_wait_are_harmless_and_need_no_application(cell: Cell, carrier: Carrier, keys: str) -> None:
    call = carrier.call("12345").answered()
    channel = waits(cell)["Channel"]
    hears_music(cell, channel)
    call.press(keys)
    for key in keys:
        cell.ami.wait_for("DTMFEnd", Channel=channel, Digit=key, Direction="Received")
    hears_music(cell, channel)
    call.hang_up()
    gone(cell)
    cell.settle(allowed=NO_SERVER)


def test_new_citizens_are_refused_with_503_while_the_line_drains(cell: Cell, carrier: Carrier) -> None:
    cell.cli("dialplan set global HL_DRAINING 1")
    try:
        assert carrier.call("12345").ended()["TechCause"] == "503"
    finally:
        cell.cli("dialplan set global HL_DRAINING 0")


# ── joined and parted ────────────────────────────────────────────────────────────────────────────


def answered_leg(cell: Cell, leg: str) -> str:
    """Originate agent 1001's leg as routing/ does; returns its channel once the agent has answered."""
    until(lambda: "Avail" in cell.cli("pjsip show aor 1001"), within_s=10, what="the agent's telephone has registered")
    cell.ami.action(
        "Originate", Channel="PJSIP/1001", Context="agent-leg", Exten="s", Priority="1", Async="true", ChannelId=leg, Timeout="5000"
    )  # fmt: skip
    return cell.ami.wait_for("UserEvent", UserEvent="AgentAnswered", Leg=leg)["Channel"]


def join(cell: Cell, citizen: str, leg: str) -> None:
    """Join the two as routing/ does."""
    cell.ami.action("Setvar", Channel=citizen, Variable="HL_AGENT", Value="1001")
    assert cell.ami.action("Bridge", Channel1=citizen, Channel2=leg)["Response"] == "Success"
    for channel in (citizen, leg):
        cell.ami.wait_for("BridgeEnter", Channel=channel)


def waiting_citizen(cell: Cell, carrier: Carrier, *, caller: str = "19900000001") -> tuple[Call, str]:
    """A citizen who hears the music, and his channel in the cell."""
    call = carrier.call("12345", caller=caller).answered()
    channel = waits(cell)["Channel"]
    hears_music(cell, channel)
    return call, channel


def test_citizen_and_agent_hear_each_other_and_both_sides_are_recorded(cell: Cell, carrier: Carrier) -> None:
    call, citizen = waiting_citizen(cell, carrier)
    leg = answered_leg(cell, "leg-1")
    join(cell, citizen, leg)
    call.say()
    until(lambda: heard_in(call.heard).get(AGENT_HZ, 0) > 1, what="the agent is heard")
    on_phone = carrier.ami.wait_for("Newchannel", Exten="1001")["Uniqueid"]
    until(lambda: heard_in(carrier.heard_by(on_phone)).get(CITIZEN_HZ, 0) > 1, what="the citizen is heard")
    call.hang_up()
    event = gone(cell)
    assert cell.ami.wait_for("Hangup", Uniqueid="leg-1")
    assert heard_in(recorded(cell, event, "citizen")).get(CITIZEN_HZ, 0) > 1
    sounds = heard_in(recorded(cell, event, "heard"))
    assert sounds.get(AGENT_HZ, 0) > 1
    assert sounds.get(pitch_of("greeting"), 0) >= PROMPT_S / 2
    sides = [recorded(cell, event, side).stat().st_size for side in ("citizen", "heard")]
    assert sides == [int(event["CitizenBytes"]), int(event["HeardBytes"])]
    assert sides[0] == sides[1]
    cell.settle(allowed=NO_SERVER)


def test_when_the_agent_hangs_up_the_citizen_is_back_with_us_and_hears_good_bye(cell: Cell, carrier: Carrier) -> None:
    call, citizen = waiting_citizen(cell, carrier)
    leg = answered_leg(cell, "leg-2")
    join(cell, citizen, leg)
    until(lambda: heard_in(call.heard).get(AGENT_HZ, 0) > 0.3, what="the agent is heard")
    cell.ami.action("Hangup", Channel=leg)
    call.ended()
    assert heard_in(call.heard).get(pitch_of("goodbye"), 0) >= PROMPT_S / 2
    assert gone(cell)["By"] != citizen
    cell.settle(allowed=NO_SERVER)


def test_a_citizen_whose_agent_was_lost_waits_again_even_when_nothing_of_ours_runs(cell: Cell, carrier: Carrier) -> None:
    call, citizen = waiting_citizen(cell, carrier)
    leg = answered_leg(cell, "leg-6")
    join(cell, citizen, leg)
    since = cell.asterisk.variable(citizen, "HL_SINCE")
    cell.ami.mark()
    cell.ami.action("Hangup", Channel=leg, Cause="38")
    assert waits(cell)["Since"] == since
    hears_music(cell, citizen)
    call.hang_up()
    gone(cell)
    cell.settle(allowed=NO_SERVER)


@pytest.mark.parametrize("cause", ["26", "31"])
def test_an_agent_whose_phone_hangs_up_with_another_normal_cause_was_not_lost(cell: Cell, carrier: Carrier, cause: str) -> None:
    call, citizen = waiting_citizen(cell, carrier)
    leg = answered_leg(cell, f"leg-7{cause}")
    join(cell, citizen, leg)
    cell.ami.mark()
    cell.ami.action("Hangup", Channel=leg, Cause=cause)
    call.ended()
    gone(cell)
    assert not cell.ami.seen("UserEvent", UserEvent="CitizenWaits")
    cell.settle(allowed=NO_SERVER)


@pytest.mark.parametrize(("cause", "told"), [("16", "plan=7&language=nan"), ("38", "lost=1&plan=7&language=nan")])
def test_what_was_kept_at_a_checkpoint_is_still_known_after_the_talk(cell: Cell, carrier: Carrier, cause: str, told: str) -> None:
    keeps = says('SET VARIABLE HL_VALUES "plan=7&language=nan"')
    with agi_server(cell.settings.agi.port, lambda head, file: (keeps if _flow(head) == "welcome" else finishes)(head, file)) as heads:
        call, citizen = waiting_citizen(cell, carrier)
        leg = answered_leg(cell, f"leg-8{cause}")
        join(cell, citizen, leg)
        cell.ami.action("Hangup", Channel=leg, Cause=cause)
        gone(cell)
    [parted] = [head for head in heads if _flow(head) == "parted"]
    assert parted["agi_arg_6"] == told
    call.ended()


def test_a_flow_may_send_the_parted_citizen_back_into_the_wait_where_he_is_told_again(cell: Cell, carrier: Carrier) -> None:
    again = says('SET CONTEXT "waiting"', 'SET EXTENSION "s"', 'SET PRIORITY "1"')
    with agi_server(cell.settings.agi.port, lambda head, file: (again if _flow(head) == "parted" else finishes)(head, file)) as heads:
        call, citizen = waiting_citizen(cell, carrier)
        leg = answered_leg(cell, "leg-3")
        join(cell, citizen, leg)
        cell.ami.mark()
        cell.ami.action("Hangup", Channel=leg)
        assert waits(cell)["Channel"] == citizen
        hears_music(cell, citizen)
        assert _flow(heads[-1]) == "parted"
        assert cell.asterisk.variable(citizen, "HL_AGENT") == ""
        call.hang_up()
        gone(cell)


def test_a_citizen_who_is_joined_out_of_a_visit_may_talk_longer_than_the_dead_man_waits(cell: Cell, carrier: Carrier) -> None:
    with agi_server(cell.settings.agi.port, lambda head, file: (finishes if _flow(head) == "welcome" else is_frozen)(head, file)) as heads:
        call, citizen = waiting_citizen(cell, carrier)
        leg = answered_leg(cell, "leg-4")
        until(lambda: len(heads) == 2, within_s=10, what="a visit during the wait")
        join(cell, citizen, leg)
        dead_man = cell.settings.agi.step_seconds + 5
        until(lambda: heard_in(call.heard).get(AGENT_HZ, 0) > dead_man + 1, within_s=dead_man + 6, what="the agent is heard for long")
        cell.ami.action("Hangup", Channel=leg)
        call.ended(within_s=dead_man + 5)
    assert heard_in(call.heard).get(pitch_of("goodbye"), 0) >= PROMPT_S / 2
    gone(cell)


def test_an_agent_who_is_lost_just_before_the_joining_leaves_the_citizen_in_the_wait(cell: Cell, carrier: Carrier) -> None:
    call, citizen = waiting_citizen(cell, carrier)
    cell.ami.action("Setvar", Channel=citizen, Variable="HL_AGENT", Value="1001")
    until(lambda: not has_music(cell, citizen) or _seconds_in_wait(cell, citizen) > 5, within_s=8, what="a step of the wait ran out")
    hears_music(cell, citizen)
    assert context_of(cell, citizen) == "waiting"
    call.hang_up()
    gone(cell)
    cell.settle(allowed=NO_SERVER)


def test_an_agents_leg_that_nobody_joins_ends_by_itself(cell: Cell) -> None:
    answered_leg(cell, "leg-5")
    assert cell.ami.wait_for("Hangup", Uniqueid="leg-5", within_s=12)


def places_in_the_wait(cell: Cell) -> list[tuple[str, int]]:
    """Every extension and priority to which a citizen can come back when a bridge ends: all behind the first of each."""
    lines = cell.cli("dialplan show waiting").splitlines()
    found: list[tuple[str, int]] = []
    extension, label = "", 0
    for line in lines:
        head = re.match(r"\s+'([^']+)' =>", line)
        extension = head[1] if head else extension
        number = re.search(r"(?:=>|\]|^)\s+(\d+)\. ", line)
        if number and int(number[1]) > 1:
            found.append((extension.replace("_[0-9A-D*#]", "5"), int(number[1])))
        label = int(number[1]) if number and "[music]" in line else label
    return [(each, priority) for each, priority in found if each != "s" or priority >= label]


def test_wherever_in_the_wait_a_bridge_took_the_citizen_he_comes_back_to_where_joined_ones_stand(cell: Cell, carrier: Carrier) -> None:
    places = places_in_the_wait(cell)
    assert {extension for extension, _ in places} == {"s", "1", "sms", "2", "5", "*", "T", "t", "i"}
    with agi_server(cell.settings.agi.port, lambda head, file: (is_frozen if _flow(head) == "parted" else finishes)(head, file)) as heads:
        call, citizen = waiting_citizen(cell, carrier)
        for number, (extension, priority) in enumerate(places):
            cell.ami.action("Redirect", Channel=citizen, Context="waiting", Exten="s", Priority="1")
            hears_music(cell, citizen)
            cell.ami.action("Setvar", Channel=citizen, Variable="BRIDGEPEER", Value="")
            cell.ami.action("Redirect", Channel=citizen, Context="waiting", Exten=extension, Priority=str(priority))
            until(lambda: context_of(cell, citizen) == "joined-before", what=f"joined-before after {extension},{priority}")
            until(partial(lambda count: len(heads) == count, number + 2), what=f"one visit after {extension},{priority}")
        call.hang_up()
        gone(cell)
    assert [_flow(head) for head in heads] == ["welcome"] + ["parted"] * len(places)


def test_joined_at_the_very_edge_of_a_step_of_the_wait_everybody_talks_and_is_parted_once(cell: Cell, carrier: Carrier) -> None:
    pairs, visits = 12, dict[str, list[str]]()

    def visit(head: dict[str, str], file: socket.SocketIO) -> None:
        visits.setdefault(head["agi_arg_1"], []).append(_flow(head))
        finishes(head, file)

    with agi_server(cell.settings.agi.port, visit), ThreadPoolExecutor(pairs) as hands:
        calls = [carrier.call("12345") for _ in range(pairs)]
        until(lambda: len(cell.ami.seen("UserEvent", UserEvent="CitizenWaits")) == pairs, what="all wait")
        citizens = cell.ami.seen("UserEvent", UserEvent="CitizenWaits")
        legs = [f"leg-edge-{number:02}" for number in range(pairs)]
        for leg in legs:
            cell.ami.action(
                "Originate", Channel="PJSIP/77@telecom", Context="agent-leg", Exten="s", Priority="1", Async="true", ChannelId=leg
            )
        until(lambda: len(cell.ami.seen("UserEvent", UserEvent="AgentAnswered")) == pairs, what="all agents answered")

        def join_late(number: int) -> str:
            edge = float(citizens[number]["Timestamp"]) + cell.settings.waiting.visit_every_seconds
            until(lambda: time.time() > edge - 0.03, within_s=7)
            while time.time() < edge - 0.006 + 0.0015 * number:
                pass
            return cell.ami.action("Bridge", Channel1=citizens[number]["Channel"], Channel2=legs[number])["Response"]

        assert set(hands.map(join_late, range(pairs))) == {"Success"}
        until(lambda: len(cell.ami.seen("BridgeEnter")) == 2 * pairs, what="all hear each other")
        for leg in legs:
            cell.ami.action("Hangup", Channel=leg)
        for call in calls:
            call.ended()
        until(lambda: len(cell.ami.seen("UserEvent", UserEvent="CitizenGone")) == pairs, what="all are gone")
    assert [flows.count("parted") for flows in visits.values()] == [1] * pairs
    assert {flows[-1] for flows in visits.values()} == {"parted"}


def _seconds_in_wait(cell: Cell, channel: str) -> float:
    since = cell.asterisk.variable(channel, "HL_SINCE")
    return time.time() - float(since or time.time())


def _flow(head: dict[str, str]) -> str:
    return head["agi_network_script"]
