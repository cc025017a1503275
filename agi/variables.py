"""Every word that dialplan and application share: channel variables, AGI arguments, contexts (docs/design.md §3).

Names are constants because a channel-variable *name* is code to Asterisk: `GET VARIABLE "SHELL(id)"` runs a shell (asterisk.md §1).
Nothing outside this module may put a name together. Values that we set are checked by `plain`.
"""

import re
from typing import Final

from hotline.errors import OurMistake

# ── channel variables of the citizen's channel ───────────────────────────────────────────────────

CALL: Final = "HL_CALL"
"""CallId, = ${UNIQUEID}."""
CALLED: Final = "HL_CALLED"
"""The normalised number of ours that was dialled."""
CALLER: Final = "HL_CALLER"
"""The normalised number of the citizen, empty when withheld."""
TRUNK: Final = "HL_TRUNK"
"""The carrier's trunk, or `phones`, `self-check`."""
SINCE: Final = "HL_SINCE"
"""Unix seconds at which the wait began; set by the dialplan, survives our restarts."""
SKILLS: Final = "HL_SKILLS"
"""What the agent must know: names with `SKILL_SEPARATOR` between them, empty = anybody."""
CHECKPOINT: Final = "HL_CHECKPOINT"
"""The last point that a flow passed."""
VALUES: Final = "HL_VALUES"
"""The values of that checkpoint, as `ivr.checkpoint.encode` writes them."""
AGENT: Final = "HL_AGENT"
"""工号 of the agent with whom the citizen is joined; set right before AMI Bridge."""
LEG: Final = "HL_LEG"
"""LegId of that agent's leg; set right before AMI Bridge."""
DONE: Final = "AGI_DONE"
"""`1` when a visit ended in good order. The dialplan clears it before each visit; without it, AGISTATUS=SUCCESS means nothing."""
RECORDER: Final = "HL_MMID"
"""The recorder's id, for StopMixMonitor."""

PEER: Final = "BRIDGEPEER"
"""Asterisk's own: whom he hears. The dialplan sets it to `waiting` when the wait begins, to `fresh` when his recorder has begun (anew)."""
DEAD_MAN: Final = "TIMEOUT(absolute)"
"""A dialplan function, not a variable: seconds until the channel leaves the visit by extension `T`; 0 = never."""
EXIT_ON_HANGUP: Final = "AGIEXITONHANGUP"
"""Set to `yes` by the dialplan before every visit."""

PLACE: Final = "HL_PLACE"
"""What the spoken visit of the wait may tell him: ahead=N&least=MINUTES&most=MINUTES&at=UNIX, before what his checkpoint kept."""
PRIORITY: Final = "HL_PRIORITY"
"""`hotline.line.Priority` as a number; empty = 0."""
SERVICE: Final = "HL_SERVICE"
"""The emergency service to which he is being led or with which he talks; empty = none."""
HOW: Final = "HL_HOW"
"""Why he is sent to `emergency-110` and its like, when it is not his own key: `hotline.call_facts.EmergencyAsked.how`."""
TOOK: Final = "HL_TOOK"
"""On a supervisor's channel: the call that he has taken over; the channel counts as an agent's leg since. AMI events carry it."""
SUPERVISOR: Final = "HL_SUPERVISOR"
"""On a citizen's channel: the channel of the supervisor who has barged into his talk."""
TALK: Final = "HL_TALK"
"""On a supervisor's channel: the citizen's channel; `HL_CITIZEN` only once he has taken over, for that makes his keys work."""
SPIED: Final = "HL_SPIED"
"""On a supervisor's channel: the agent to whose talk he listens."""
SPIED_LEG: Final = "HL_SPIED_LEG"
"""That agent's leg."""
MODE: Final = "HL_MODE"
"""On a supervisor's channel: what he does, or asks to do (hotline.supervision.Mode)."""
KEYS: Final = "HL_KEYS"
"""On a supervisor's channel: what he may press once he has taken over (DYNAMIC_FEATURES)."""
CITIZEN: Final = "HL_CITIZEN"
"""On an agent's leg: the citizen's channel, for the three-way call by the agent's key."""
CONSULT: Final = "HL_CONSULT"
"""On a leg: it goes from one talk to another (转接), `1` or `conference`; its leaving a bridge is no parting. AMI events carry it."""
HELD: Final = "HL_HELD"
"""`1`: he stands in line for somebody who was chosen already; nothing is said to him about his place."""
CASE: Final = "HL_CASE"
"""The case number of the centre that handed him in."""
ORIGIN: Final = "HL_ORIGIN"
"""The service that handed him in (110 …), empty = he called himself."""

TASK: Final = "HL_TASK"
"""On an agent's channel that calls out: the call for which a callback is owed; empty = no callback."""
ATTEMPT: Final = "HL_ATTEMPT"
"""Which try of that callback it is."""
WHY: Final = "HL_WHY"
"""Why this agent, and now."""

ANSWER: Final = "HL_ANSWER"
"""On the channel of an agent who dialled a feature code: the prompt that answers him (context code-answer)."""

