"""The line as other rooms see it: orders to Asterisk and facts from it, in our words.

`agi/` is the only room that turns these into AMI and back (agi/translate.py).
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from hotline.announcements import TellPlace
from hotline.call_facts import Arrived, CallFact
from hotline.callbacks import CallBack
from hotline.identity import AgentId, CallId, LegId
from hotline.supervision import AtTalk, SupervisionFact, SupervisionOrder
from hotline.transfers import CitizenTold, TransferOrder


class PhoneState(StrEnum):
    """What an agent's phone is doing, as far as the switch knows."""

    IDLE = "idle"
    RINGING = "ringing"
    TALKING = "talking"
    ABSENT = "absent"


# ── orders: what we ask of the line ──────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class RingAgent:
    """Call the agent's phone for this citizen. Answer: `Done`, or `Refused` is raised. What follows comes as facts."""

    agent: AgentId
    leg: LegId
    call: CallId
    caller: str
    ring_seconds: int


@dataclass(frozen=True, kw_only=True)
class Join:
    """Let citizen and agent hear each other. Raises `Refused` when either of them is gone."""

    call: CallId
    channel: str
    agent: AgentId
    leg: LegId


@dataclass(frozen=True, kw_only=True)
class DropLeg:
    """Hang up an agent's leg; a leg that is already gone is fine. `lost`: his phone is dead, and the citizen is owed another agent."""

    leg: LegId
    lost: bool = False


@dataclass(frozen=True, kw_only=True)
class Survey:
    """Ask what is on the line now. Answer: `Snapshot`."""


@dataclass(frozen=True, kw_only=True)
class BringIn:
    """三方通话, one press of the agent: citizen and agent go into a conference together, and the service is called into it.

    The dialplan does the rest (context `three-way`). Raises `Refused` when one of the two is gone.
    """

    call: CallId
    channel: str
    agent: AgentId
    leg: LegId
    service: str


@dataclass(frozen=True, kw_only=True)
class OfferEmergency:
    """A word was spotted and no agent is with him: ask him whether he wants the service (flow `offer-emergency`); silence keeps his place.

    `agreed`: he was asked and has said yes, so he is led there. Raises `Refused` when he does not stand in line.
    """

    call: CallId
    channel: str
    service: str
    agreed: bool = False


@dataclass(frozen=True, kw_only=True)
class StillHere:
    """Tell the dialplan that agents are being assigned, until this Unix second; without it, the lifeline's plain queue takes over."""

    until: int


@dataclass(frozen=True, kw_only=True)
class ListenToWays:
    """Ask whether anything still comes from the emergency centres with whom citizens talk. Answer: `Ways`."""


@dataclass(frozen=True, kw_only=True)
class DropWay:
    """A centre's trunk died in the talk: end that leg as lost, so that the dialplan tries the next target. A leg that is gone is fine."""

    channel: str


@dataclass(frozen=True, kw_only=True)
class AnswerCode:
    """Answer a feature code that an agent dialled (功能码): play this prompt on his channel. Raises `Refused` when he has hung up."""

    channel: str
    prompt: str


@dataclass(frozen=True, kw_only=True)
class Lead:
    """This process assigns agents from now on: all facts are wanted; those of before are not."""


@dataclass(frozen=True, kw_only=True)
class Follow:
    """Another process leads: facts are wanted no more. Raises nothing."""


LineOrder = (
    Lead
    | Follow
    | RingAgent
    | Join
    | DropLeg
    | Survey
    | BringIn
    | OfferEmergency
    | StillHere
    | ListenToWays
    | DropWay
    | AnswerCode
    | TellPlace
    | CallBack
    | TransferOrder
    | SupervisionOrder
)

# ── answers and facts: what the line tells us ────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Done:
    """The order was accepted."""


@dataclass(frozen=True, kw_only=True)
class WaitingCitizen:
    """One citizen in line. `since`: Unix seconds at which his wait began; survives our restarts (a channel variable)."""

    call: CallId
    channel: str
    called: str
    caller: str
    trunk: str
    since: float
    skills: tuple[str, ...] = ()
    priority: int = 0
    """First in line (hotline.line.Priority); within one priority, who waits longest."""


class Priority(IntEnum):
    """先接谁: what goes before the longer wait. Kept in the channel variable HL_PRIORITY."""

    NORMAL = 0
    REPEAT = 20
    """He talked with us a short time ago."""
    ELDERLY = 30
    """长者直通."""
    HANDED_IN = 50
    CUT_OFF = 60
    MOVED = 65
    """A supervisor moved him to the front."""
    TRANSFERRED = 70
    """An agent sent him on."""
    SPOTTED = 80
    EMERGENCY = 100


@dataclass(frozen=True, kw_only=True)
class JoinedPair:
    """A citizen and an agent who hear each other at the moment of a survey. `channel`: the citizen's."""

    call: CallId
    leg: LegId
    agent: AgentId
    channel: str = ""


