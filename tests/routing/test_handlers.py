"""What routing does about each thing that happens: pure turns, one after the other."""

from dataclasses import replace
from datetime import datetime
from typing import get_args

import pytest

from hotline.announcements import TellPlace
from hotline.call_facts import AgentJoined, AgentOffered, AgentParted, Arrived, CallEnded, OfferEnded, RecordingClosed, WaitBegan
from hotline.errors import OurMistake
from hotline.identity import LegId
from hotline.line import (
    CitizenLeft,
    CitizenWaits,
    DropLeg,
    Join,
    LegAnswered,
    LegEnded,
    LinkDown,
    LinkRestored,
    PairParted,
    PhoneChanged,
    PhoneReachable,
    PhoneState,
    RingAgent,
    StillHere,
    Survey,
)
from hotline.wishes import Wish, known_wishes
from routing.handlers import HANDLERS, Happening
from routing.handlers import step as whole_step
from routing.model import Joined, JoinRefused, RingRefused, Switchboard, Tick
from routing.moves import OfferState, Presence
from routing.turn import Turn
from tests.routing.words import A1, A2, C1, C2, at, citizen, gone, new_board, only_leg, states, survey


def step(board: Switchboard, happening: Happening, now: datetime) -> Turn:
    """One turn, without what belongs to the ticks: the word to the dialplan that we are still here, and what those who wait are told."""
    turn = whole_step(board, happening, now)
    return replace(turn, orders=tuple(order for order in turn.orders if not isinstance(order, StillHere | TellPlace)))


def play(board: Switchboard, *happenings: Happening, now: float = 0.0) -> Turn:
    """All these, one after the other; the turn of the last, with the state after all."""
    turn = step(board, happenings[0], at(now))
    for happening in happenings[1:]:
        turn = step(turn.board, happening, at(now))
    return turn


def linked(*agents: str) -> Switchboard:
    return play(new_board(*agents), survey()).board  # type: ignore[arg-type]


def ringing(*agents: str) -> Switchboard:
    return play(linked(*agents), CitizenWaits(citizen=citizen(waited=30))).board


def answered(*agents: str) -> Switchboard:
    board = ringing(*agents)
    return play(board, LegAnswered(leg=only_leg(board), agent=A1, call=C1)).board


def talking(*agents: str) -> Switchboard:
    board = answered(*agents)
    return play(board, Joined(leg=only_leg(board))).board


def facts(turn: Turn) -> list[object]:
    return [note.fact for note in turn.notes]


def test_there_is_a_handler_for_everything_that_may_happen() -> None:
    happenings = set(get_args(Happening)) - {Wish}
    assert set(HANDLERS) == happenings | set(known_wishes().values())


def test_a_citizen_is_offered_to_the_idle_agent_who_is_reserved_before_his_phone_rings() -> None:
    turn = play(linked(), CitizenWaits(citizen=citizen()))
    leg = only_leg(turn.board)
    assert turn.orders == (RingAgent(agent=A1, leg=leg, call=C1, caller="19900000001", ring_seconds=20),)
    assert turn.board.agents[A1].presence is Presence.OFFERED
    assert facts(turn) == [
        Arrived(called="12345", caller="19900000001", trunk="t"),
        WaitBegan(skills=()),
        AgentOffered(agent=A1, leg=leg, why="asked=none waited_s=0 ready=1"),
    ]


def test_one_agent_gets_one_offer_and_one_citizen_gets_one_agent() -> None:
    turn = play(ringing(A1, A2), CitizenWaits(citizen=citizen(C2)), CitizenWaits(citizen=citizen(C2)), Tick())
    assert states(turn.board) == {C1: OfferState.RINGING, C2: OfferState.RINGING}
    assert {offer.agent for offer in turn.board.offers.values()} == {A1, A2}
    assert turn.orders == ()


def test_nothing_is_offered_while_the_link_is_down() -> None:
    turn = play(linked(), LinkDown(), CitizenWaits(citizen=citizen()), Tick())
    assert turn.board.offers == {}
    assert turn.orders == (Survey(),)
    assert play(turn.board, LinkRestored()).orders == (Survey(),)


def test_an_agent_who_comes_is_given_whoever_waits_longest() -> None:
    board = play(linked(), PhoneChanged(agent=A1, state=PhoneState.ABSENT)).board
    board = play(board, CitizenWaits(citizen=citizen(C1, waited=5)), CitizenWaits(citizen=citizen(C2, waited=9))).board
    turn = play(board, PhoneChanged(agent=A1, state=PhoneState.IDLE))
    assert states(turn.board) == {C2: OfferState.RINGING}


def test_an_answer_is_followed_by_the_join_and_the_join_by_the_record() -> None:
    board = ringing()
    leg = only_leg(board)
    turn = play(board, LegAnswered(leg=leg, agent=A1, call=C1))
    assert turn.orders == (Join(call=C1, channel="PJSIP/t-1", agent=A1, leg=leg),)
    turn = play(turn.board, Joined(leg=leg))
    assert facts(turn) == [AgentJoined(agent=A1, leg=leg)]
    assert turn.board.waiting == {}
    assert turn.board.agents[A1].presence is Presence.TALKING


