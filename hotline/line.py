"""The line as other rooms see it: orders to Asterisk and facts from it, in our words.

`agi/` is the only room that turns these into AMI and back (agi/translate.py).
"""

from dataclasses import dataclass
from enum import StrEnum

from hotline.identity import AgentId, CallId, LegId


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


LineOrder = RingAgent | Join | DropLeg | Survey

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


@dataclass(frozen=True, kw_only=True)
class JoinedPair:
    """A citizen and an agent who hear each other at the moment of a survey."""

    call: CallId
    leg: LegId
    agent: AgentId


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


@dataclass(frozen=True, kw_only=True)
class CitizenWaits:
    """Somebody began to wait (or waits again after an agent was lost)."""

    citizen: WaitingCitizen


@dataclass(frozen=True, kw_only=True)
class CitizenLeft:
    """He left the line by a key of his own (emergency, call-back) and is still on the phone: nobody may join him now."""

    call: CallId


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
    CitizenWaits | CitizenLeft | PhoneChanged | PhoneReachable | LegAnswered | LegEnded | PairParted | CitizenGone | LinkRestored | LinkDown
)
