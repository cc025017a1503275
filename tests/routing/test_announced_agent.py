"""工号播报: said to him who waited, once, and never instead of joining him."""

from dataclasses import replace

import pytest

from hotline.line import CitizenWaits, DropLeg, Join, LegAnswered, Priority
from hotline.transfers import Announce, CitizenTold
from routing.handlers import UNTOLD, step
from routing.model import JoinRefused, Switchboard, Tick
from routing.turn import Turn
from tests.routing.words import A1, C1, at, citizen, new_board, only_leg, survey


def answered(*, said: bool, priority: int = 0) -> tuple[Turn, Switchboard]:
    board = new_board()
    board = replace(board, rules=replace(board.rules, say_agent_number=said))
    turn = step(step(board, survey(), at(0)).board, CitizenWaits(citizen=replace(citizen(), priority=priority)), at(0))
    turn = step(turn.board, LegAnswered(leg=only_leg(turn.board), agent=A1, call=C1), at(1))
    return turn, turn.board


def test_both_hear_it_first_and_then_each_other() -> None:
    turn, board = answered(said=True)
    [order] = turn.orders
    assert order == Announce(call=C1, channel="PJSIP/t-1", agent=A1, leg=only_leg(board))
    [join] = step(board, CitizenTold(call=C1), at(3)).orders
    assert isinstance(join, Join)


@pytest.mark.parametrize("priority", [Priority.SPOTTED, Priority.EMERGENCY])
def test_nobody_in_an_emergency_waits_for_a_number_to_be_said(priority: Priority) -> None:
    assert [type(order) for order in answered(said=True, priority=priority)[0].orders] == [Join]


def test_the_settings_turn_it_off() -> None:
    assert [type(order) for order in answered(said=False)[0].orders] == [Join]


def test_a_citizen_of_whom_nothing_is_heard_is_joined_all_the_same() -> None:
    _, board = answered(said=True)
    late = at(1) + UNTOLD
    assert [order for order in step(board, Tick(), late).orders if isinstance(order, Join)]


def test_who_was_gone_when_it_should_be_said_lets_the_agent_go() -> None:
    _, board = answered(said=True)
    assert [type(order) for order in step(board, JoinRefused(leg=only_leg(board)), at(2)).orders] == [DropLeg]


def test_he_who_was_told_and_has_nobody_any_more_changes_nothing() -> None:
    board = new_board()
    assert step(board, CitizenTold(call=C1), at(0)).orders == ()
