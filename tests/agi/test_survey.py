"""A survey of a busy line, as Asterisk 22.10.1 listed it, and of lines that are odd."""

import time
from collections.abc import Mapping

import pytest

from agi.survey import snapshot_of, switch_since
from hotline.identity import AgentId, CallId, LegId
from hotline.line import JoinedPair, PhoneState
from hotline.supervision import AtTalk, Mode

CALL, OTHER = CallId("hl1-1764000000.1"), CallId("hl1-1764000000.5")
LEG = LegId(f"leg-{CALL}-1764000000123")
VARIABLES = ["HL_CALLED=12345", "HL_CALLER=", "HL_TRUNK=telecom", "HL_SINCE=1764000003", "HL_SKILLS=water", "HL_PRIORITY=100"]


def citizen(call: CallId = CALL, *, bridge: str = "", context: str = "waiting", variables: list[str] | None = None) -> Mapping[str, object]:
    return {
        "Event": "Status", "Channel": "PJSIP/telecom-00000001", "Uniqueid": str(call), "Context": context, "BridgeID": bridge,
        "ChannelState": "6", "Variable": [f"HL_CALL={call}", *(VARIABLES if variables is None else variables)],
    }  # fmt: skip


def leg(name: LegId = LEG, *, bridge: str = "", state: str = "6") -> Mapping[str, object]:
    return {
        "Event": "Status", "Channel": "PJSIP/1001-00000002", "Uniqueid": str(name), "Context": "agent-leg", "BridgeID": bridge,
        "ChannelState": state, "Variable": [f"HL_CALL={CALL}", "HL_SINCE=(null)"],
    }  # fmt: skip


def test_who_stands_in_the_waiting_context_and_hears_nobody_waits() -> None:
    snapshot = snapshot_of([citizen()], [])
    [waiting] = snapshot.waiting
    assert (waiting.call, waiting.caller, waiting.since, waiting.skills, waiting.priority) == (CALL, "", 1764000003.0, ("water",), 100)
    assert snapshot.calls == {CALL}


@pytest.mark.parametrize("row", [citizen(context="emergency"), citizen(bridge="b1"), citizen(context="joined-before")])
def test_who_stands_elsewhere_or_hears_somebody_is_a_call_but_does_not_wait(row: Mapping[str, object]) -> None:
    snapshot = snapshot_of([row], [])
    assert snapshot.waiting == ()
    assert snapshot.calls == {CALL}


def test_who_has_no_priority_of_his_own_waits_like_everybody() -> None:
    [waiting] = snapshot_of([citizen(variables=[*VARIABLES[:-1], "HL_PRIORITY=(null)"])], []).waiting
    assert waiting.priority == 0


def test_who_has_just_arrived_in_the_waiting_context_will_announce_himself(caplog: pytest.LogCaptureFixture) -> None:
    early = [line.replace("HL_SINCE=1764000003", "HL_SINCE=(null)") for line in VARIABLES]
    assert snapshot_of([citizen(variables=early)], []).waiting == ()
    assert "Since is empty" in caplog.text


def test_a_pair_is_who_shares_a_bridge() -> None:
    rows = [citizen(bridge="b1"), leg(bridge="b1"), citizen(OTHER)]
    snapshot = snapshot_of(rows, [])
    assert snapshot.joined == (JoinedPair(call=CALL, leg=LEG, agent=AgentId("1001"), channel="PJSIP/telecom-00000001"),)
    assert [each.call for each in snapshot.waiting] == [OTHER]
    assert snapshot_of([citizen(bridge="b1"), leg(bridge="b2")], []).joined == ()
    assert snapshot_of([leg(bridge="b1")], []).joined == ()


def test_a_supervisor_who_has_taken_over_is_a_leg_and_one_who_listens_is_none() -> None:
    supervisor = {**leg(LegId("hl1-1764000000.40"), bridge="b1"), "Channel": "PJSIP/1009-00000003"}
    assert snapshot_of([citizen(bridge="b1"), supervisor], []).legs == frozenset()
    snapshot = snapshot_of([citizen(bridge="b1"), {**supervisor, "Variable": [f"HL_CALL={CALL}", f"HL_TOOK={CALL}"]}], [])
    assert snapshot.legs == {LegId("hl1-1764000000.40")}
    assert snapshot.joined == (
        JoinedPair(call=CALL, leg=LegId("hl1-1764000000.40"), agent=AgentId("1009"), channel="PJSIP/telecom-00000001"),
    )


@pytest.mark.parametrize(
    ("changed", "there"),
    [
        ({}, True),
        ({"Exten": "s"}, False),
        ({"Context": "from-phones"}, False),
        ({"Variable": [f"HL_CALL={CALL}", "HL_SPIED=(null)"]}, False),
    ],
)
def test_a_supervisor_at_a_talk_is_found_again(changed: Mapping[str, object], there: bool) -> None:
    own = LegId("hl1-1764000000.40")
    row = {
        **leg(own), "Channel": "PJSIP/1009-00000003", "Context": "supervise", "Exten": "whisper",
        "Variable": [f"HL_CALL={CALL}", "HL_SPIED=1001"],
    }  # fmt: skip
    found = AtTalk(leg=own, channel="PJSIP/1009-00000003", supervisor=AgentId("1009"), agent=AgentId("1001"), call=CALL, mode=Mode.WHISPER)
    assert snapshot_of([{**row, **changed}], []).supervisors == ((found,) if there else ())


def test_a_leg_is_no_call_and_has_answered_when_its_channel_is_up() -> None:
    ringing = LegId(f"leg-{CALL}-1764000000124")
    snapshot = snapshot_of([leg(), leg(ringing, state="5")], [])
    assert snapshot.legs == {LEG, ringing}
    assert snapshot.answered == {LEG}
    assert snapshot.calls == frozenset()


def test_phones_are_those_of_agents_and_an_unknown_state_is_absence() -> None:
    devices = [("PJSIP/1001", "NOT_INUSE"), ("PJSIP/1002", "ON_FIRE"), ("PJSIP/telecom", "BUSY")]
    snapshot = snapshot_of([], [{"Device": device, "State": state} for device, state in devices])
    assert snapshot.phones == {AgentId("1001"): PhoneState.IDLE, AgentId("1002"): PhoneState.ABSENT}


def test_a_channel_without_our_variables_is_none_of_ours() -> None:
    stranger = {"Channel": "PJSIP/x-1", "Uniqueid": "hl1-1764000000.9", "Context": "line", "BridgeID": "", "ChannelState": "4"}
    assert snapshot_of([stranger, {**stranger, "Variable": "HL_CALL=(null)"}], []).calls == frozenset()


def test_who_is_on_his_way_to_a_centre_is_in_an_emergency() -> None:
    rows = [citizen(context="emergency-dial-110", variables=[*VARIABLES, "HL_SERVICE=110"]), citizen(OTHER)]
    assert snapshot_of(rows, []).emergencies == {CALL}


def test_the_switch_says_in_local_time_since_when_it_runs(caplog: pytest.LogCaptureFixture) -> None:
    began = switch_since({"CoreStartupDate": "2026-11-23", "CoreStartupTime": "09:37:48"})
    assert time.localtime(began)[:6] == (2026, 11, 23, 9, 37, 48)
    assert snapshot_of([], [], switch_since=began).switch_since == began
    assert switch_since({}) == 0.0
    assert "CoreStatus" in caplog.text
