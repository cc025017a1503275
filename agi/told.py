"""What the dialplan tells about a call (UserEvents of emergency and lifeline) in our words, and how a call to a centre ended."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from agi.event_words import Event, count, may_be_empty, need
from agi.variables import (
    CALLBACK_ASKED_EVENT,
    CALLBACK_BEGAN_EVENT,
    EMERGENCY_ANSWERED_EVENT,
    EMERGENCY_ASKED_EVENT,
    EMERGENCY_DIALLED_EVENT,
    EMERGENCY_OVER_EVENT,
    EMERGENCY_UNREACHED_EVENT,
    HANDED_IN_EVENT,
    LIFELINE_ANSWERED_EVENT,
    LIFELINE_ENTERED_EVENT,
    LIFELINE_OVER_EVENT,
    OUT_CALL_ANSWERED_EVENT,
    OUT_CALL_BEGAN_EVENT,
    OUT_CALL_DIALLED_EVENT,
    OUT_CALL_OVER_EVENT,
    SMS_ASKED_EVENT,
    SUPERVISOR_JOINED_EVENT,
    SUPERVISOR_LEFT_EVENT,
    THREE_WAY_BEGAN_EVENT,
    THREE_WAY_LEFT_EVENT,
    unpack_skills,
)
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

ENDED_WELL: Final = frozenset({0, 16, 26, 31})
"""Causes with which somebody hung up in good order; the dialplan judges by the same ones."""

STATUS_OUTCOMES: Final[Mapping[str, str]] = MappingProxyType({"CANCEL": "citizen_gone", "BUSY": "busy", "NOANSWER": "no_answer"})
"""DIALSTATUS where it says all; otherwise the cause does."""

CAUSE_OUTCOMES: Final[Mapping[int, str]] = MappingProxyType(
    {
        1: "absent",
        3: "unreachable",
        17: "busy",
        18: "unreachable",
        19: "no_answer",
        20: "unreachable",
        21: "refused",
        22: "absent",
        27: "unreachable",
        28: "absent",
        34: "unreachable",
        38: "unreachable",
        41: "unreachable",
        42: "unreachable",
    }
)
"""Q.850 cause of a trunk's leg that was not answered (3: it does not answer the regular question). Whatever is not here: failed."""


def told(event: Event) -> CallTold | None:
    """What this UserEvent tells about a call, None when it tells nothing of the kind. Raises `MalformedInput`."""
    make = TOLD_EVENTS.get(need(event, "UserEvent"))
    return CallTold(call=CallId(need(event, "Call")), fact=make(event), arrived=_arrived(event)) if make else None


def emergency_outcome(status: str, cause: int, *, answered: bool) -> str:
    """How a call to a centre ended, in the words of `hotline.call_facts.EmergencyOver`."""
    if answered:
        return "talked" if cause in ENDED_WELL else "lost"
    return STATUS_OUTCOMES.get(status) or CAUSE_OUTCOMES.get(cause, "failed")


def _arrived(event: Event) -> Arrived | None:
    """Who tells of a call that perhaps nobody of ours has met says who calls."""
    if "Called" not in event:
        return None
    return Arrived(called=need(event, "Called"), caller=may_be_empty(event, "Caller"), trunk=need(event, "Trunk"))


def _over(event: Event) -> CallFact:
    cause = count(event, "Cause")
    return EmergencyOver(
        service=need(event, "Service"),
        trunk=need(event, "Trunk"),
        attempt=count(event, "Attempt"),
        outcome=emergency_outcome(may_be_empty(event, "Status"), cause, answered=need(event, "Answered") == "1"),
        cause=cause,
    )


def _out_call_over(event: Event) -> CallFact:
    """DIALSTATUS says whether it was answered; what the dialplan says instead (not_allowed, unreachable) counts before it."""
    said, status, cause = need(event, "Outcome"), may_be_empty(event, "Status"), count(event, "Cause")
    if said in ("not_allowed", "unreachable"):
        return OutCallOver(outcome=said, cause=cause)
    if status == "CANCEL" or (said == "given_up" and not status):
        return OutCallOver(outcome="given_up", cause=cause)
    return OutCallOver(outcome="talked" if status == "ANSWER" else emergency_outcome(status, cause, answered=False), cause=cause)


TOLD_EVENTS: Final[Mapping[str, Callable[[Event], CallFact]]] = MappingProxyType(
    {
        EMERGENCY_ASKED_EVENT: lambda event: EmergencyAsked(how=need(event, "How"), service=may_be_empty(event, "Service")),
        EMERGENCY_DIALLED_EVENT: lambda event: EmergencyDialled(
            service=need(event, "Service"), trunk=need(event, "Trunk"), attempt=count(event, "Attempt")
        ),
        EMERGENCY_ANSWERED_EVENT: lambda event: EmergencyAnswered(
            service=need(event, "Service"), trunk=need(event, "Trunk"), attempt=count(event, "Attempt")
        ),
        EMERGENCY_OVER_EVENT: _over,
        EMERGENCY_UNREACHED_EVENT: lambda event: EmergencyUnreached(service=may_be_empty(event, "Service")),
        THREE_WAY_BEGAN_EVENT: lambda event: ThreeWayBegan(service=need(event, "Service"), agent=need(event, "Agent")),
        THREE_WAY_LEFT_EVENT: lambda event: ThreeWayLeft(who=need(event, "Who")),
        OUT_CALL_BEGAN_EVENT: lambda event: OutCallBegan(
            agent=need(event, "Agent"), how=need(event, "How"), ticket=need(event, "Ticket")[1:]
        ),
        OUT_CALL_DIALLED_EVENT: lambda event: OutCallDialled(trunk=need(event, "Trunk")),
        OUT_CALL_ANSWERED_EVENT: lambda event: OutCallAnswered(trunk=need(event, "Trunk")),
        OUT_CALL_OVER_EVENT: _out_call_over,
        CALLBACK_ASKED_EVENT: lambda event: CallbackAsked(
            since=float(count(event, "Since")), skills=unpack_skills(need(event, "Skills")[1:]), priority=count(event, "Rank")
        ),
        CALLBACK_BEGAN_EVENT: lambda event: CallbackBegan(
            task=need(event, "Task"), attempt=count(event, "Attempt"), why=need(event, "Why")[1:].replace("&", " ")
        ),
        SMS_ASKED_EVENT: lambda event: SmsAsked(about=need(event, "About")),
        HANDED_IN_EVENT: lambda event: HandedIn(service=need(event, "Service"), case=may_be_empty(event, "Case")),
        LIFELINE_ENTERED_EVENT: lambda event: LifelineEntered(why=need(event, "Why")),
        LIFELINE_ANSWERED_EVENT: lambda event: LifelineAnswered(agent=need(event, "Agent")),
        LIFELINE_OVER_EVENT: lambda event: LifelineOver(outcome=need(event, "Outcome")),
        SUPERVISOR_JOINED_EVENT: lambda event: SupervisorJoined(
            supervisor=need(event, "Supervisor"), mode=need(event, "Mode"), agent=need(event, "Agent")
        ),
        SUPERVISOR_LEFT_EVENT: lambda event: SupervisorLeft(supervisor=need(event, "Supervisor")),
    }
)
