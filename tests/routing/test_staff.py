"""Agents come, change and leave; nobody loses a call by it."""

from dataclasses import replace
from datetime import timedelta

from hotline.identity import AgentId
from hotline.line import CitizenWaits, LegAnswered, LegEnded, PhoneState, RingAgent, Survey
from hotline.staff import Employee
from routing.handlers import step
from routing.model import Joined, Switchboard, Tick
from routing.moves import Presence
from routing.policy import choosing_of, keeping
from routing.staff import StaffListed, seat_for
from tests.routing.words import A1, A2, C1, C2, RULES, at, citizen, new_board, only_leg

A3 = AgentId("1003")
FIRST, SECOND = Employee(id=A1), Employee(id=A2)


def a_board() -> Switchboard:
    board = replace(new_board(A1), linked=True)
    return replace(board, agents={name: replace(agent, phone=PhoneState.IDLE) for name, agent in board.agents.items()})


def listed(board: Switchboard, *staff: Employee, seconds: float = 1) -> Switchboard:
    return step(board, StaffListed(staff=staff), at(seconds)).board


def talking() -> Switchboard:
    board = step(a_board(), CitizenWaits(citizen=citizen(C1)), at(0)).board
    leg = only_leg(board)
    board = step(board, LegAnswered(leg=leg, agent=A1, call=C1), at(1)).board
    return step(board, Joined(leg=leg), at(1)).board


def test_who_is_new_gets_a_seat_and_his_telephone_is_looked_for() -> None:
    turn = step(a_board(), StaffListed(staff=(FIRST, Employee(id=A3, skills=("tax:3",), supervisor=True, after_call_s=9))), at(1))
    seat = turn.board.agents[A3]
    assert (seat.levels, seat.supervisor, seat.after_call, seat.presence) == ({"tax": 3}, True, timedelta(seconds=9), Presence.READY)
    assert seat.phone is PhoneState.ABSENT
    assert turn.orders == (Survey(),)
    assert [line.agent for line in turn.presences] == [A3]


def test_who_has_to_log_on_is_offline_first() -> None:
    assert seat_for(FIRST, replace(RULES, log_on=True), at(0)).presence is Presence.OFFLINE


def test_the_same_list_again_changes_nothing() -> None:
    board = listed(a_board(), FIRST)
    turn = step(board, StaffListed(staff=(FIRST,)), at(2))
    assert (turn.board.agents, turn.orders, turn.presences) == (board.agents, (), ())


def test_who_learns_something_in_a_talk_goes_on_talking_and_is_chosen_by_it_afterwards() -> None:
    board = keeping(listed(talking(), replace(FIRST, skills=("tax:2",))))
    seat = board.agents[A1]
    assert (seat.presence, seat.levels) == (Presence.TALKING, {"tax": 2})
    assert choosing_of(board).on_duty == {A1: {"tax": 2}}


def test_who_is_idle_and_leaves_is_gone_at_once_and_his_day_says_so() -> None:
    turn = step(a_board(), StaffListed(staff=(SECOND,)), at(1))
    assert set(turn.board.agents) == {A2}
    assert [(line.agent, line.presence, line.reason) for line in turn.presences][-1] == (A1, Presence.OFFLINE, "disabled")


def test_who_talks_and_leaves_ends_his_talk_is_offered_nobody_and_is_gone_then() -> None:
    board = listed(talking(), SECOND, seconds=2)
    assert board.agents[A1].presence is Presence.TALKING
    board = step(board, CitizenWaits(citizen=citizen(C2)), at(3)).board
    assert step(board, Tick(), at(4)).board.agents[A1].presence is Presence.TALKING
    turn = step(board, LegEnded(leg=only_leg(board), outcome="hung_up"), at(5))
    assert not [order for order in turn.orders if isinstance(order, RingAgent)]
    assert set(step(turn.board, Tick(), at(6)).board.agents) == {A2}


def test_who_is_named_again_before_his_talk_ends_stays() -> None:
    board = listed(listed(talking(), SECOND, seconds=2), FIRST, seconds=3)
    board = step(board, LegEnded(leg=only_leg(board), outcome="hung_up"), at(5)).board
    assert step(board, Tick(), at(6)).board.agents[A1].available
