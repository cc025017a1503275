"""The values of the room: agents, offers, and all that routing knows at one moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from hotline.dialling import Calling
from hotline.identity import AgentId, CallId, LegId
from hotline.line import PhoneState, Priority, Snapshot, WaitingCitizen
from hotline.skills import Levels, levels_of
from hotline.transfers import TransferOrder
from hotline.wishes import AgentWants, ForcePresence
from routing.choosing import Choosing
from routing.estimate import Pace
from routing.knows import Knowledge
from routing.matching import FOR_EVER, ChoiceRules
from routing.moves import OfferState, Presence
from routing.moving import Moving
from routing.owing import CallbackRules, Debts
from routing.supervising import Supervision


@dataclass(frozen=True, kw_only=True)
class Agent:
    """坐席: a human who answers. `idle_since` decides who has rested longest; `since`: when the present presence began.

    `until`: when a rest or the work after a call is over by itself, None = never. `reason`: why he is paused, a word of the settings or
    one of ours. `by`: the supervisor who forced him there, empty = himself or the rules.
    """

    id: AgentId
    levels: Levels = field(default_factory=dict)
    """What he can, and how well."""
    kept_for: str = ""
    """专席: the skill for whose callers his seat is kept, empty = for nobody."""
    load: float = 0.0
    """How much he has talked, what is long ago less (routing/policy.py); decides who is asked first where work is balanced."""
    supervisor: bool = False
    """班长: may listen, force, take over."""
    after_call: timedelta | None = None
    """His own time for the work after a call; None = what his line grants."""
    phone: PhoneState = PhoneState.ABSENT
    presence: Presence = Presence.READY
    since: datetime
    until: datetime | None = None
    reason: str = ""
    by: str = ""
    wanted: AgentWants | ForcePresence | None = None
    """What he wished, or was wished for him, while a call took him: obeyed after it."""
    misses: int = 0
    """Calls in a row that he did not take."""
    missed: int = 0
    """All of them since he logged on."""
    idle_since: datetime
    silent_since: datetime | None = None
    """Since when his phone does not answer the switch's regular question."""
    leaves: bool = False
    """He works here no more (routing/staff.py): no call is offered to him, and he is gone after the one that he has."""

    @property
    def skills(self) -> frozenset[str]:
        """What he can, whatever the level."""
        return frozenset(self.levels)

    @property
    def available(self) -> bool:
        """May be offered a call now."""
        return self.presence is Presence.READY and self.phone is PhoneState.IDLE and not self.leaves


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One attempt to reach an agent for one citizen. `since`: when its present state began. `channel`: the citizen's, empty: not known.

    `called`: the number of our line, empty: not known.
    """

    leg: LegId
    agent: AgentId
    call: CallId
    state: OfferState
    since: datetime
    channel: str = ""
    called: str = ""


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


LEGS_PER_TERM: Final = 10**8
"""Legs are numbered by their leader's term first: no two leaders give the same number, whatever their clocks say."""

