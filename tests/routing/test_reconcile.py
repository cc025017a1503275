"""After a survey nobody is lost, nobody is offered twice, and those who talk notice nothing."""

from dataclasses import replace

import pytest

from hotline.call_facts import AgentJoined, AgentParted, Arrived, CallEnded, OfferEnded, RecordingClosed, WaitBegan
from hotline.identity import CallId, LegId
from hotline.line import DropLeg, Join, JoinedPair, LegEnded, PairParted, PhoneState, RingAgent, Survey
from routing.handlers import step
from routing.model import Surveyed, Switchboard, Tick
from routing.moves import OfferState, Presence
from tests.routing.test_handlers import answered, facts, linked, play, ringing, talking
from tests.routing.words import A1, A2, C1, C2, at, citizen, gone, new_board, only_leg, snapshot, states, survey


def with_pair(leg: LegId, *waiting: CallId, call: CallId = C1) -> Surveyed:
    seen = snapshot(*(citizen(each) for each in waiting), calls=frozenset({call}), legs=frozenset({leg}), answered=frozenset({leg}))
    return Surveyed(snapshot=replace(seen, joined=(JoinedPair(call=call, leg=leg, agent=A1),), phones={A1: PhoneState.TALKING}))


def test_who_is_found_waiting_is_served_in_his_order() -> None:
    turn = play(new_board(), survey(citizen(C1, waited=1), citizen(C2, waited=40)))
    assert states(turn.board) == {C2: OfferState.RINGING}
    assert set(turn.board.waiting) == {C1, C2}
    assert [fact for fact in facts(turn) if isinstance(fact, Arrived | WaitBegan)] == [
        Arrived(called="12345", caller="19900000001", trunk="t"),
        WaitBegan(skills=()),
    ] * 2


def test_a_survey_of_the_same_line_changes_nothing() -> None:
    board = ringing()
    seen = survey(citizen(waited=30), legs=frozenset({only_leg(board)}), phones={A1: PhoneState.RINGING})
    turn = step(board, seen, at(5))
    assert (turn.notes, turn.orders, turn.closed) == ((), (), ())
    assert turn.board.offers == board.offers


def test_a_call_that_ended_unseen_is_reconciled_and_its_journal_closed() -> None:
    board = talking()
    leg = only_leg(board)
    turn = play(board, survey(), survey())
    assert facts(turn) == [AgentParted(agent=A1, leg=leg, by="unknown"), CallEnded(by="unknown", cause=0, how="reconciled")]
    assert turn.closed == (C1,)
    assert turn.board.offers == {}
    assert turn.board.agents[A1].presence is Presence.READY


def test_whoever_is_not_on_the_line_of_a_younger_switch_was_cut_off() -> None:
    leg = only_leg(talking())
    seen = survey(citizen(C2))
    young = replace(seen, snapshot=replace(seen.snapshot, switch_since=C1.born + 1.0), open_calls=frozenset({C1, C2}))
    turn = play(talking(), young, young)
    assert facts(turn)[:2] == [AgentParted(agent=A1, leg=leg, by="us"), CallEnded(by="us", how="cut_off")]
    assert turn.closed == (C1,)


def test_a_call_of_the_second_in_which_the_switch_began_may_be_one_of_its_own() -> None:
    seen = survey()
    same = replace(seen, snapshot=replace(seen.snapshot, switch_since=C1.born + 0.0), open_calls=frozenset({C1}))
    assert facts(play(new_board(), same, same)) == [CallEnded(by="unknown", how="reconciled")]


def test_the_news_of_an_end_that_a_survey_overtook_is_believed_and_not_the_survey() -> None:
    board = talking()
    leg = only_leg(board)
    overtaken = play(board, survey())
    assert (overtaken.notes, overtaken.closed) == ((), ())
    assert Survey() in play(overtaken.board, Tick()).orders
    turn = play(overtaken.board, gone())
    assert facts(turn)[-2:] == [RecordingClosed(citizen_bytes=10, heard_bytes=20), CallEnded(by="citizen", cause=16)]
    assert turn.closed == (C1,)
    turn = play(turn.board, PairParted(call=C1, leg=leg, by="citizen"), LegEnded(leg=leg, outcome="hung_up"), survey())
    assert (turn.notes, turn.board.missed) == ((), frozenset())


def test_a_citizen_whose_talk_is_over_is_offered_again_when_its_end_is_believed() -> None:
    seen = survey(citizen(C1))
    board = play(talking(A1, A2), seen).board
    assert len(board.offers) == 1
    assert states(play(board, seen).board) == {C1: OfferState.RINGING}


