"""AMI's words into ours: one table each. Nothing outside this file knows how Asterisk spells an event.

An event that lacks what it must have raises `MalformedInput` that names event and header; values never reach a log.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from agi.dialled_wishes import WISH_EVENTS
from agi.event_words import Event, count, may_be_empty, name, need, said_on
from agi.supervisor_events import SUPERVISOR_EVENTS
from agi.told import TOLD_EVENTS, told
from agi.variables import (
    AGENT_ANSWERED_EVENT,
    CITIZEN_GONE_EVENT,
    CITIZEN_LEFT_EVENT,
    CITIZEN_TOLD_EVENT,
    CITIZEN_WAITS_EVENT,
    CONSULT,
    SERVICE,
    SERVICE_WANTED_EVENT,
    TOOK,
    WORD_SPOTTED_EVENT,
    unpack_skills,
)
from hotline.emergency import SERVICES
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
from hotline.wishes import Wish

LEG_PREFIX: Final = "leg-"
PHONE_PREFIX: Final = "PJSIP/"

PHONE_STATES: Final[Mapping[str, PhoneState]] = MappingProxyType(
    {
        "NOT_INUSE": PhoneState.IDLE,
        "RINGING": PhoneState.RINGING,
        # With device_state_busy_at=1 a phone that rings is BUSY already (measured).
        "INUSE": PhoneState.TALKING,
        "BUSY": PhoneState.TALKING,
        "RINGINUSE": PhoneState.TALKING,
        "ONHOLD": PhoneState.TALKING,
        "UNAVAILABLE": PhoneState.ABSENT,
        "INVALID": PhoneState.ABSENT,
        "UNKNOWN": PhoneState.ABSENT,
    }
)
"""Asterisk's device states (include/asterisk/devicestate.h), all of them."""

REACHABLE: Final[Mapping[str, bool]] = MappingProxyType({"Reachable": True, "Unreachable": False})
"""What qualify found (res_pjsip). Other states tell of registrations, not of the phone."""

SIP_OUTCOMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "486": "busy",
        "600": "busy",
        "403": "refused",
        "603": "refused",
        "404": "absent",
        "410": "absent",
        "604": "absent",
        "408": "unreachable",
        "480": "no_answer",
        "487": "no_answer",
        "500": "unreachable",
        "502": "unreachable",
        "503": "unreachable",
        "504": "unreachable",
    }
)
"""TechCause of a PJSIP leg: the phone's own answer (RFC 3261 §21), better than the cause that it is mapped to."""

CAUSE_OUTCOMES: Final[Mapping[int, str]] = MappingProxyType(
    {
        1: "absent",
        3: "absent",
        16: "hung_up",
        17: "busy",
        18: "unreachable",
        19: "no_answer",
        20: "absent",
        21: "refused",
        22: "absent",
        26: "hung_up",
        27: "unreachable",
        31: "hung_up",
        34: "unreachable",
        38: "unreachable",
        41: "unreachable",
        42: "unreachable",
        58: "failed",
        127: "failed",
    }
)
"""Q.850 causes of a leg without a SIP answer. Whatever is not here: failed."""

NO_ANSWER_REASON: Final = "3"
"""Reason of OriginateResponse when our own Timeout was over; every other failure has 0 or 1 and says nothing (asterisk.md §7)."""


def translate(event: Event) -> LineFact | Wish | None:
    """The fact in this event, or what somebody dialled; None if it is not about a citizen, an agent's leg or an agent's phone.

    Raises `MalformedInput`.
    """
    make = EVENTS.get(need(event, "Event"))
    return make(event) if make else None


def leg_outcome(cause: str, tech_cause: str) -> str:
    """How a leg ended, in the words of `hotline.call_facts.OfferEnded`, or `hung_up`. Raises `MalformedInput`: the cause is no number."""
    if tech_cause in SIP_OUTCOMES:
        return SIP_OUTCOMES[tech_cause]
    if not (cause.isascii() and cause.isdigit()):
        raise MalformedInput("Cause is not a number")
    return CAUSE_OUTCOMES.get(int(cause), "failed")


