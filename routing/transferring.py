"""What a transfer does with legs and with its citizen (转接的每一步). Pure; routing/transfers.py says when."""

from dataclasses import replace
from typing import Any

from hotline.call_facts import AgentOffered, AgentParted, ConsultEnded, OfferEnded, TransferEnded
from hotline.identity import AgentId, CallId, LegId
from hotline.line import DropLeg, RingAgent
from hotline.moves import moved
from hotline.transfers import GUEST, JoinConsulted, Rejoin, ReleaseCitizen, RingUnit
from routing.model import Offer
from routing.moves import OfferEvent, OfferState, PresenceEvent
from routing.moving import TRANSFER_MOVES, Moving, MovingEvent, Stage
from routing.turn import Turn

QUEUE, SURVEY, AGENT, SKILL, UNIT = "queue", "survey", "agent", "skill", "unit"


def begin(turn: Turn, moving: Moving) -> Turn:
    """He stands in line: call whom he shall get. If another call was quicker with that agent, the transfer has failed."""
    kind, _, name = moving.to.partition(":")
    if kind == UNIT:
        return ring_unit(turn, moving, name)
    known = next((each for each in turn.board.agents.values() if each.id == name), None)
    if known is None or not known.available:
        return unreached(keep(turn, moving), moving)
    return ring(turn, moving, known.id)


def ring(turn: Turn, moving: Moving, agent: AgentId) -> Turn:
    """Reserve this agent and ring him."""
    turn, leg = turn.new_leg(moving.call)
    citizen, rules = turn.board.waiting[moving.call], turn.board.rules
    turn = turn.presence(agent, PresenceEvent.OFFERED).offer(offer_of(turn, moving, agent, leg))
    why = f"returned=1 from={moving.to.partition(':')[0]}" if moving.came_back else f"transfer_from={moving.agent}"
    turn = turn.note(moving.call, AgentOffered(agent=agent, leg=leg, why=why))
    turn = turn.order(RingAgent(agent=agent, leg=leg, call=moving.call, caller=citizen.caller, ring_seconds=rules.ring_s))
    return keep(turn, replace(moving, leg=leg))


def ring_unit(turn: Turn, moving: Moving, number: str) -> Turn:
    """Call the number over the next trunk."""
    trunk, rest = moving.trunks[0], moving.trunks[1:]
    turn, leg = turn.new_leg(moving.call)
    calling = turn.board.calling
    turn = turn.offer(offer_of(turn, moving, GUEST, leg)).note(
        moving.call, AgentOffered(agent=GUEST, leg=leg, why=f"transfer_from={moving.agent} trunk={trunk}")
    )
    turn = turn.order(
        RingUnit(
            leg=leg, call=moving.call, number=number, trunk=trunk, shown=calling.shown, most=calling.trunks[trunk],
            ring_seconds=turn.board.rules.ring_s,
        )
    )  # fmt: skip
    return keep(turn, replace(moving, leg=leg, trunks=rest))


def offer_of(turn: Turn, moving: Moving, agent: AgentId, leg: LegId) -> Offer:
    """The attempt to reach somebody for him, as for anybody who waits."""
    citizen = turn.board.waiting[moving.call]
    return Offer(
        leg=leg, agent=agent, call=moving.call, state=OfferState.RINGING, since=turn.now, channel=citizen.channel, called=citizen.called
    )


def take(turn: Turn, moving: Moving) -> Turn:
    """The citizen shall have whom his agent has asked."""
    other = turn.board.offers.get(moving.leg) if moving.leg else None
    if other is None:
        return unreached(turn, moving)
    turn = moved_on(turn, moving, MovingEvent.TAKEN)
    return turn.order(JoinConsulted(call=moving.call, channel=moving.channel, agent=other.agent, leg=other.leg, home=moving.home))


def back(turn: Turn, moving: Moving, outcome: str) -> Turn:
    """Citizen and agent again."""
    if moving.stage is Stage.CONSULTING and moving.leg:
        turn = turn.note(moving.call, ConsultEnded(leg=moving.leg))
    if not is_home(turn, moving):
        return release(turn, moving, outcome)
    turn = moved_on(turn.note(moving.call, TransferEnded(outcome=outcome)), moving, MovingEvent.FAILED)
    return turn.order(rejoin(moving)) if moving.stands else turn