@pytest.mark.parametrize("outcome", ["busy", "no_answer", "refused", "absent", "unreachable", "failed"])
def test_an_agent_who_takes_no_call_rests_and_the_citizen_keeps_his_place(outcome: str) -> None:
    board = ringing(A1, A2)
    leg = only_leg(board)
    turn = play(board, LegEnded(leg=leg, outcome=outcome))
    assert facts(turn)[0] == OfferEnded(agent=A1, leg=leg, outcome=outcome)
    assert turn.board.agents[A1].presence is Presence.PAUSED
    assert turn.board.waiting[C1] == citizen(waited=30)
    [order] = turn.orders
    assert isinstance(order, RingAgent)
    assert order.agent == A2
    assert order.leg != leg


def test_an_agent_who_missed_a_call_is_offered_none_before_his_rest_is_over_and_comes_after_the_others() -> None:
    board = ringing()
    board = play(board, LegEnded(leg=only_leg(board), outcome="no_answer")).board
    assert step(board, Tick(), at(9.9)).orders == ()
    turn = step(board, Tick(), at(10))
    assert [type(order) for order in turn.orders] == [RingAgent]
    assert board.agents[A1].idle_since == at(0)


def test_a_refused_ring_is_a_missed_offer() -> None:
    board = ringing()
    turn = play(board, RingRefused(leg=only_leg(board)))
    assert facts(turn) == [OfferEnded(agent=A1, leg=only_leg(board), outcome="failed")]
    assert turn.board.agents[A1].presence is Presence.PAUSED


def test_a_refused_join_leaves_the_citizen_first_in_line_and_drops_the_leg() -> None:
    board = answered(A1, A2)
    leg = only_leg(board)
    turn = play(board, JoinRefused(leg=leg))
    assert facts(turn) == [OfferEnded(agent=A1, leg=leg, outcome="failed")]
    assert turn.orders == (DropLeg(leg=leg),)
    turn = play(turn.board, LegEnded(leg=leg, outcome="hung_up"))
    assert [type(order) for order in turn.orders] == [RingAgent]
    assert turn.board.agents[A1].presence is not Presence.PAUSED


def test_a_citizen_who_hangs_up_while_it_rings_frees_the_agent_when_the_leg_is_gone() -> None:
    board = ringing()
    leg = only_leg(board)
    turn = play(board, gone())
    assert turn.orders == (DropLeg(leg=leg),)
    assert facts(turn) == [
        OfferEnded(agent=A1, leg=leg, outcome="citizen_gone"),
        RecordingClosed(citizen_bytes=10, heard_bytes=20),
        CallEnded(by="citizen", cause=16, how="hangup"),
    ]
    assert turn.closed == (C1,)
    board = play(turn.board, CitizenWaits(citizen=citizen(C2))).board
    assert board.agents[A1].presence is Presence.OFFERED
    turn = play(board, LegEnded(leg=leg, outcome="no_answer"))
    assert states(turn.board) == {C2: OfferState.RINGING}


def test_an_agent_who_picks_up_while_we_withdraw_is_dropped_again() -> None:
    board = play(ringing(), gone()).board
    leg = only_leg(board)
    turn = play(board, LegAnswered(leg=leg, agent=A1, call=C1))
    assert turn.orders == (DropLeg(leg=leg),)
    assert facts(turn) == []


def test_a_leg_that_nobody_knows_is_dropped_when_it_answers() -> None:
    assert play(linked(), LegAnswered(leg=LegId("leg-old"), agent=A1, call=C1)).orders == (DropLeg(leg=LegId("leg-old")),)


@pytest.mark.parametrize("by", ["agent", "citizen"])
def test_a_talk_ends_with_who_ended_it_and_the_agent_is_free_when_his_leg_is_gone(by: str) -> None:
    board = talking()
    leg = only_leg(board)
    turn = play(board, PairParted(call=C1, leg=leg, by=by))
    assert facts(turn) == [AgentParted(agent=A1, leg=leg, by=by)]
    assert turn.board.agents[A1].presence is Presence.TALKING
    turn = step(turn.board, LegEnded(leg=leg, outcome="hung_up"), at(100))
    assert facts(turn) == []
    assert (turn.board.agents[A1].presence, turn.board.agents[A1].idle_since) == (Presence.READY, at(100))


def test_a_citizen_who_hangs_up_in_a_talk_is_noted_once_although_the_pair_parts_afterwards() -> None:
    board = talking()
    leg = only_leg(board)
    turn = play(board, gone())
    assert facts(turn)[0] == AgentParted(agent=A1, leg=leg, by="citizen")
    turn = play(turn.board, PairParted(call=C1, leg=leg, by="citizen"))
    assert facts(turn) == []
    assert play(turn.board, LegEnded(leg=leg, outcome="hung_up")).board.offers == {}


