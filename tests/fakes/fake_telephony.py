"""A telephone exchange in memory: citizens wait, agents' phones have manners, and the line can be cut."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from hotline.errors import LinkLost, Refused
from hotline.identity import AgentId, CallId, LegId
from hotline.line import (
    BringIn,
    CitizenGone,
    CitizenLeft,
    CitizenWaits,
    Done,
    DropLeg,
    DropWay,
    Join,
    JoinedPair,
    LegAnswered,
    LegEnded,
    LineFact,
    LineOrder,
    LinkDown,
    LinkRestored,
    ListenToWays,
    OfferEmergency,
    OpenLeg,
    PairParted,
    PhoneChanged,
    PhoneState,
    RingAgent,
    Snapshot,
    Survey,
    WaitingCitizen,
    Way,
    Ways,
)


class Manner(StrEnum):
    """What an agent's phone does when it is rung."""

    ANSWERS = "answers"
    RINGS = "rings"
    BUSY = "busy"
    REFUSES = "refuses"
    ABSENT = "absent"


_AT_ONCE = {Manner.BUSY: "busy", Manner.REFUSES: "refused", Manner.ABSENT: "absent"}


@dataclass(frozen=True, kw_only=True)
class _Leg:
    agent: AgentId
    call: CallId
    answered: bool = False
    joined: bool = False


