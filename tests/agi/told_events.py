"""What the dialplan tells about calls, as AMI says it, and what it means."""

from collections.abc import Mapping
from typing import Final

from hotline.call_facts import (
    Arrived,
    CallbackAsked,
    CallbackBegan,
    CallFact,
    EmergencyAnswered,
    EmergencyAsked,
    EmergencyDialled,
    EmergencyOver,
    EmergencyUnreached,
    HandedIn,
    LifelineAnswered,
    LifelineEntered,
    LifelineOver,
    OutCallAnswered,
    OutCallBegan,
    OutCallDialled,
    OutCallOver,
    SmsAsked,
    SupervisorJoined,
    SupervisorLeft,
    ThreeWayBegan,
    ThreeWayLeft,
)
from hotline.identity import CallId
from hotline.line import CallTold

CALL: Final = CallId("hl1-1764000000.12")
WAY: Final = {"Service": "110", "Trunk": "telecom", "Attempt": "2"}
OVER: Final = {"Status": "ANSWER", "Cause": "38", "Answered": "1"}
LOST: Final = EmergencyOver(service="110", trunk="telecom", attempt=2, outcome="lost", cause=38)
WHO: Final = {"Called": "12345", "Caller": "", "Trunk": "telecom", "Since": "1764000003"}


def event(name: str, **words: str) -> Mapping[str, str]:
    """A UserEvent of the citizen's channel."""
    return {"Event": "UserEvent", "UserEvent": name, "Channel": "PJSIP/telecom-00000001", "Uniqueid": str(CALL), "Call": CALL, **words}


def means(fact: CallFact, arrived: Arrived | None = None) -> CallTold:
    """What it tells about that call."""
    return CallTold(call=CALL, fact=fact, arrived=arrived)


TOLD: Final = [
    (event("EmergencyAsked", Service="", How="key"), means(EmergencyAsked(how="key"))),
    (event("EmergencyDialled", **WAY), means(EmergencyDialled(service="110", trunk="telecom", attempt=2))),
    (event("EmergencyAnswered", **WAY), means(EmergencyAnswered(service="110", trunk="telecom", attempt=2))),
    (event("EmergencyOver", **WAY, **OVER), means(LOST)),
    (event("EmergencyUnreached", Service=""), means(EmergencyUnreached())),
    (event("ThreeWayBegan", Service="110", Agent="1001"), means(ThreeWayBegan(service="110", agent="1001"))),
    (event("ThreeWayLeft", Who="agent"), means(ThreeWayLeft(who="agent"))),
    (
        event("CallbackAsked", Called="12345", Caller="19900000001", Trunk="telecom", Since="1764000003", Skills="xtax&teochew", Rank="00"),
        means(CallbackAsked(since=1764000003.0, skills=("tax", "teochew")), Arrived(called="12345", caller="19900000001", trunk="telecom")),
    ),
    (
        event("CallbackBegan", Task="hl1-1764000000.9", Attempt="02", Why="xasked&waited_s=30"),
        means(CallbackBegan(task="hl1-1764000000.9", attempt=2, why="asked waited_s=30")),
    ),
    (
        event("SmsAsked", Called="12345", Caller="19900000001", Trunk="telecom", About="typhoon-1764000000"),
        means(SmsAsked(about="typhoon-1764000000"), Arrived(called="12345", caller="19900000001", trunk="telecom")),
    ),
    (event("HandedIn", Case="", Service="110"), means(HandedIn(service="110"))),
    (event("LifelineEntered", Why="died"), means(LifelineEntered(why="died"))),
    (
        event("LifelineEntered", Why="no_router", **WHO),
        means(LifelineEntered(why="no_router"), Arrived(called="12345", caller="", trunk="telecom")),
    ),
    (event("LifelineAnswered", Agent="1001"), means(LifelineAnswered(agent="1001"))),
    (event("LifelineOver", Outcome="nobody"), means(LifelineOver(outcome="nobody"))),
    (
        event("SupervisorJoined", Supervisor="1009", Mode="whisper", Agent="1001"),
        means(SupervisorJoined(supervisor="1009", mode="whisper", agent="1001")),
    ),
    (
        event("OutCallBegan", Agent="1001", How="dialled", Ticket="x", Called="19900000002", Caller="12345", Trunk="phones"),
        means(OutCallBegan(agent="1001", how="dialled"), Arrived(called="19900000002", caller="12345", trunk="phones")),
    ),
    (event("OutCallDialled", Trunk="telecom"), means(OutCallDialled(trunk="telecom"))),
    (event("OutCallAnswered", Trunk="telecom"), means(OutCallAnswered(trunk="telecom"))),
    (event("OutCallOver", Outcome="dialled", Status="ANSWER", Cause="16"), means(OutCallOver(outcome="talked", cause=16))),
    (event("OutCallOver", Outcome="dialled", Status="BUSY", Cause="17"), means(OutCallOver(outcome="busy", cause=17))),
    (event("OutCallOver", Outcome="dialled", Status="CANCEL", Cause="0"), means(OutCallOver(outcome="given_up"))),
    (event("OutCallOver", Outcome="given_up", Status="", Cause="0"), means(OutCallOver(outcome="given_up"))),
    (event("OutCallOver", Outcome="not_allowed", Status="", Cause="16"), means(OutCallOver(outcome="not_allowed", cause=16))),
    (event("SupervisorLeft", Supervisor="1009"), means(SupervisorLeft(supervisor="1009"))),
]
"""Every event that `agi.told` knows."""
