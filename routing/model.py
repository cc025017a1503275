"""The values of the room: agents, offers, and all that routing knows at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from hotline.identity import AgentId, CallId, LegId
from hotline.line import PhoneState, Snapshot, WaitingCitizen
from routing.moves import Duty, OfferState


@dataclass(frozen=True, kw_only=True)
class Agent:
    """坐席: a human who answers. `idle_since` decides who has rested longest; `rests_until` matters while resting."""

    id: AgentId
    skills: frozenset[str] = frozenset()
    phone: PhoneState = PhoneState.ABSENT
    duty: Duty = Duty.FREE
    idle_since: datetime
    rests_until: datetime
    silent_since: datetime | None = None
    """Since when his phone does not answer the switch's regular question."""

    @property
    def available(self) -> bool:
        """May be offered a call now."""
        return self.duty is Duty.FREE and self.phone is PhoneState.IDLE


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One attempt to reach an agent for one citizen. `since`: when its present state began. `channel`: the citizen's, empty: not known."""

    leg: LegId
    agent: AgentId
    call: CallId
    state: OfferState
    since: datetime
    channel: str = ""


class EmergencyState(StrEnum):
    """Where a citizen is on his way to 110, 120, 119 or 122."""

    ASKED = "asked"
    RINGING = "ringing"
    TALKING = "talking"
    UNREACHED = "unreached"
    """Nobody was reached, or no service was named: a duty agent is owed to him."""


@dataclass(frozen=True, kw_only=True)
class Emergency:
    """One citizen's emergency. `service`: empty while he has named none. `since`: when its present state began."""

    service: str
    state: EmergencyState
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Spotted:
    """The live recogniser believes that this citizen speaks of an emergency: of `service`, since then.

    `heard`: every service that was spotted in this call; `offered`: those that he was asked about already.
    """

    service: str
    since: datetime
    heard: frozenset[str]
    offered: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class WaySeen:
    """A leg to a centre whose trunk does not answer: `since` when no packet has come, and how many had come then."""

    packets: int
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the operator has set, and our own patience."""

    ring_s: int = 20
    rest: timedelta = timedelta(seconds=10)
    survey_every: timedelta = timedelta(seconds=30)
    grace: timedelta = timedelta(seconds=5)
    """A leg that has not said by itself, so long after its time, that it ended is dropped or given up."""
    silence: timedelta = timedelta(seconds=18)
    """So long may a phone in a talk be silent: it is asked every 15 s and has 2 s to answer, so it has missed two questions then."""

    still_here_every: timedelta = timedelta(seconds=2)
    still_here_for: timedelta = timedelta(seconds=8)
    """Routing says so often that it is there, and is believed so long: four sayings may be lost."""
    way_silence: timedelta = timedelta(seconds=3)
    """A centre whose trunk answers no question and from which so long not one packet came is gone."""

    def __post_init__(self) -> None:
        """Without any rest, a phone that refuses at once would be rung without end."""
        object.__setattr__(self, "rest", max(self.rest, timedelta(seconds=1)))


@dataclass(frozen=True, kw_only=True)
class Switchboard:
    """All that routing knows. `waiting` holds who stands in line, offered or not; he leaves it when he is joined or gone.

    `calls`: calls that we have told the journal about and that are not gone. `gone`: when a call ended, so that late news of it
    cannot bring it back. `missed`: calls and legs that the last survey did not show any more (routing/reconcile.py).
    `emergencies`: who is on his way to a centre, talks with one, or is owed a duty agent. `ways`: legs to centres that may be dead.
    `linked` is false from the loss of the link until the next survey: nothing is offered in between.
    """

    rules: Rules
    agents: Mapping[AgentId, Agent]
    waiting: Mapping[CallId, WaitingCitizen] = field(default_factory=dict)
    offers: Mapping[LegId, Offer] = field(default_factory=dict)
    calls: frozenset[CallId] = frozenset()
    gone: Mapping[CallId, datetime] = field(default_factory=dict)
    missed: frozenset[str] = frozenset()
    linked: bool = False
    surveyed: datetime
    next_leg: int
    emergencies: Mapping[CallId, Emergency] = field(default_factory=dict)
    spotted: Mapping[CallId, Spotted] = field(default_factory=dict)
    """Whose words made the recogniser notice; until the call is over."""
    silent_trunks: frozenset[str] = frozenset()
    ways: Mapping[str, WaySeen] = field(default_factory=dict)
    said_here: datetime | None = None
    """When the dialplan was last told that somebody assigns agents."""

    def offer_for(self, call: CallId, *states: OfferState) -> Offer | None:
        """The offer of this call that is in one of these states."""
        return next((offer for offer in self.offers.values() if offer.call == call and offer.state in states), None)


# ── what may happen besides the facts of the line ────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Tick:
    """Time has passed."""


@dataclass(frozen=True, kw_only=True)
class RingRefused:
    """The switch would not ring the agent."""

    leg: LegId


@dataclass(frozen=True, kw_only=True)
class Joined:
    """The bridge stands."""

    leg: LegId


@dataclass(frozen=True, kw_only=True)
class JoinRefused:
    """The bridge does not stand: one of the two is gone."""

    leg: LegId


@dataclass(frozen=True, kw_only=True)
class Surveyed:
    """The answer to a survey. `open_calls`: whose journal was open *before* the survey was asked for."""

    snapshot: Snapshot
    open_calls: frozenset[CallId] = frozenset()


def fresh_switchboard(agents: Mapping[AgentId, frozenset[str]], rules: Rules, now: datetime) -> Switchboard:
    """The switchboard of a new process: it knows its agents, and nothing of the line until the first survey.

    Legs are numbered from the clock's milliseconds on, so that no later process gives a number twice.
    """
    known = {name: Agent(id=name, skills=skills, idle_since=now, rests_until=now) for name, skills in agents.items()}
    return Switchboard(rules=rules, agents=known, surveyed=now, next_leg=int(now.timestamp() * 1000))
