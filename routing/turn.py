"""One turn of the switchboard: the state after it, and what is to be done because of it. Every method returns a new turn."""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime

from hotline.audit import Act
from hotline.call_facts import AgentOffered, AgentParted, CallFact, OfferEnded
from hotline.identity import AgentId, CallId, LegId
from hotline.line import AnswerCode, DropLeg, LineOrder, PhoneState, RingAgent, WaitingCitizen
from hotline.moves import moved
from hotline.wishes import PHONE_PREFIX, Wish, WishAnswer
from routing.model import Agent, Offer, Switchboard
from routing.moves import AGENT_MOVES, OFFER_MOVES, RESERVED, OfferEvent, OfferState, Presence, PresenceEvent
from routing.policy import follow, worked
from routing.shelved import shelved


@dataclass(frozen=True, kw_only=True)
class Note:
    """One fact for the journal of one call."""

    call: CallId
    fact: CallFact


@dataclass(frozen=True, kw_only=True)
class PresenceMoved:
    """One line of an agent's day (坐席轨迹), for occupancy and for whoever asks. `by`: who forced it, empty = himself or the rules.

    `there`: his phone is registered; who is ready without a phone serves nobody.
    """

    at: datetime
    agent: AgentId
    presence: Presence
    there: bool
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A wish of somebody at a desk, and what became of it."""

    wish: str
    answer: WishAnswer


@dataclass(frozen=True, kw_only=True)
class Turn:
    """`orders` for the line in this order, `notes` for the journals, `closed`: calls whose journal is complete.

    `answers` for those who wished something at a desk; `presences` and `audits` for their own journals.
    """

    board: Switchboard
    now: datetime
    orders: tuple[LineOrder, ...] = ()
    notes: tuple[Note, ...] = ()
    closed: tuple[CallId, ...] = ()
    answers: tuple[Answered, ...] = ()
    presences: tuple[PresenceMoved, ...] = ()
    audits: tuple[Act, ...] = ()

    def order(self, order: LineOrder) -> "Turn":
        """Ask this of the line."""
        return replace(self, orders=(*self.orders, order))

    def note(self, call: CallId, *facts: CallFact) -> "Turn":
        """Write these into the journal of the call."""
        return replace(self, notes=(*self.notes, *(Note(call=call, fact=fact) for fact in facts)))

    def done(self, wish: Wish, words: str = "", *, prompt: str = "code-done") -> "Turn":
        """The wish is obeyed. `words`: Chinese first; `prompt`: what is heard by him who dialled it."""
        return self._answer(wish, WishAnswer(done=True, words=words, prompt=prompt))

    def refuse(self, wish: Wish, words: str, *, prompt: str = "code-refused") -> "Turn":
        """The wish is not obeyed, and `words` say why."""
        return self._answer(wish, WishAnswer(done=False, words=words, prompt=prompt))

    def _answer(self, wish: Wish, answer: WishAnswer) -> "Turn":
        if not wish.id:
            return self
        if wish.id.startswith(PHONE_PREFIX):
            return self.order(AnswerCode(channel=wish.id.removeprefix(PHONE_PREFIX), prompt=answer.prompt))
        return replace(self, answers=(*self.answers, Answered(wish=wish.id, answer=answer)))

    def audit(self, *, by: str, act: str, agent: str = "", call: str = "", why: str = "", outcome: str = "done") -> "Turn":
        """Write this into the audit (审计), before any order of this turn is carried out."""
        act_ = Act(at=self.now, by=by, act=act, agent=agent, call=call, why=why, outcome=outcome)
        return replace(self, audits=(*self.audits, act_))

    def know(self, call: CallId) -> "Turn":
        """The call is on the line."""
        return replace(self, board=replace(self.board, calls=self.board.calls | {call}))

    def forget(self, call: CallId) -> "Turn":
        """The call is over: its journal is complete, and late news cannot bring it back."""
        board = replace(self.board, calls=self.board.calls - {call}, gone={**self.board.gone, call: self.now})
        return replace(self, board=board, closed=(*self.closed, call)).leave(call)

    def wait(self, citizen: WaitingCitizen) -> "Turn":
        """He stands in line, at the place that his `since` gives him."""
        after = replace(self.board, waiting={**self.board.waiting, citizen.call: citizen})
        return replace(self, board=follow(self.board, after, call=citizen.call))

    def leave(self, call: CallId) -> "Turn":
        """He stands in line no more."""
        if call not in self.board.waiting:
            return self
        waiting = {key: citizen for key, citizen in self.board.waiting.items() if key != call}
        return replace(self, board=follow(self.board, replace(self.board, waiting=waiting), call=call))

    def phone(self, agent: AgentId, state: PhoneState) -> "Turn":
        """The agent's phone is in this state. Idle time begins anew when it becomes idle."""
        known = self.board.agents.get(agent)
        if known is None or known.phone is state:
            return self
        idle_since = self.now if state is PhoneState.IDLE else known.idle_since
        after = replace(known, phone=state, idle_since=idle_since)
        came_or_left = PhoneState.ABSENT in (known.phone, state)
        return self.change(after).line_of_day(after) if came_or_left else self.change(after)

    def reach(self, agent: AgentId, reachable: bool) -> "Turn":
        """The agent's phone answers the switch, or no more."""
        known = self.board.agents.get(agent)
        if known is None:
            return self
        return self.change(replace(known, silent_since=None if reachable else known.silent_since or self.now))

    def presence(self, agent: AgentId, event: PresenceEvent, *, reason: str = "", until: datetime | None = None, by: str = "") -> "Turn":
        """Move the agent's presence. Raises `OurMistake`. An agent whom the settings no longer know has none.

        `reason`, `until` and `by` belong to the new presence; those of the last one are over with it.
        """
        known = self.board.agents.get(agent)
        if known is None:
            return self
        presence = moved(AGENT_MOVES, known.presence, event)
        if presence is known.presence and event is PresenceEvent.RELEASED:
            return self
        after = replace(known, presence=presence, since=self.now, reason=reason, until=until, by=by)
        if event is PresenceEvent.MISSED or (presence is Presence.READY and known.presence not in RESERVED):
            after = replace(after, idle_since=self.now)
        if event is PresenceEvent.JOINED:
            after = replace(after, misses=0)
        return self.change(after).line_of_day(after)

    def line_of_day(self, agent: Agent) -> "Turn":
        """Write down how he stands now."""
        return replace(self, presences=(*self.presences, presence_line(agent, self.now)))

    def change(self, agent: Agent) -> "Turn":
        """Keep this agent as he is now; his presence moves by `presence` only."""
        after = replace(self.board, agents=shelved(self.board.agents).having(agent.id, agent))
        return replace(self, board=follow(self.board, after, agent=agent.id))

    def offer(self, offer: Offer) -> "Turn":
        """Keep this offer."""
        after = replace(self.board, offers={**self.board.offers, offer.leg: offer})
        return replace(self, board=follow(self.board, after, leg=offer.leg))

    def move(self, leg: LegId, event: OfferEvent) -> "Turn":
        """Move an offer; it is dropped when it is over. Raises `OurMistake`."""
        offer = self.board.offers[leg]
        after = moved(OFFER_MOVES, offer.state, event)
        others = {key: other for key, other in self.board.offers.items() if key != leg}
        kept = others if after is OfferState.OVER else {**others, leg: replace(offer, state=after, since=self.now)}
        turn = replace(self, board=follow(self.board, replace(self.board, offers=kept), leg=leg))
        agent = turn.board.agents.get(offer.agent)
        if offer.state is not OfferState.JOINED or agent is None:
            return turn
        return turn.change(worked(agent, (self.now - offer.since).total_seconds(), self.now))

    def new_leg(self, call: CallId) -> "tuple[Turn, LegId]":
        """A leg id that no process gives twice. All have the same length: AMI Bridge takes a *prefix* for a channel (measured)."""
        number = self.board.next_leg
        return replace(self, board=replace(self.board, next_leg=number + 1)), LegId(f"leg-{call}-{number:013d}")

    def unlink(self) -> "Turn":
        """What we know may be old: nothing is offered until the next survey."""
        return replace(self, board=replace(self.board, linked=False))

    def link(self, missed: Set[str]) -> "Turn":
        """What we know is true now, but for the ends that this survey has shown first."""
        return replace(self, board=replace(self.board, linked=True, surveyed=self.now, missed=frozenset(missed)))

    def forget_gone_before(self, moment: datetime) -> "Turn":
        """Late news of older calls is not expected any more."""
        gone = {call: ended for call, ended in self.board.gone.items() if ended >= moment}
        return replace(self, board=replace(self.board, gone=gone)) if len(gone) != len(self.board.gone) else self