def test_an_open_journal_without_a_call_is_closed_even_if_another_process_began_it() -> None:
    seen = replace(survey(citizen(C2)), open_calls=frozenset({C1, C2}))
    turn = play(new_board(), seen, seen)
    assert turn.closed == (C1,)
    assert CallEnded(by="unknown", how="reconciled") in facts(turn)


def test_a_call_whose_end_we_saw_is_not_ended_twice() -> None:
    board = play(linked(), gone()).board
    for seen in (survey(citizen(C1)), survey()):
        turn = play(board, replace(seen, open_calls=frozenset({C1})))
        assert (turn.notes, turn.closed, turn.board.waiting) == ((), (), {})


def test_a_pair_that_an_earlier_process_joined_talks_on() -> None:
    leg = LegId(f"leg-{C1}-1764000000001")
    turn = play(new_board(), with_pair(leg))
    assert (turn.notes, turn.orders) == ((), ())
    assert turn.board.agents[A1].presence is Presence.TALKING
    turn = play(turn.board, LegEnded(leg=leg, outcome="hung_up"))
    assert facts(turn) == [AgentParted(agent=A1, leg=leg, by="agent")]
    assert turn.board.agents[A1].presence is Presence.READY


def test_a_join_whose_answer_was_lost_counts_when_the_survey_shows_it() -> None:
    for board in (answered(), ringing()):
        leg = only_leg(board)
        turn = play(board, with_pair(leg))
        assert facts(turn) == [AgentJoined(agent=A1, leg=leg)]
        assert states(turn.board) == {C1: OfferState.JOINED}
        assert turn.board.waiting == {}


def test_an_agent_who_answered_while_the_link_was_down_is_joined_now() -> None:
    board = ringing()
    leg = only_leg(board)
    turn = play(board, survey(citizen(waited=30), legs=frozenset({leg}), answered=frozenset({leg})))
    assert turn.orders == (Join(call=C1, channel="PJSIP/t-1", agent=A1, leg=leg),)


def test_a_leg_of_an_earlier_process_is_dropped_and_its_citizen_offered_again() -> None:
    stranger = LegId(f"leg-{C1}-1600000000001")
    turn = play(new_board(A1, A2), survey(citizen(), legs=frozenset({stranger}), phones={A1: PhoneState.RINGING, A2: PhoneState.IDLE}))
    assert turn.orders[0] == DropLeg(leg=stranger)
    assert [order.agent for order in turn.orders if isinstance(order, RingAgent)] == [A2]


def test_an_offer_whose_leg_is_gone_is_over_unless_it_was_ordered_a_moment_ago() -> None:
    board = ringing()
    leg = only_leg(board)
    seen = survey(citizen(waited=30), phones={})
    assert step(board, seen, at(2.9)).board.offers == board.offers
    turn = play(board, seen, seen, now=3)
    assert facts(turn) == [OfferEnded(agent=A1, leg=leg, outcome="failed")]


def test_a_pair_that_parted_unseen_is_noted_and_its_leg_dropped() -> None:
    board = talking()
    leg = only_leg(board)
    seen = survey(calls=frozenset({C1}), legs=frozenset({leg}), answered=frozenset({leg}), phones={})
    turn = play(board, seen, seen)
    assert facts(turn) == [AgentParted(agent=A1, leg=leg, by="unknown")]
    assert turn.orders == (DropLeg(leg=leg),)


def test_who_left_the_line_unseen_is_offered_to_nobody() -> None:
    board = ringing()
    leg = only_leg(board)
    turn = play(board, survey(calls=frozenset({C1}), legs=frozenset({leg})))
    assert facts(turn) == [OfferEnded(agent=A1, leg=leg, outcome="citizen_gone")]
    assert turn.orders == (DropLeg(leg=leg),)
    assert turn.board.waiting == {}


def test_an_agent_without_a_phone_in_the_survey_is_absent() -> None:
    board = play(linked(), survey(phones={})).board
    assert board.agents[A1].phone is PhoneState.ABSENT


@pytest.mark.parametrize("start", [linked, ringing, answered, talking])
def test_after_any_survey_each_agent_and_each_citizen_has_at_most_one_offer(start: object) -> None:
    board: Switchboard = start(A1, A2)  # type: ignore[operator]
    legs = frozenset(board.offers)
    for seen in (survey(citizen(C1), citizen(C2)), survey(citizen(C1), citizen(C2), legs=legs, answered=legs), survey()):
        live = (OfferState.RINGING, OfferState.ANSWERED, OfferState.JOINED)
        offers = [offer for offer in step(board, seen, at(60)).board.offers.values() if offer.state in live]
        assert len({offer.agent for offer in offers}) == len(offers)
        assert len({offer.call for offer in offers}) == len(offers)
