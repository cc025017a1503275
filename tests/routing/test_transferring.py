"""Each step of a transfer by itself: what it does to legs that are in a state of their own already."""

import pytest

from hotline.call_facts import AgentParted, OfferEnded
from hotline.identity import LegId
from hotline.line import DropLeg
from hotline.wishes import Transfer
from routing.model import Offer
from routing.moves import OfferState
from routing.moving import Moving, MovingEvent, Stage
from routing.transferring import drop, let_go, outcome_of, part, stage_after
from routing.turn import Turn
from tests.routing.words import A1, A2, C1, at, new_board

HOME, OTHER = LegId(f"leg-{C1}-1"), LegId(f"leg-{C1}-2")
MOVING = Moving(
    call=C1, channel="PJSIP/t-1", agent=A1, home=HOME, to="agent:1002", attended=True, wish=Transfer(agent=A1, to=A2), leg=OTHER,
    stage=Stage.RINGING, since=at(0),
)  # fmt: skip


def turn_with(leg: LegId, state: OfferState) -> Turn:
    return Turn(board=new_board(A1, A2), now=at(0)).offer(Offer(leg=leg, agent=A2, call=C1, state=state, since=at(0)))


@pytest.mark.parametrize(
    ("state", "after", "told"),
    [
        (OfferState.RINGING, OfferState.WITHDRAWN, [OfferEnded]),
        (OfferState.ANSWERED, OfferState.WITHDRAWN, [OfferEnded]),
        (OfferState.JOINED, OfferState.PARTED, []),
        (OfferState.PARTED, OfferState.PARTED, []),
        (OfferState.WITHDRAWN, OfferState.WITHDRAWN, []),
    ],
)
def test_whoever_is_not_needed_is_hung_up_in_whatever_state_he_is(state: OfferState, after: OfferState, told: list[type]) -> None:
    turn = drop(turn_with(OTHER, state), MOVING, "cancelled")
    assert (turn.board.offers[OTHER].state, [type(note.fact) for note in turn.notes]) == (after, told)
    assert turn.orders == (DropLeg(leg=OTHER),)


def test_a_leg_that_ends_by_itself_is_not_hung_up_in_the_middle_of_its_code() -> None:
    turn = let_go(turn_with(HOME, OfferState.JOINED), HOME)
    assert turn.orders == ()
    assert [type(note.fact) for note in turn.notes] == [AgentParted]
    assert part(turn_with(HOME, OfferState.JOINED), HOME).orders == (DropLeg(leg=HOME),)


def test_who_is_gone_already_needs_nothing() -> None:
    turn = Turn(board=new_board(A1), now=at(0))
    assert part(turn, HOME) == turn
    assert drop(turn, MOVING, "cancelled") == turn


def test_why_nobody_was_reached_is_what_this_turn_has_written_down() -> None:
    turn = Turn(board=new_board(A1), now=at(0))
    assert outcome_of(turn, MOVING) == "failed"
    told = turn.note(C1, OfferEnded(agent=A1, leg=HOME, outcome="refused"), OfferEnded(agent=A2, leg=OTHER, outcome="busy"))
    assert outcome_of(told, MOVING) == "busy"


def test_a_ringing_transfer_may_be_answered_taken_or_brought_back() -> None:
    assert [stage_after(MOVING, event) for event in (MovingEvent.CONSULTED, MovingEvent.TAKEN, MovingEvent.FAILED)] == [
        Stage.CONSULTING, Stage.JOINING, Stage.RETURNING
    ]  # fmt: skip