def rejoin(moving: Moving) -> Rejoin:
    """Order it."""
    return Rejoin(call=moving.call, channel=moving.channel, agent=moving.agent, leg=moving.home)


def release(turn: Turn, moving: Moving, outcome: str) -> Turn:
    """Nobody keeps him: he is first in line for everybody."""
    return end(turn, moving, outcome).order(ReleaseCitizen(call=moving.call, channel=moving.channel))


def end(turn: Turn, moving: Moving, outcome: str) -> Turn:
    """It is over, and the record says how."""
    return forget(turn.note(moving.call, TransferEnded(outcome=outcome)), moving.call)


def part(turn: Turn, leg: LegId) -> Turn:
    """The agent who transferred is done: his leg goes, and with it his part of the talk."""
    return let_go(turn, leg).order(DropLeg(leg=leg)) if leg in turn.board.offers else turn


def let_go(turn: Turn, leg: LegId) -> Turn:
    """The same for a leg that ends by itself: he may still be in the code by which he asked for it."""
    offer = turn.board.offers.get(leg)
    if offer is None or offer.state is not OfferState.JOINED:
        return turn
    return turn.note(offer.call, AgentParted(agent=offer.agent, leg=leg, by="agent")).move(leg, OfferEvent.PARTED)


def drop(turn: Turn, moving: Moving, outcome: str) -> Turn:
    """Whoever was called is not needed any more."""
    offer = turn.board.offers.get(moving.leg) if moving.leg else None
    if offer is None:
        return turn
    if offer.state is OfferState.JOINED:
        return turn.move(offer.leg, OfferEvent.PARTED).order(DropLeg(leg=offer.leg))
    if offer.state in (OfferState.RINGING, OfferState.ANSWERED):
        turn = turn.note(moving.call, OfferEnded(agent=offer.agent, leg=offer.leg, outcome=outcome))
        turn = turn.move(offer.leg, OfferEvent.WITHDRAWN)
    return turn.order(DropLeg(leg=offer.leg))


def moved_on(turn: Turn, moving: Moving, event: MovingEvent) -> Turn:
    """Its next stage begins now. Raises `OurMistake`."""
    return keep(turn, replace(moving, stage=stage_after(moving, event), since=turn.now))


def stage_after(moving: Moving, event: MovingEvent) -> Stage:
    """By the table. Raises `OurMistake`."""
    return moved(TRANSFER_MOVES, moving.stage, event)


def keep(turn: Turn, moving: Moving) -> Turn:
    """As it is now."""
    return replace(turn, board=replace(turn.board, transfers={**turn.board.transfers, moving.call: moving}))


def forget(turn: Turn, call: CallId) -> Turn:
    """Nobody is being transferred in this call."""
    left = {key: each for key, each in turn.board.transfers.items() if key != call}
    return replace(turn, board=replace(turn.board, transfers=left))


def is_home(turn: Turn, moving: Moving) -> bool:
    """The agent who transfers is still there."""
    offer = turn.board.offers.get(moving.home)
    return offer is not None and offer.state is OfferState.JOINED


def outcome_of(turn: Turn, moving: Moving) -> str:
    """How the leg ended, if this very turn has written it down."""
    told: list[Any] = [note.fact for note in turn.notes if isinstance(note.fact, OfferEnded) and note.fact.leg == moving.leg]
    return str(told[-1].outcome) if told else "failed"


def unreached(turn: Turn, moving: Moving) -> Turn:
    """Another trunk, his agent again, or the front of the line."""
    kind, _, name = moving.to.partition(":")
    if kind == UNIT and moving.trunks and not moving.came_back and moving.stage is Stage.RINGING:
        return ring_unit(turn, moving, name)
    outcome = outcome_of(turn, moving)
    if moving.attended:
        return back(turn, moving, outcome)
    agent = turn.board.agents.get(moving.agent)
    if moving.came_back or agent is None or not agent.available:
        return release(turn, moving, outcome)
    returned = replace(moving, came_back=True, stage=stage_after(moving, MovingEvent.HELD), since=turn.now)
    return ring(turn.note(moving.call, TransferEnded(outcome=outcome)), returned, moving.agent)
