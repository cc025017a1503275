"""AMI's words into ours: the tables are complete, and an incomplete event is refused by name."""

from collections.abc import Mapping
from typing import get_args

import pytest

from agi.dialled_wishes import WISH_EVENTS
from agi.translate import (
    CAUSE_OUTCOMES,
    EVENTS,
    PHONE_STATES,
    SIP_OUTCOMES,
    USER_EVENTS,
    agent_on,
    call_of,
    leg_outcome,
    phone_of,
    translate,
)
from hotline.errors import MalformedInput
from hotline.identity import AgentId, CallId, LegId
from hotline.line import (
    CitizenGone,
    CitizenLeft,
    CitizenWaits,
    LegAnswered,
    LegEnded,
    LegRings,
    LineFact,
    LinkDown,
    LinkRestored,
    PairParted,
    PhoneChanged,
    PhoneReachable,
    PhoneState,
    ServiceWanted,
    TrunkReachable,
    WaitingCitizen,
    WordSpotted,
)
from hotline.transfers import CitizenTold
from tests.agi.test_supervisor_events import SUPERVISOR_KNOWN
from tests.agi.told_events import TOLD

CALL = CallId("hl1-1764000000.12")
LEG = LegId(f"leg-{CALL}-1764000000123")
HEAD = {"Channel": "PJSIP/telecom-00000001", "Uniqueid": str(CALL)}
LEG_HEAD = {"Channel": "PJSIP/1001-00000002", "Uniqueid": str(LEG)}

WAITS = {
    "Event": "UserEvent", "UserEvent": "CitizenWaits", **HEAD,
    "Call": CALL, "Called": "12345", "Caller": "19900000001", "Trunk": "telecom", "Since": "1764000003", "Skills": "teochew&water",
    "Rank": "0100",
}  # fmt: skip
GONE = {
    "Event": "UserEvent", "UserEvent": "CitizenGone", **HEAD, "Call": CALL, "Called": "12345", "Caller": "", "Trunk": "telecom",
    "By": "PJSIP/telecom-00000001", "Cause": "16", "CitizenBytes": "44", "HeardBytes": "1644",
}  # fmt: skip
ANSWERED = {"Event": "UserEvent", "UserEvent": "AgentAnswered", **LEG_HEAD, "Agent": "1001", "Call": CALL}
LEFT = {"Event": "UserEvent", "UserEvent": "CitizenLeft", **HEAD, "Call": CALL}
RINGS = {"Event": "Newstate", **LEG_HEAD, "ChannelStateDesc": "Ringing"}
BUSY = {"Event": "Hangup", **LEG_HEAD, "Cause": "17", "TechCause": "486"}
NO_PHONE = {"Event": "OriginateResponse", "ActionID": LEG, "Response": "Failure", "Reason": "0", "Uniqueid": "<null>"}
PARTED = {"Event": "BridgeLeave", **LEG_HEAD, "BridgeNumChannels": "1"}
CONTACT = {"Event": "ContactStatus", "AOR": "1001", "ContactStatus": "Unreachable"}
WANTED = {"Event": "UserEvent", "UserEvent": "ServiceWanted", "Call": CALL, "Service": "120"}
SPOTTED = {"Event": "UserEvent", "UserEvent": "WordSpotted", "Call": CALL, "Service": "110"}
PHONE = {"Event": "DeviceStateChange", "Device": "PJSIP/1001", "State": "NOT_INUSE"}

