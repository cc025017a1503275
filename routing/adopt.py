"""What a new leader takes over from the one before him: telephones that ring go on ringing, and who was busy without a leg any more is not.

A leg belongs to one call for its life. So one that rings, or has been answered, for a citizen who still waits is as good as one of our own;
all others are dropped by the survey.
"""

from collections.abc import Callable
from dataclasses import replace

from hotline.identity import LegId
from hotline.line import DropLeg, OpenLeg, Snapshot
from routing.model import LEGS_PER_TERM, Offer
from routing.moves import BUSY, OfferEvent, OfferState, Presence, PresenceEvent
from routing.presence import talk_over, talks
from routing.turn import Turn

AskToJoin = Callable[[Turn, Offer], Turn]


def adopt_ringing(turn: Turn, snapshot: Snapshot, ask_to_join: AskToJoin) -> Turn:
    """Every leg of an earlier leader on its way to an agent for a citizen who waits, and for whom nobody else is on his way."""
    for leg in snapshot.open_legs:
        if _can_be_ours(turn, leg):
            turn = _adopt(turn, leg, ask_to_join, answered=leg.leg in snapshot.answered)
    return turn


def settle_left(turn: Turn) -> Turn:
    """Who was called or talked when the leader died, and does neither now: what follows a call follows now."""
    for agent, word in turn.board.left_busy.items():
        known = turn.board.agents.get(agent)
        if known is None or known.presence in BUSY:
            continue
        turn = talk_over(talks(turn, agent) if word == Presence.TALKING else turn, agent)
    return replace(turn, board=replace(turn.board, left_busy={})) if turn.board.left_busy else turn


def stray(turn: Turn, leg: LegId) -> Turn:
    """A telephone rings by the last word of a leader who was frozen while he said it: let it go, he is not asked for any more."""
    board, number = turn.board, leg.rpartition("-")[2]
    if board.linked and leg not in board.offers and number.isdigit() and int(number) // LEGS_PER_TERM < board.epoch:
        return turn.order(DropLeg(leg=leg))
    return turn


def _can_be_ours(turn: Turn, leg: OpenLeg) -> bool:
    board = turn.board
    agent = board.agents.get(leg.agent)
    if leg.leg in board.offers or leg.call not in board.waiting or agent is None:
        return False
    taken = board.offer_for(leg.call, OfferState.RINGING, OfferState.ANSWERED, OfferState.JOINED)
    return not taken and agent.presence is Presence.READY


def _adopt(turn: Turn, leg: OpenLeg, ask_to_join: AskToJoin, *, answered: bool) -> Turn:
    citizen = turn.board.waiting[leg.call]
    offer = Offer(
        leg=leg.leg,
        agent=leg.agent,
        call=leg.call,
        state=OfferState.RINGING,
        since=turn.now,
        channel=citizen.channel,
        called=citizen.called,
    )
    turn = turn.offer(offer).presence(leg.agent, PresenceEvent.OFFERED)
    return ask_to_join(turn.move(leg.leg, OfferEvent.ANSWERED), turn.board.offers[leg.leg]) if answered else turn
