"""A turn is a value: every method returns a new one, and an illegal move changes nothing."""

from dataclasses import replace

import pytest

from hotline.errors import OurMistake
from hotline.identity import LegId
from hotline.line import DropLeg, PhoneState
from routing.model import Offer
from routing.moves import OfferEvent, OfferState, Presence, PresenceEvent
from routing.turn import Turn, withdraw
from tests.routing.words import A1, C1, at, citizen, new_board

LEG = LegId(f"leg-{C1}-1764000000001")


def a_turn(state: OfferState = OfferState.RINGING) -> Turn:
    turn = Turn(board=new_board(), now=at(0)).presence(A1, PresenceEvent.OFFERED)
    if state in (OfferState.JOINED, OfferState.PARTED):
        turn = turn.presence(A1, PresenceEvent.JOINED)
    return turn.offer(Offer(leg=LEG, agent=A1, call=C1, state=state, since=at(0)))


def test_leg_ids_are_new_each_time_and_of_one_length() -> None:
    turn, first = a_turn().new_leg(C1)
    _, second = turn.new_leg(C1)
    assert first != second
    assert len(first) == len(second)


def test_a_gone_call_is_forgotten_after_a_while_but_not_before() -> None:
    turn = a_turn().wait(citizen()).know(C1).forget(C1)
    assert (turn.closed, turn.board.waiting, turn.board.calls) == ((C1,), {}, frozenset())
    assert turn.forget_gone_before(at(-1)).board.gone == {C1: at(0)}
    assert turn.forget_gone_before(at(1)).board.gone == {}


def test_idle_time_begins_when_the_phone_becomes_idle() -> None:
    turn = Turn(board=new_board(), now=at(5)).phone(A1, PhoneState.IDLE)
    assert turn.board.agents[A1].idle_since == at(5)
    again = Turn(board=turn.board, now=at(9)).phone(A1, PhoneState.IDLE)
    assert again.board.agents[A1].idle_since == at(5)


def test_a_talk_is_work_that_the_agent_has_had() -> None:
    talked = replace(a_turn(OfferState.JOINED), now=at(60)).move(LEG, OfferEvent.PARTED).board.agents[A1].load
    longer = replace(a_turn(OfferState.JOINED), now=at(90)).move(LEG, OfferEvent.PARTED).board.agents[A1].load
    assert longer > talked > 0
    assert a_turn().move(LEG, OfferEvent.WITHDRAWN).board.agents[A1].load == 0


def test_an_illegal_move_raises_and_changes_nothing() -> None:
    turn = a_turn()
    before = turn.board
    with pytest.raises(OurMistake):
        turn.move(LEG, OfferEvent.JOINED)
    with pytest.raises(OurMistake):
        turn.presence(A1, PresenceEvent.OFFERED)
    assert turn.board == before


@pytest.mark.parametrize("state", [OfferState.RINGING, OfferState.ANSWERED])
def test_withdrawing_an_offer_drops_the_leg_and_keeps_the_agent_reserved_until_it_is_gone(state: OfferState) -> None:
    turn = withdraw(a_turn(state), C1, by="citizen")
    assert turn.orders == (DropLeg(leg=LEG),)
    assert turn.board.agents[A1].presence is Presence.OFFERED
    assert turn.board.offers[LEG].state is OfferState.WITHDRAWN