DRAINING: Final = "HL_DRAINING"
"""Global: `1` while the switch is being stopped and no call is begun any more."""
APP_DOWN_UNTIL: Final = "HL_APP_DOWN_UNTIL"
"""Global: Unix seconds until which the dialplan makes no visits (the watchdog found the application mute and says so again and again)."""
ROUTER_UNTIL: Final = "HL_ROUTER_UNTIL"
"""Global: Unix seconds until which routing is believed to assign agents; afterwards the lifeline's plain queue takes over."""

ALL_VARIABLES: Final = (
    *(CALL, CALLED, CALLER, TRUNK, SINCE, SKILLS, CHECKPOINT, VALUES, AGENT, LEG, DONE, RECORDER),
    *(PLACE, PRIORITY, SERVICE, HOW, CITIZEN, CONSULT, HELD, CASE, ORIGIN, ANSWER),
    *(TASK, ATTEMPT, WHY),
    *(TOOK, SUPERVISOR, TALK, SPIED, SPIED_LEG, MODE, KEYS),
)

# ── arguments of every visit: AGI(agi://127.0.0.1:PORT/FLOW,call,called,caller,trunk,checkpoint,values) ──

ARGUMENTS: Final = ("call", "called", "caller", "trunk", "checkpoint", "values")

# ── contexts ─────────────────────────────────────────────────────────────────────────────────────

LINE_CONTEXT: Final = "line"
WAITING_CONTEXT: Final = "waiting"
JOINED_BEFORE_CONTEXT: Final = "joined-before"
AGENT_LEG_CONTEXT: Final = "agent-leg"
GOOD_BYE_CONTEXT: Final = "good-bye"
ENDED_CONTEXT: Final = "ended"
EMERGENCY_CONTEXT: Final = "emergency"
"""`s` asks which service; `emergency-110` and its like (see `emergency_context`) call one."""
THREE_WAY_CONTEXT: Final = "three-way"
TRANSFERS_CONTEXT: Final = "transfers"
ANNOUNCE_CONTEXT: Final = "announce"
"""`citizen` and `agent` hear who serves him (工号), and are joined then."""
ANNOUNCED: Final = "HL_ANNOUNCED"
"""The prompts of that, with & between."""
CITIZEN_TOLD_EVENT: Final = "CitizenTold"
"""Call."""
OFFER_CONTEXT: Final = "offer"
"""A word was spotted: he is asked whether he wants a service, and keeps his place in line (`IN_LINE`)."""
IN_LINE: Final = (WAITING_CONTEXT, OFFER_CONTEXT, ANNOUNCE_CONTEXT)
"""Where a citizen may be joined with an agent."""
HOLDING_CONTEXT: Final = "holding"
"""A visit of ours failed: keys work, and the flow is tried again for some seconds before the lifeline takes over."""
WITHOUT_APP_CONTEXT: Final = "without-app"
LIFELINE_CONTEXT: Final = "lifeline"
"""The plain queue of registered agents' phones, and the message box behind it."""
TO_EMERGENCY: Final = f"{EMERGENCY_CONTEXT},s,1"
TO_HOLDING: Final = f"{HOLDING_CONTEXT},s,1"
TO_WAITING: Final = f"{WAITING_CONTEXT},s,1"
"""Begins the wait, or begins it once more with the place in line kept (HL_SINCE)."""
TO_MUSIC: Final = f"{WAITING_CONTEXT},T,1"
"""What the dead-man of a visit in `waiting` does: the visit is left, he goes on waiting where he was."""
CALLBACK_CONTEXT: Final = "callback"
TO_CALLBACK: Final = f"{CALLBACK_CONTEXT},s,1"
"""He asks for a callback in the wait."""
TO_SMS: Final = f"{WAITING_CONTEXT},sms,1"
"""突发公告: he asks in the wait to be told by SMS, and goes on waiting."""
TO_GOOD_BYE: Final = f"{GOOD_BYE_CONTEXT},s,silent"
"""Ends the call without a word: the flow has said its own."""

# ── flows (app/serve_agi.py) as far as the dialplan calls them by name ─────────────────────

WELCOME_FLOW: Final = "welcome"
WAITING_FLOW: Final = "waiting"
PARTED_FLOW: Final = "parted"
RESUME_FLOW: Final = "resume"
OFFER_EMERGENCY_FLOW: Final = "offer-emergency"
PROBE_FLOW: Final = "probe"
"""No flow: the supervisor asks whether the process takes visits in, and has its answer when the line is closed (app/probes.py)."""

# ── user events of the dialplan ──────────────────────────────────────────────────────────────────