KNOWN: list[tuple[Mapping[str, str], LineFact]] = [
    (
        WAITS,
        CitizenWaits(
            citizen=WaitingCitizen(
                call=CALL,
                channel="PJSIP/telecom-00000001",
                called="12345",
                caller="19900000001",
                trunk="telecom",
                since=1764000003.0,
                skills=("teochew", "water"),
                priority=100,
            )
        ),
    ),
    (LEFT, CitizenLeft(call=CALL)),
    (
        GONE,
        CitizenGone(call=CALL, called="12345", caller="", trunk="telecom", by="citizen", cause=16, citizen_bytes=44, heard_bytes=1644),
    ),
    ({"Event": "UserEvent", "UserEvent": "CitizenTold", "Call": CALL}, CitizenTold(call=CALL)),
    (ANSWERED, LegAnswered(leg=LEG, agent=AgentId("1001"), call=CALL)),
    (RINGS, LegRings(leg=LEG)),
    (BUSY, LegEnded(leg=LEG, outcome="busy")),
    (NO_PHONE, LegEnded(leg=LEG, outcome="absent")),
    ({**NO_PHONE, "Reason": "3"}, LegEnded(leg=LEG, outcome="no_answer")),
    (PARTED, PairParted(call=CALL, leg=LEG, by="agent")),
    ({**PARTED, "BridgeNumChannels": "0"}, PairParted(call=CALL, leg=LEG, by="citizen")),
    (CONTACT, PhoneReachable(agent=AgentId("1001"), reachable=False)),
    (CONTACT | {"ContactStatus": "Reachable"}, PhoneReachable(agent=AgentId("1001"), reachable=True)),
    (CONTACT | {"AOR": "telecom"}, TrunkReachable(trunk="telecom", reachable=False)),
    (SPOTTED, WordSpotted(call=CALL, service="110")),
    (SPOTTED | {"Agreed": "1"}, WordSpotted(call=CALL, service="110", agreed=True)),
    (WANTED, ServiceWanted(call=CALL, service="120")),
    *TOLD,
    *SUPERVISOR_KNOWN,
    (PHONE, PhoneChanged(agent=AgentId("1001"), state=PhoneState.IDLE)),
]


@pytest.mark.parametrize(("event", "fact"), KNOWN, ids=lambda item: type(item).__name__ if not isinstance(item, dict) else item["Event"])
def test_each_event_becomes_its_fact(event: Mapping[str, str], fact: LineFact) -> None:
    assert translate(event) == fact


@pytest.mark.parametrize("marks", ["HL_SERVICE=110", ["HL_AGENT=1001", "HL_SERVICE=110"]])
def test_a_leg_with_the_mark_of_a_three_way_call_has_not_parted_when_it_leaves_the_bridge(marks: str | list[str]) -> None:
    event: dict[str, object] = {**PARTED, "ChanVariable": marks}
    assert translate(event) is None
    assert translate({**PARTED, "ChanVariable": "HL_CONSULT=1"}) is None, "nor has one that is being transferred"
    assert translate({**PARTED, "ChanVariable": "HL_SERVICE="}) == PairParted(call=CALL, leg=LEG, by="agent")


@pytest.mark.parametrize("event", [SPOTTED, WANTED])
def test_a_service_that_is_none_of_ours_never_reaches_the_dialplan(event: Mapping[str, str]) -> None:
    with pytest.raises(MalformedInput, match="none of ours"):
        translate({**event, "Service": "12345"})


def test_only_an_agents_leg_that_rings_is_news_of_a_channels_state() -> None:
    assert translate(RINGS | {"ChannelStateDesc": "Up"}) is None
    assert translate(RINGS | HEAD) is None


@pytest.mark.parametrize("aor", ["1001", "telecom"])
def test_registrations_are_no_news_of_a_phone_or_a_trunk(aor: str) -> None:
    assert translate(CONTACT | {"AOR": aor, "ContactStatus": "Removed"}) is None


def test_every_fact_of_the_line_has_its_event_and_every_event_its_example() -> None:
    told = {type(fact) for _, fact in KNOWN}
    assert told == set(get_args(LineFact)) - {LinkRestored, LinkDown}
    assert {event["Event"] for event, _ in KNOWN} == set(EVENTS)
    assert {event["UserEvent"] for event, _ in KNOWN if "UserEvent" in event} == set(USER_EVENTS) - set(WISH_EVENTS)


NAMED = [each for each, _ in KNOWN if "Called" not in each or each["UserEvent"] in ("CitizenWaits", "CitizenGone")]
"""All but those in which even the caller may be left out."""


@pytest.mark.parametrize("event", NAMED, ids=lambda event: str(event.get("UserEvent", event["Event"])))
def test_an_event_that_lacks_any_needed_header_is_refused_by_name(event: Mapping[str, str]) -> None:
    unneeded = {"Skills", "Rank", "Agreed", "Reason", "TechCause", "Channel", "Uniqueid"}
    for header in event.keys() - unneeded - {"Event", "UserEvent"}:
        with pytest.raises(MalformedInput, match=header) as refused:
            translate({name: value for name, value in event.items() if name != header})
        assert "19900000001" not in str(refused.value)