def phone_of(device: str) -> AgentId | None:
    """The agent whose phone this device is; trunks are named with letters and are nobody's."""
    phone = device.removeprefix(PHONE_PREFIX)
    return AgentId(phone) if device.startswith(PHONE_PREFIX) and phone.isascii() and phone.isdigit() and 2 <= len(phone) <= 8 else None


def agent_on(channel: str) -> AgentId | None:
    """The agent whose phone this channel leads to: PJSIP/1001-0000002a."""
    return phone_of(channel.rpartition("-")[0])


def call_of(leg: LegId) -> CallId:
    """The citizen for whom the leg was made: leg-CALLID-N. Raises `MalformedInput`."""
    return CallId(leg.removeprefix(LEG_PREFIX).rpartition("-")[0])


def waiting_citizen(words: Event, channel: str) -> WaitingCitizen:
    """Who waits, from the words Call, Called, Caller, Trunk, Since, Skills, Rank. Raises `MalformedInput`."""
    began = need(words, "Since")
    try:
        since = float(began)
    except ValueError as error:
        raise MalformedInput(f"{name(words)}: Since is not a number") from error
    return WaitingCitizen(
        call=CallId(need(words, "Call")),
        channel=channel,
        called=need(words, "Called"),
        caller=may_be_empty(words, "Caller"),
        trunk=need(words, "Trunk"),
        since=since,
        # panoramisk strips the blank of the last header, and with an empty value loses it: nobody is told apart by this one.
        skills=unpack_skills(str(words.get("Skills", ""))),
        priority=count(words, "Rank") if words.get("Rank") else 0,  # `Priority` is the channel's place in the dialplan
    )


# ── one function per kind of event ───────────────────────────────────────────────────────────────


def _user_event(event: Event) -> LineFact | Wish | None:
    make = USER_EVENTS.get(need(event, "UserEvent"))
    return make(event) if make else None


def _citizen_waits(event: Event) -> LineFact:
    return CitizenWaits(citizen=waiting_citizen(event, need(event, "Channel")))


def _citizen_left(event: Event) -> LineFact:
    return CitizenLeft(call=CallId(need(event, "Call")))


def _citizen_gone(event: Event) -> LineFact:
    return CitizenGone(
        call=CallId(need(event, "Call")),
        called=need(event, "Called"),
        caller=may_be_empty(event, "Caller"),
        trunk=need(event, "Trunk"),
        by=_who(may_be_empty(event, "By"), need(event, "Channel")),
        cause=count(event, "Cause"),
        citizen_bytes=count(event, "CitizenBytes"),
        heard_bytes=count(event, "HeardBytes"),
    )


def _citizen_told(event: Event) -> LineFact:
    return CitizenTold(call=CallId(need(event, "Call")))


def _agent_answered(event: Event) -> LineFact:
    return LegAnswered(leg=LegId(need(event, "Uniqueid")), agent=AgentId(need(event, "Agent")), call=CallId(need(event, "Call")))


def _device_state_change(event: Event) -> LineFact | None:
    agent = phone_of(need(event, "Device"))
    if agent is None:
        return None
    state = need(event, "State")
    if state not in PHONE_STATES:
        raise MalformedInput("DeviceStateChange: unknown State")
    return PhoneChanged(agent=agent, state=PHONE_STATES[state])


def _contact_status(event: Event) -> LineFact | None:
    aor, status = need(event, "AOR"), need(event, "ContactStatus")
    if status not in REACHABLE:
        return None
    if agent := phone_of(PHONE_PREFIX + aor):
        return PhoneReachable(agent=agent, reachable=REACHABLE[status])
    return TrunkReachable(trunk=aor, reachable=REACHABLE[status])


def _word_spotted(event: Event) -> LineFact:
    return WordSpotted(call=CallId(need(event, "Call")), service=_service(event), agreed=event.get("Agreed") == "1")


def _service_wanted(event: Event) -> LineFact:
    return ServiceWanted(call=CallId(need(event, "Call")), service=_service(event))


