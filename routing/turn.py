"""One turn of the switchboard: the state after it, and what is to be done because of it. Every method returns a new turn."""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime

from hotline.call_facts import AgentParted, CallFact, OfferEnded
from hotline.identity import AgentId, CallId, LegId
from hotline.line import DropLeg, LineOrder, PhoneState, WaitingCitizen
from hotline.moves import moved
from routing.model import Agent, Offer, Switchboard
from routing.moves import AGENT_MOVES, OFFER_MOVES, Duty, DutyEvent, OfferEvent, OfferState


@dataclass(frozen=True, kw_only=True)
class Note:
    """One fact for the journal of one call."""

    call: CallId
    fact: CallFact


@dataclass(frozen=True, kw_only=True)
class Turn:
    """`orders` for the line in this order, `notes` for the journals, `closed`: calls whose journal is complete."""

    board: Switchboard
    now: datetime
    orders: tuple[LineOrder, ...] = ()
    notes: tuple[Note, ...] = ()
    closed: tuple[CallId, ...] = ()

    def order(self, order: LineOrder) -> "Turn":
        """Ask this of the line."""
        return replace(self, orders=(*self.orders, order))

    def note(self, call: CallId, *facts: CallFact) -> "Turn":
        """Write these into the journal of the call."""
        return replace(self, notes=(*self.notes, *(Note(call=call, fact=fact) for fact in facts)))

    def know(self, call: CallId) -> "Turn":
        """The call is on the line."""
        return replace(self, board=replace(self.board, calls=self.board.calls | {call}))

    def forget(self, call: CallId) -> "Turn":
        """The call is over: its journal is complete, and late news cannot bring it back."""
        board = replace(self.board, calls=self.board.calls - {call}, gone={**self.board.gone, call: self.now})
        return replace(self, board=board, closed=(*self.closed, call)).leave(call)

    def wait(self, citizen: WaitingCitizen) -> "Turn":
        """He stands in line, at the place that his `since` gives him."""
        return replace(self, board=replace(self.board, waiting={**self.board.waiting, citizen.call: citizen}))

    def leave(self, call: CallId) -> "Turn":
        """He stands in line no more."""
        waiting = {key: citizen for key, citizen in self.board.waiting.items() if key != call}
        return replace(self, board=replace(self.board, waiting=waiting))

    def phone(self, agent: AgentId, state: PhoneState) -> "Turn":
        """The agent's phone is in this state. Idle time begins anew when it becomes idle."""
        known = self.board.agents.get(agent)
        if known is None or known.phone is state:
            return self
        idle_since = self.now if state is PhoneState.IDLE else known.idle_since
        return self._agent(replace(known, phone=state, idle_since=idle_since))

    def reach(self, agent: AgentId, reachable: bool) -> "Turn":
        """The agent's phone answers the switch, or no more."""
        known = self.board.agents.get(agent)
        if known is None:
            return self
        return self._agent(replace(known, silent_since=None if reachable else known.silent_since or self.now))

    def duty(self, agent: AgentId, event: DutyEvent) -> "Turn":
        """Move the agent's duty. Raises `OurMistake`. An agent whom the settings no longer know has none."""
        known = self.board.agents.get(agent)
        if known is None:
            return self
        after = replace(known, duty=moved(AGENT_MOVES, known.duty, event))
        if event is DutyEvent.MISSED:
            after = replace(after, rests_until=self.now + self.board.rules.rest)
        if event is DutyEvent.MISSED or known.duty is Duty.TALKING:
            after = replace(after, idle_since=self.now)
        return self._agent(after)

    def offer(self, offer: Offer) -> "Turn":
        """Keep this offer."""
        return replace(self, board=replace(self.board, offers={**self.board.offers, offer.leg: offer}))

    def move(self, leg: LegId, event: OfferEvent) -> "Turn":
        """Move an offer; it is dropped when it is over. Raises `OurMistake`."""
        offer = self.board.offers[leg]
        after = moved(OFFER_MOVES, offer.state, event)
        others = {key: other for key, other in self.board.offers.items() if key != leg}
        kept = others if after is OfferState.OVER else {**others, leg: replace(offer, state=after, since=self.now)}
        return replace(self, board=replace(self.board, offers=kept))

    def _agent(self, agent: Agent) -> "Turn":
        return replace(self, board=replace(self.board, agents={**self.board.agents, agent.id: agent}))

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


# ── moves that several handlers share ────────────────────────────────────────────────────────────

MISSED_AS = {"hung_up": "refused"}
"""An agent who picked up and hung up before he was joined has refused; all other outcomes keep their names."""


def withdraw(turn: Turn, call: CallId, *, by: str) -> Turn:
    """Take back whatever is under way for this citizen; `by` says who ended the talk, if there was one."""
    if offer := turn.board.offer_for(call, OfferState.JOINED):
        return turn.note(call, AgentParted(agent=offer.agent, leg=offer.leg, by=by)).move(offer.leg, OfferEvent.PARTED)
    if offer := turn.board.offer_for(call, OfferState.RINGING, OfferState.ANSWERED):
        turn = turn.note(call, OfferEnded(agent=offer.agent, leg=offer.leg, outcome="citizen_gone"))
        return turn.move(offer.leg, OfferEvent.WITHDRAWN).order(DropLeg(leg=offer.leg))
    return turn


def release_leg(turn: Turn, leg: LegId, outcome: str) -> Turn:
    """The agent's leg is gone: note how, and let him rest if he took no call. A leg that we do not know is nobody's."""
    offer = turn.board.offers.get(leg)
    if offer is None:
        return turn
    if offer.state is OfferState.JOINED:
        turn = turn.note(offer.call, AgentParted(agent=offer.agent, leg=leg, by="agent")).move(leg, OfferEvent.PARTED)
    if offer.state in (OfferState.RINGING, OfferState.ANSWERED):
        turn = turn.note(offer.call, OfferEnded(agent=offer.agent, leg=leg, outcome=MISSED_AS.get(outcome, outcome)))
        return turn.duty(offer.agent, DutyEvent.MISSED).move(leg, OfferEvent.LEG_ENDED)
    return turn.duty(offer.agent, DutyEvent.RELEASED).move(leg, OfferEvent.LEG_ENDED)