@dataclass(frozen=True, kw_only=True)
class OpenLeg:
    """A leg on its way to an agent, or answered and not joined with anybody, at the moment of a survey."""

    leg: LegId
    agent: AgentId
    call: CallId


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """All that is on the line at one moment: the truth after a reconnect."""

    calls: frozenset[CallId]
    waiting: tuple[WaitingCitizen, ...]
    joined: tuple[JoinedPair, ...]
    legs: frozenset[LegId]
    phones: dict[AgentId, PhoneState]
    answered: frozenset[LegId] = frozenset()
    """Those of `legs` whose agent has picked up, joined or not."""
    switch_since: float = 0.0
    """Unix seconds at which this switch was started, 0 = not known: an older call that is not on the line was cut off."""
    emergencies: frozenset[CallId] = frozenset()
    """Citizens on their way to an emergency centre, or talking with one."""
    open_legs: tuple[OpenLeg, ...] = ()
    """Those of `legs` that are joined with nobody, as far as it is known whose telephone they ring."""
    supervisors: tuple[AtTalk, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Way:
    """One leg to an emergency centre that has answered. `packets`: how many have come from there, -1 = not known.

    `reachable`: the trunk answers the switch's regular question.
    """

    channel: str
    trunk: str
    packets: int
    reachable: bool


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Every leg to an emergency centre that has answered, at one moment."""

    ways: tuple[Way, ...]


@dataclass(frozen=True, kw_only=True)
class CitizenWaits:
    """Somebody began to wait (or waits again after an agent was lost)."""

    citizen: WaitingCitizen


@dataclass(frozen=True, kw_only=True)
class CitizenLeft:
    """He left the line by a key of his own (emergency, call-back) and is still on the phone: nobody may join him now."""

    call: CallId


@dataclass(frozen=True, kw_only=True)
class CallTold:
    """The dialplan tells something about a call that routing only writes down (or, for emergencies, also shows on the board).

    `arrived`: who calls, when it is said with it; for a call that no process of ours has met.
    """

    call: CallId
    fact: CallFact
    arrived: Arrived | None = None


@dataclass(frozen=True, kw_only=True)
class WordSpotted:
    """The live recogniser believes that this citizen speaks of an emergency. `agreed`: he said yes to our offer."""

    call: CallId
    service: str
    agreed: bool = False


@dataclass(frozen=True, kw_only=True)
class ServiceWanted:
    """An agent wants this service brought into his talk, at his desk; the keys of his telephone ask nobody (features.conf)."""

    call: CallId
    service: str


@dataclass(frozen=True, kw_only=True)
class TrunkReachable:
    """A carrier's trunk answers the switch's regular question again, or no more."""

    trunk: str
    reachable: bool


@dataclass(frozen=True, kw_only=True)
class PhoneChanged:
    """An agent's phone changed its state."""

    agent: AgentId
    state: PhoneState


@dataclass(frozen=True, kw_only=True)
class PhoneReachable:
    """An agent's phone answers the switch's regular question again, or no more. `PhoneChanged` does not tell: a dead one still talks."""

    agent: AgentId
    reachable: bool


@dataclass(frozen=True, kw_only=True)
class LegRings:
    """The agent's phone says that it rings."""

    leg: LegId


@dataclass(frozen=True, kw_only=True)
class LegAnswered:
    """The agent picked up."""

    leg: LegId
    agent: AgentId
    call: CallId


@dataclass(frozen=True, kw_only=True)
class LegEnded:
    """The agent's leg is gone. `outcome` as in `hotline.call_facts.OfferEnded` when never joined, else `hung_up`."""

    leg: LegId
    outcome: str


@dataclass(frozen=True, kw_only=True)
class PairParted:
    """The bridge between a citizen and an agent is over; the citizen is back in the dialplan if he is still there.

    `by`: who left first: citizen, agent, or unknown.
    """

    call: CallId
    leg: LegId
    by: str = "unknown"


@dataclass(frozen=True, kw_only=True)
class CitizenGone:
    """The citizen's channel ended. Sizes are bytes of the two recorded sides, 0 = no such file."""

    call: CallId
    called: str
    caller: str
    trunk: str
    by: str
    cause: int
    citizen_bytes: int
    heard_bytes: int


@dataclass(frozen=True, kw_only=True)
class LinkRestored:
    """The connection to Asterisk is (again) up; events may have been lost: survey before trusting anything."""


@dataclass(frozen=True, kw_only=True)
class LinkDown:
    """The connection to Asterisk is lost; calls go on without us."""


LineFact = (
    CitizenWaits
    | CitizenLeft
    | CallTold
    | WordSpotted
    | ServiceWanted
    | TrunkReachable
    | PhoneChanged
    | PhoneReachable
    | LegRings
    | LegAnswered
    | LegEnded
    | PairParted
    | CitizenGone
    | LinkRestored
    | LinkDown
    | SupervisionFact
    | CitizenTold
)