class FakeTelephony:
    """The Telephony door. Tests set `manners`, let citizens call and people hang up, and read `orders`."""

    def __init__(self, manners: dict[AgentId, Manner] | None = None) -> None:
        self.manners = manners or {}
        self.orders: list[LineOrder] = []
        self.deaf = False
        """Orders are carried out, but their answer is lost."""
        self.before_survey: Callable[[], None] | None = None
        """Happens once, in the moment in which the next survey is asked for."""
        self.ways: tuple[Way, ...] = ()
        """Legs to emergency centres."""
        self._facts: asyncio.Queue[LineFact] = asyncio.Queue()
        self._calls: dict[CallId, WaitingCitizen] = {}
        self._waiting: set[CallId] = set()
        self._legs: dict[LegId, _Leg] = {}
        self._up = True

    # ── the door ─────────────────────────────────────────────────────────────────────────────────

    async def do(self, order: LineOrder) -> Done | Snapshot | Ways:
        """Carry out one order."""
        if not self._up:
            raise LinkLost("cut")
        self.orders.append(order)
        answer = self._do(order)
        if self.deaf:
            raise LinkLost("no answer")
        return answer

    async def facts(self) -> AsyncIterator[LineFact]:
        """What happens, while the link is up."""
        while True:
            yield await self._facts.get()

    # ── what people do ───────────────────────────────────────────────────────────────────────────

    def citizen_waits(self, call: CallId, *, since: float, skills: tuple[str, ...] = (), caller: str = "19900000001") -> WaitingCitizen:
        """Somebody calls and stands in line; or stands there once more."""
        channel = f"PJSIP/telecom-{len(self._calls):08x}"
        citizen = WaitingCitizen(call=call, channel=channel, called="12345", caller=caller, trunk="telecom", since=since, skills=skills)
        self._calls[call] = citizen
        self._waiting.add(call)
        self._say(CitizenWaits(citizen=citizen))
        return citizen

    def citizen_leaves(self, call: CallId) -> None:
        """He presses the key for an emergency."""
        self._waiting.discard(call)
        self._say(CitizenLeft(call=call))

    def citizen_hangs_up(self, call: CallId) -> None:
        """The order of facts is Asterisk's own: the citizen's end comes before that of the pair."""
        citizen = self._calls.pop(call)
        self._waiting.discard(call)
        ends = {"called": citizen.called, "caller": citizen.caller, "trunk": citizen.trunk}
        self._say(CitizenGone(call=call, by="citizen", cause=16, citizen_bytes=1644, heard_bytes=1644, **ends))
        for leg, state in list(self._legs.items()):
            if state.call == call and state.joined:
                self._say(PairParted(call=call, leg=leg, by="citizen"))
                self._end(leg, "hung_up")

    def agent_answers(self, agent: AgentId) -> None:
        """He picks up what rings."""
        for leg, state in self._legs.items():
            if state.agent == agent and not state.answered:
                self._legs[leg] = replace(state, answered=True)
                self._say(LegAnswered(leg=leg, agent=agent, call=state.call))

    def agent_hangs_up(self, agent: AgentId, outcome: str = "hung_up") -> None:
        """He ends whatever he has: a talk, or the ringing."""
        for leg, state in list(self._legs.items()):
            if state.agent == agent:
                if state.joined:
                    self._say(PairParted(call=state.call, leg=leg, by="agent"))
                self._end(leg, outcome)

    def phone(self, agent: AgentId, state: PhoneState) -> None:
        """The agent's phone changes its state by itself."""
        self._say(PhoneChanged(agent=agent, state=state))

    def cut(self) -> None:
        """The link is lost; what happens from now on is not told."""
        self._say(LinkDown())
        self._up = False

    def restore(self) -> None:
        """The link is there (again)."""
        self._up = True
        self._say(LinkRestored())

    # ── inside ───────────────────────────────────────────────────────────────────────────────────

    def _say(self, fact: LineFact) -> None:
        if self._up:
            self._facts.put_nowait(fact)

    def _do(self, order: LineOrder) -> Done | Snapshot | Ways:
        match order:
            case RingAgent():
                self._ring(order)
            case Join():
                self._join(order)
            case BringIn() | OfferEmergency():
                self._stays(order)
            case DropLeg():
                if order.leg in self._legs:
                    self._end(order.leg, "hung_up")
            case Survey():
                if happens := self.before_survey:
                    self.before_survey = None
                    happens()
                return self._snapshot()
            case ListenToWays():
                return Ways(ways=self.ways)
            case DropWay():
                self.ways = tuple(way for way in self.ways if way.channel != order.channel)
        return Done()

    def _ring(self, order: RingAgent) -> None:
        manner = self.manners.get(order.agent, Manner.ABSENT)
        if manner in _AT_ONCE:
            self._say(LegEnded(leg=order.leg, outcome=_AT_ONCE[manner]))
            return
        self._legs[order.leg] = _Leg(agent=order.agent, call=order.call)
        self._say(PhoneChanged(agent=order.agent, state=PhoneState.TALKING))
        if manner is Manner.ANSWERS:
            self.agent_answers(order.agent)

    def _join(self, order: Join) -> None:
        leg = self._legs.get(order.leg)
        if order.call not in self._waiting or leg is None or not leg.answered:
            raise Refused("one of the two is gone")
        self._waiting.discard(order.call)
        self._legs[order.leg] = replace(leg, joined=True)

    def _stays(self, order: BringIn | OfferEmergency) -> None:
        """Whoever joins the two, they stay together; who is asked something stays in line."""
        if isinstance(order, OfferEmergency):
            if order.call not in self._waiting:
                raise Refused("the citizen does not stand in line")
            return
        leg = self._legs.get(order.leg)
        if order.call not in self._calls or leg is None or not leg.joined:
            raise Refused("one of the two is gone")

    def _end(self, leg: LegId, outcome: str) -> None:
        state = self._legs.pop(leg)
        self._say(LegEnded(leg=leg, outcome=outcome))
        self._say(PhoneChanged(agent=state.agent, state=PhoneState.IDLE))

    def _snapshot(self) -> Snapshot:
        talking = {leg.agent for leg in self._legs.values()}
        phones = {agent: PhoneState.TALKING if agent in talking else PhoneState.IDLE for agent in self.manners}
        return Snapshot(
            calls=frozenset(self._calls),
            waiting=tuple(self._calls[call] for call in sorted(self._waiting)),
            joined=tuple(self._pair(name, leg) for name, leg in self._legs.items() if leg.joined),
            legs=frozenset(self._legs),
            answered=frozenset(name for name, leg in self._legs.items() if leg.answered),
            open_legs=tuple(OpenLeg(leg=name, agent=leg.agent, call=leg.call) for name, leg in self._legs.items() if not leg.joined),
            phones=phones | {agent: PhoneState.ABSENT for agent, manner in self.manners.items() if manner is Manner.ABSENT},
        )

    def _pair(self, name: LegId, leg: _Leg) -> JoinedPair:
        return JoinedPair(call=leg.call, leg=name, agent=leg.agent, channel=self._calls[leg.call].channel)