def _service(event: Event) -> str:
    """These words come from another process and lead into the dialplan: only what we know."""
    if (service := need(event, "Service")) not in SERVICES:
        raise MalformedInput(f"{name(event)}: Service is none of ours")
    return service


def _newstate(event: Event) -> LineFact | None:
    """An agent's phone says that it rings; its device state does not (device_state_busy_at=1: it is BUSY already)."""
    leg = _leg(event)
    return LegRings(leg=leg) if leg and need(event, "ChannelStateDesc") == "Ringing" else None


def _hangup(event: Event) -> LineFact | None:
    leg = _leg(event)
    if leg is None:
        return None
    return LegEnded(leg=leg, outcome=leg_outcome(need(event, "Cause"), str(event.get("TechCause", ""))))


def _originate_response(event: Event) -> LineFact | None:
    """Success is told better by the leg itself; a failure is the only news of a phone that is unknown or not registered.

    It may come before or after the leg's Hangup, whose cause is better: agi/ami.py holds it back for a moment.
    """
    if need(event, "Response") == "Success":
        return None
    # An agent's phone that never had a channel has no Uniqueid that deserves the name: our ActionID is the leg's id.
    leg = need(event, "ActionID")
    if not leg.startswith(LEG_PREFIX):
        return None
    return LegEnded(leg=LegId(leg), outcome="no_answer" if event.get("Reason") == NO_ANSWER_REASON else "absent")


def _bridge_leave(event: Event) -> LineFact | None:
    """Both leave: the leg's own leaving is the news. Who is left behind, if anybody, was left by the other.

    A leg with the mark of a three-way call is on its way into it, or leaves it together with the call: then its end is the news.
    """
    leg = _leg(event)
    if leg is None or _marked(event):
        return None
    took = said_on(event, TOOK)
    return PairParted(call=CallId(took) if took else call_of(leg), leg=leg, by="agent" if count(event, "BridgeNumChannels") else "citizen")


EVENTS: Final[Mapping[str, Callable[[Event], LineFact | Wish | None]]] = MappingProxyType(
    {
        "UserEvent": _user_event,
        "DeviceStateChange": _device_state_change,
        "ContactStatus": _contact_status,
        "Newstate": _newstate,
        "Hangup": _hangup,
        "OriginateResponse": _originate_response,
        "BridgeLeave": _bridge_leave,
    }
)

USER_EVENTS: Final[Mapping[str, Callable[[Event], LineFact | Wish | None]]] = MappingProxyType(
    {
        **dict.fromkeys(TOLD_EVENTS, told),
        **WISH_EVENTS,
        CITIZEN_WAITS_EVENT: _citizen_waits,
        CITIZEN_LEFT_EVENT: _citizen_left,
        CITIZEN_GONE_EVENT: _citizen_gone,
        CITIZEN_TOLD_EVENT: _citizen_told,
        AGENT_ANSWERED_EVENT: _agent_answered,
        WORD_SPOTTED_EVENT: _word_spotted,
        SERVICE_WANTED_EVENT: _service_wanted,
        **SUPERVISOR_EVENTS,
    }
)


def _marked(event: Event) -> bool:
    """A leg with HL_SERVICE brings a service in, one with HL_CONSULT is being transferred."""
    return any(said_on(event, variable) for variable in (SERVICE, CONSULT))


def _leg(event: Event) -> LegId | None:
    """An agent's leg was made by us; or it is a supervisor's channel that has taken a call over."""
    unique = need(event, "Uniqueid")
    return LegId(unique) if unique.startswith(LEG_PREFIX) or said_on(event, TOOK) else None


def _who(source: str, channel: str) -> str:
    """CHANNEL(hangupsource): the citizen's own channel, our dialplan, or somebody else's; or our own words already.

    An agent's channel stays there from a talk that he ended: whoever hangs up alone after that, and is not us, is the citizen.
    """
    if source in (channel, "citizen") or source.startswith("PJSIP/"):
        return "citizen"
    return "us" if source.startswith("dialplan/") or source == "us" else "unknown"