def presence_line(agent: Agent, now: datetime) -> PresenceMoved:
    """How he stands now, as a line of his day."""
    there = agent.phone is not PhoneState.ABSENT
    return PresenceMoved(at=now, agent=agent.id, presence=agent.presence, there=there, reason=agent.reason, by=agent.by)


# ── moves that several handlers share ────────────────────────────────────────────────────────────


def withdraw(turn: Turn, call: CallId, *, by: str) -> Turn:
    """Take back whatever is under way for this citizen; `by` says who ended the talk, if there was one."""
    if offer := turn.board.offer_for(call, OfferState.JOINED):
        return turn.note(call, AgentParted(agent=offer.agent, leg=offer.leg, by=by)).move(offer.leg, OfferEvent.PARTED)
    if offer := turn.board.offer_for(call, OfferState.RINGING, OfferState.ANSWERED):
        turn = turn.note(call, OfferEnded(agent=offer.agent, leg=offer.leg, outcome="citizen_gone"))
        return turn.move(offer.leg, OfferEvent.WITHDRAWN).order(DropLeg(leg=offer.leg))
    return turn


def ring(turn: Turn, call: CallId, agent: AgentId, why: str) -> Turn:
    """Reserve this agent for a citizen who stands in line, and ring him. `why` is kept with the call."""
    turn, leg = turn.new_leg(call)
    citizen = turn.board.waiting[call]
    offer = Offer(leg=leg, agent=agent, call=call, state=OfferState.RINGING, since=turn.now, channel=citizen.channel, called=citizen.called)
    order = RingAgent(agent=agent, leg=leg, call=call, caller=citizen.caller, ring_seconds=turn.board.rules.ring_s)
    turn = turn.presence(agent, PresenceEvent.OFFERED).offer(offer).order(order)
    return turn.note(call, AgentOffered(agent=agent, leg=leg, why=why))