def test_a_citizen_whose_agent_was_lost_waits_again_at_his_old_place() -> None:
    board = talking()
    leg = only_leg(board)
    board = play(board, PairParted(call=C1, leg=leg, by="agent"), LegEnded(leg=leg, outcome="unreachable")).board
    board = play(board, PhoneChanged(agent=A1, state=PhoneState.ABSENT), CitizenWaits(citizen=citizen(C2, waited=5))).board
    turn = play(board, CitizenWaits(citizen=citizen(waited=30)))
    assert facts(turn) == [WaitBegan(skills=())]
    turn = play(turn.board, PhoneChanged(agent=A1, state=PhoneState.IDLE))
    assert states(turn.board) == {C1: OfferState.RINGING}


def test_a_citizen_who_leaves_by_a_key_is_joined_with_nobody() -> None:
    board = ringing()
    turn = play(board, CitizenLeft(call=C1))
    assert turn.orders == (DropLeg(leg=only_leg(board)),)
    assert turn.board.waiting == {}
    assert turn.closed == ()


def test_the_end_of_a_call_that_never_waited_is_a_whole_record_too() -> None:
    turn = play(linked(), gone())
    assert facts(turn)[0] == Arrived(called="12345", caller="19900000001", trunk="t")
    assert turn.closed == (C1,)


def test_late_news_of_a_call_that_is_gone_changes_nothing() -> None:
    board = play(ringing(), gone()).board
    assert play(board, gone()).notes == ()
    assert play(board, CitizenWaits(citizen=citizen())).board.waiting == {}


def test_an_offer_that_nobody_ends_is_given_up_after_its_time() -> None:
    board = ringing(A1, A2)
    leg = only_leg(board)
    assert step(board, Tick(), at(24.9)).notes == ()
    turn = step(board, Tick(), at(25))
    assert facts(turn)[0] == OfferEnded(agent=A1, leg=leg, outcome="no_answer")
    assert turn.orders[0] == DropLeg(leg=leg)
    assert isinstance(turn.orders[1], RingAgent)
    assert step(turn.board, LegEnded(leg=leg, outcome="no_answer"), at(26)).notes == ()


def test_a_leg_that_was_dropped_before_it_had_a_channel_is_dropped_again() -> None:
    board = play(ringing(), gone()).board
    leg = only_leg(board)
    assert step(board, Tick(), at(0.9)).orders == ()
    assert step(board, Tick(), at(1)).orders == (DropLeg(leg=leg),)
    given_up = step(board, Tick(), at(30)).board
    assert (given_up.offers, given_up.agents[A1].presence) == ({}, Presence.READY)


def test_the_survey_comes_round() -> None:
    board = linked()
    assert step(board, Tick(), at(29)).orders == ()
    assert step(board, Tick(), at(30)).orders == (Survey(),)


def test_a_gone_call_is_remembered_for_a_minute() -> None:
    board = replace(play(linked(), gone()).board, surveyed=at(100))
    assert C1 in step(board, Tick(), at(59)).board.gone
    assert C1 not in step(board, Tick(), at(61)).board.gone


def test_a_join_that_nobody_asked_for_raises_and_changes_nothing() -> None:
    board = ringing()
    with pytest.raises(OurMistake):
        step(board, Joined(leg=only_leg(board)), at(0))
    assert states(board) == {C1: OfferState.RINGING}


def test_a_phone_that_dies_in_a_talk_is_given_time_to_come_back_and_then_dropped_as_lost() -> None:
    board = play(talking(), PhoneReachable(agent=A1, reachable=False)).board
    assert play(board, PhoneReachable(agent=A1, reachable=False), Tick(), now=17).orders == ()
    assert play(board, PhoneReachable(agent=A1, reachable=True), Tick(), now=18).orders == ()
    assert play(board, PhoneReachable(agent=A1, reachable=False), Tick(), now=18).orders == (DropLeg(leg=only_leg(board), lost=True),)


def test_a_phone_that_answers_nobody_is_dropped_only_out_of_a_talk() -> None:
    for board in (linked(), ringing(), answered()):
        assert DropLeg not in [type(order) for order in play(board, PhoneReachable(agent=A1, reachable=False), Tick(), now=18).orders]


def test_the_dialplan_is_told_every_other_second_that_agents_are_assigned_and_nothing_while_there_is_no_link() -> None:
    board, said = linked(), []
    for second in range(6):
        turn = whole_step(board, Tick(), at(second))
        board = turn.board
        said += [(second, order.until - int(at(second).timestamp())) for order in turn.orders if isinstance(order, StillHere)]
    assert said == [(0, 8), (2, 8), (4, 8)]
    assert not [order for order in whole_step(new_board(), Tick(), at(9)).orders if isinstance(order, StillHere)]


def test_who_was_in_an_emergency_is_served_before_who_waits_longer() -> None:
    longer, urgent = citizen(C1, waited=300), replace(citizen(C2, waited=1), priority=100)
    board = replace(linked(), waiting={C1: longer, C2: urgent})
    assert states(step(board, Tick(), at(0)).board) == {C2: OfferState.RINGING}