@pytest.mark.parametrize("name", ["Channel", "Uniqueid"])
def test_the_channel_of_a_citizen_and_the_id_of_a_leg_are_needed(name: str) -> None:
    for event in (WAITS, GONE) if name == "Channel" else (ANSWERED, BUSY, PARTED):
        with pytest.raises(MalformedInput, match=name):
            translate({**event, name: ""})


@pytest.mark.parametrize(
    "event",
    [
        {**WAITS, "Call": "no call"},
        {**WAITS, "Since": "now"},
        {**WAITS, "Called": ["12345", "110"]},
        {**GONE, "CitizenBytes": "-1"},
        {**GONE, "Cause": "sixteen"},
        {**ANSWERED, "Agent": "../1001"},
        {**BUSY, "TechCause": "", "Cause": "x"},
        {**PHONE, "State": "ON_FIRE"},
        {},
    ],
)
def test_a_value_that_cannot_be_right_is_refused(event: Mapping[str, str]) -> None:
    with pytest.raises(MalformedInput):
        translate(event)


@pytest.mark.parametrize(
    "event",
    [
        {"Event": "Newchannel"},
        {"Event": "UserEvent", "UserEvent": "SomebodyElses"},
        {"Event": "Hangup", **HEAD, "Cause": "16"},
        {"Event": "BridgeLeave", **HEAD, "BridgeNumChannels": "1"},
        {"Event": "OriginateResponse", "ActionID": LEG, "Response": "Success"},
        {"Event": "OriginateResponse", "ActionID": "somebody-elses", "Response": "Failure"},
        {**PHONE, "Device": "PJSIP/telecom"},
        {**PHONE, "Device": "Local/1001@x"},
    ],
)
def test_what_is_not_about_us_is_passed_over(event: Mapping[str, str]) -> None:
    assert translate(event) is None


@pytest.mark.parametrize(
    ("source", "by"),
    [
        ("PJSIP/telecom-00000001", "citizen"),
        ("dialplan/builtin", "us"),
        ("PJSIP/1001-00000002", "citizen"),  # an agent who hung up before: who goes alone after that is the citizen
        ("", "unknown"),
        ("us", "us"),
        ("citizen", "citizen"),
    ],
)
def test_who_hung_up_is_read_from_the_source_of_the_hangup(source: str, by: str) -> None:
    fact = translate({**GONE, "By": source})
    assert isinstance(fact, CitizenGone)
    assert fact.by == by


@pytest.mark.parametrize(
    ("cause", "tech", "outcome"),
    [
        ("17", "486", "busy"), ("19", "480", "no_answer"), ("19", "", "no_answer"), ("21", "403", "refused"), ("21", "603", "refused"),
        ("20", "480", "no_answer"), ("20", "", "absent"), ("18", "408", "unreachable"), ("3", "", "absent"), ("1", "404", "absent"),
        ("16", "", "hung_up"), ("34", "503", "unreachable"), ("27", "502", "unreachable"), ("0", "", "failed"), ("99", "999", "failed"),
    ],
)  # fmt: skip
def test_the_outcome_of_a_leg_follows_the_phones_own_answer_and_then_the_cause(cause: str, tech: str, outcome: str) -> None:
    assert leg_outcome(cause, tech) == outcome


def test_every_outcome_is_one_that_the_journal_knows() -> None:
    known = {"busy", "no_answer", "refused", "absent", "unreachable", "failed", "hung_up"}
    assert {*SIP_OUTCOMES.values(), *CAUSE_OUTCOMES.values()} <= known


def test_every_device_state_of_asterisk_is_known() -> None:
    assert len(PHONE_STATES) == 9
    assert set(PHONE_STATES.values()) == set(PhoneState)


def test_names_lead_to_agents_and_calls() -> None:
    assert agent_on("PJSIP/1001-0000002a") == AgentId("1001")
    assert agent_on("PJSIP/telecom-0000002a") is None
    assert phone_of("PJSIP/123456789") is None
    assert call_of(LEG) == CALL
    with pytest.raises(MalformedInput):
        call_of(LegId("leg-x"))