HEAD_STARTS: Final[Mapping[int, float]] = MappingProxyType(
    {
        Priority.REPEAT: 30.0,
        Priority.ELDERLY: 60.0,
        Priority.HANDED_IN: 180.0,
        Priority.CUT_OFF: 300.0,
        Priority.MOVED: 1800.0,
        Priority.TRANSFERRED: 300.0,
        Priority.SPOTTED: 900.0,
        Priority.EMERGENCY: FOR_EVER,
    }
)
"""先接谁, in seconds: nobody but an emergency goes before all who wait, so that nobody starves."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the operator has set, and our own patience."""

    ring_s: int = 20
    rest: timedelta = timedelta(seconds=10)
    """Who did not take a call is offered none for so long; `misses_in_a_row` of them, and he is paused until he says that he is there."""
    misses_in_a_row: int = 3
    after_call: timedelta = timedelta()
    """话后处理: time for work after a talk."""
    after_call_of: Mapping[str, timedelta] = field(default_factory=dict)
    """Lines (called numbers) that grant another time."""
    callbacks: CallbackRules = field(default_factory=CallbackRules)
    """回拨."""
    longer: timedelta = timedelta(seconds=60)
    """What an agent gets who asks for more time."""
    pauses: Mapping[str, timedelta] = field(default_factory=dict)
    """示忙原因: why one may pause, and how long before the board raises an alarm; zero = as long as he likes."""
    agents_see_supervision: bool = False
    """Whether an agent is shown that a supervisor is at his talk."""
    log_on: bool = False
    """True: an agent is offline until he logs on. False: his registered phone is enough."""
    choice: ChoiceRules = field(default_factory=ChoiceRules)
    head_starts: Mapping[int, float] = field(default_factory=lambda: HEAD_STARTS)
    """hotline.line.Priority → seconds that it counts as more waiting."""
    repeat_within: timedelta = timedelta(hours=2)
    """Who talked with us so recently has the head start of a repeated call."""
    say_place: bool = True
    """Tell who waits how many are before him."""
    by_load: bool = False
    """True: of those who are ready, who has talked least is asked first. False: who is idle longest."""
    say_agent_number: bool = False
    """工号播报: the citizen hears who serves him before they are joined."""
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
class Announcing:
    """How the line moves (routing/announcing.py), with the counts at the last look; `told`: when each place was laid down."""

    pace: Pace = field(default_factory=Pace)
    served: int = 0
    gave_up: int = 0
    stood: int = 0
    told: Mapping[CallId, float] = field(default_factory=dict)


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
    choosing: tuple[Choosing, tuple[object, ...]] | None = field(default=None, compare=False, repr=False)
    """What follows from all this for the choice, and of which of these values it was made (routing/policy.py)."""
    announcing: Announcing = field(default_factory=Announcing)
    silent_trunks: frozenset[str] = frozenset()
    ways: Mapping[str, WaySeen] = field(default_factory=dict)
    said_here: datetime | None = None
    """When the dialplan was last told that somebody assigns agents."""
    transfers: Mapping[CallId, Moving] = field(default_factory=dict)
    """Who is being transferred (routing/transfers.py)."""
    calling: Calling = field(default_factory=Calling)
    calling_out: Mapping[CallId, AgentId] = field(default_factory=dict)
    """Agents who have called somebody (routing/out_calls.py)."""
    callbacks: Debts = field(default_factory=Debts)
    """To whom calls are owed (routing/callbacks.py)."""
    supervisions: Mapping[LegId, Supervision] = field(default_factory=dict)
    """Which supervisors are at a talk, by their own channels (routing/supervision.py)."""
    knows: Knowledge = field(default_factory=Knowledge)
    """Which agent talked with which citizen last (routing/knows.py)."""
    epoch: int = 0
    """The number of this leader's term (routing/office.py); 0 = he is alone."""
    left_busy: Mapping[AgentId, str] = field(default_factory=dict)
    """Who was called or talked when the leader before us died; until the first survey (routing/adopt.py)."""

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
class OrderDone:
    """The switch did what a transfer or an outgoing call asked of it."""

    order: TransferOrder


@dataclass(frozen=True, kw_only=True)
class OrderRefused:
    """It did not: one of those whom it was about is gone."""

    order: TransferOrder


@dataclass(frozen=True, kw_only=True)
class Surveyed:
    """The answer to a survey. `open_calls`: whose journal was open *before* the survey was asked for."""

    snapshot: Snapshot
    open_calls: frozenset[CallId] = frozenset()


def fresh_switchboard(agents: Mapping[AgentId, Iterable[str]], rules: Rules, now: datetime) -> Switchboard:
    """The switchboard of a new process: it knows its agents and their skills (hotline/skills.py), and nothing of the line
    until the first survey.

    Legs are numbered from the clock's milliseconds on, so that no later process gives a number twice.
    """
    presence = Presence.OFFLINE if rules.log_on else Presence.READY
    known = {
        name: Agent(id=name, levels=levels_of(skills), presence=presence, since=now, idle_since=now) for name, skills in agents.items()
    }
    return Switchboard(rules=rules, agents=known, surveyed=now, next_leg=int(now.timestamp() * 1000))