CITIZEN_WAITS_EVENT: Final = "CitizenWaits"
CITIZEN_LEFT_EVENT: Final = "CitizenLeft"
CITIZEN_GONE_EVENT: Final = "CitizenGone"
EMERGENCY_ASKED_EVENT: Final = "EmergencyAsked"
"""Call, How, Service."""
EMERGENCY_DIALLED_EVENT: Final = "EmergencyDialled"
"""Call, Service, Trunk, Attempt; so have EmergencyAnswered and EmergencyOver."""
EMERGENCY_ANSWERED_EVENT: Final = "EmergencyAnswered"
EMERGENCY_OVER_EVENT: Final = "EmergencyOver"
"""… and Status (DIALSTATUS), Cause (HANGUPCAUSE), Answered (1 when they had talked)."""
EMERGENCY_UNREACHED_EVENT: Final = "EmergencyUnreached"
"""Call, Service."""
THREE_WAY_BEGAN_EVENT: Final = "ThreeWayBegan"
"""Call, Service, Agent."""
THREE_WAY_LEFT_EVENT: Final = "ThreeWayLeft"
"""Call, Who."""
SERVICE_WANTED_EVENT: Final = "ServiceWanted"
"""Call, Service: an agent's desk asks for a three-way call."""
WORD_SPOTTED_EVENT: Final = "WordSpotted"
"""Call, Service, Agreed (1 when he said yes to our offer)."""
HANDED_IN_EVENT: Final = "HandedIn"
"""Call, Service, Case."""
LIFELINE_ENTERED_EVENT: Final = "LifelineEntered"
"""Call, Why; and all that CitizenWaits says."""
LIFELINE_ANSWERED_EVENT: Final = "LifelineAnswered"
"""Call, Agent."""
LIFELINE_OVER_EVENT: Final = "LifelineOver"
"""Call, Outcome."""
OUT_CALL_BEGAN_EVENT: Final = "OutCallBegan"
"""Call, Agent, How, Ticket with an x before it (it may be empty); and Called, Caller, Trunk."""
OUT_CALL_DIALLED_EVENT: Final = "OutCallDialled"
"""Call, Trunk; so has OutCallAnswered."""
OUT_CALL_ANSWERED_EVENT: Final = "OutCallAnswered"
OUT_CALL_OVER_EVENT: Final = "OutCallOver"
"""Call, Outcome (what the dialplan knows: given_up, not_allowed, unreachable, full, dialled), Status (DIALSTATUS), Cause."""
TRANSFER_WISH_EVENT: Final = "TransferWish"
"""Agent, How, To: an agent's code in his talk."""
TRANSFER_STEP_WISH_EVENT: Final = "TransferStepWish"
"""Agent, Step."""
AGENT_WANTS_EVENT: Final = "AgentWants"
"""Agent, What, Reason (after an x: it may be empty); AMI adds Channel."""
SUPERVISE_CONTEXT: Final = "supervise"
SUPERVISOR_ASKS_EVENT: Final = "SupervisorAsks"
"""Leg, Supervisor, Mode, Agent: a phone asks; nothing is granted yet."""
SUPERVISOR_READY_EVENT: Final = "SupervisorReady"
"""Leg: he can be joined with the citizen now."""
SUPERVISOR_GONE_EVENT: Final = "SupervisorGone"
"""Leg."""
SUPERVISOR_JOINED_EVENT: Final = "SupervisorJoined"
"""Call, Supervisor, Mode, Agent."""
SUPERVISOR_LEFT_EVENT: Final = "SupervisorLeft"
"""Call, Supervisor."""
CALLBACK_ASKED_EVENT: Final = "CallbackAsked"
"""Call, Since, Skills with an x before them (they may be empty), Rank; and Called, Caller, Trunk."""
SMS_ASKED_EVENT: Final = "SmsAsked"
"""Call, About; and Called, Caller, Trunk."""
CALLBACK_BEGAN_EVENT: Final = "CallbackBegan"
"""Call, Task, Attempt, Why with an x before it."""
AGENT_ANSWERED_EVENT: Final = "AgentAnswered"
"""Said by the agent's leg in `agent-leg`: it can be bridged now."""

# ── how values are spelled ───────────────────────────────────────────────────────────────────────

SKILL_SEPARATOR: Final = "&"
"""Not a comma: skills travel inside `EXEC MSet "A=1,B=2"`, where a comma begins the next variable."""


def emergency_context(service: str) -> str:
    """The context that calls this service; without one, the one that asks which."""
    return f"{EMERGENCY_CONTEXT}-{plain(service)}" if service else EMERGENCY_CONTEXT


_PLAIN = re.compile(r"[A-Za-z0-9._&=-]*", re.ASCII)


def plain(value: str) -> str:
    """The value itself if it means nothing to Asterisk (no comma, quote, bracket, `$`, blank). Raises `OurMistake`."""
    if not _PLAIN.fullmatch(value):
        raise OurMistake("a value for a channel variable with something else than letters, digits and ._&=-")
    return value


def pack_skills(skills: tuple[str, ...]) -> str:
    """The value of HL_SKILLS. Raises `OurMistake` for a skill name that is not plain."""
    return plain(SKILL_SEPARATOR.join(skills))


def unpack_skills(packed: str) -> tuple[str, ...]:
    """The skills in HL_SKILLS, empty names left out."""
    return tuple(skill for skill in packed.split(SKILL_SEPARATOR) if skill)
