"""What those who wait may be told, and how often it is laid down."""

from dataclasses import replace

from hotline.announcements import TellPlace
from hotline.identity import AgentId, CallId
from hotline.line import PhoneState
from routing.announcing import EVERY_S, MOST_AT_ONCE, announce, wait_of
from routing.estimate import Pace, Range
from routing.model import Announcing, Switchboard
from routing.policy import choosing_of
from routing.turn import Turn
from tests.routing.words import A1, at, citizen, new_board

PACE = Pace(served=100, agent_s=15_000, seen=at(-1).timestamp())


def board_of(count: int, *, pace: Pace = PACE) -> Switchboard:
    waiting = {call: citizen(call, waited=90 - number) for number in range(count) if (call := CallId(f"hl1-1764000000.{100 + number}"))}
    board = replace(new_board(A1), waiting=waiting, linked=True, announcing=Announcing(pace=pace))
    there = {AgentId(f"20{n}"): replace(board.agents[A1], id=AgentId(f"20{n}")) for n in range(10, 20)}
    return replace(board, agents={name: replace(agent, phone=PhoneState.TALKING) for name, agent in there.items()})


def places(turn: Turn) -> list[TellPlace]:
    return [order for order in turn.orders if isinstance(order, TellPlace)]


def test_each_who_waits_is_told_how_many_are_before_him_and_how_long_it_may_take() -> None:
    told = places(announce(Turn(board=board_of(21), now=at(0))))
    assert [each.ahead for each in told] == list(range(21))
    assert (told[0].least, told[0].most, told[20].least, told[20].most) == (0, 1, 3, 8)
    assert {each.at for each in told} == {int(at(0).timestamp())}
    assert told[0].channel == "PJSIP/t-0"


def test_what_is_not_known_is_told_as_nothing() -> None:
    [told] = places(announce(Turn(board=board_of(1, pace=Pace()), now=at(0))))
    assert (told.ahead, told.least, told.most) == (0, 0, 0)


def test_a_place_is_laid_down_anew_after_its_time_and_few_at_once() -> None:
    turn = announce(Turn(board=board_of(MOST_AT_ONCE + 3), now=at(0)))
    assert len(places(turn)) == MOST_AT_ONCE
    turn = announce(Turn(board=turn.board, now=at(1)))
    assert [each.ahead for each in places(turn)] == [MOST_AT_ONCE, MOST_AT_ONCE + 1, MOST_AT_ONCE + 2]
    assert places(announce(Turn(board=turn.board, now=at(2)))) == []
    assert len(places(announce(Turn(board=turn.board, now=at(EVERY_S))))) == MOST_AT_ONCE


def test_nothing_is_told_without_a_link_or_when_the_operator_does_not_want_it() -> None:
    board = board_of(2)
    assert announce(Turn(board=replace(board, linked=False), now=at(0))).orders == ()
    assert announce(Turn(board=replace(board, rules=replace(board.rules, say_place=False)), now=at(0))).orders == ()


def test_a_place_that_is_kept_for_somebody_who_hung_up_is_told_to_nobody() -> None:
    board = board_of(2)
    first, second = board.waiting
    board = replace(board, waiting={**board.waiting, first: replace(board.waiting[first], channel="")})
    assert [(each.call, each.ahead) for each in places(announce(Turn(board=board, now=at(0))))] == [(second, 1)]


def test_who_left_the_line_is_forgotten() -> None:
    turn = announce(Turn(board=board_of(3), now=at(0)))
    gone = next(iter(turn.board.waiting))
    assert announce(turn.leave(gone)).board.announcing.told.keys() == turn.board.waiting.keys() - {gone}


def test_the_pace_counts_who_was_served_and_who_gave_up_while_somebody_waited() -> None:
    turn = announce(Turn(board=board_of(3, pace=Pace(seen=at(-1).timestamp())), now=at(0)))
    first, second, _ = turn.board.waiting
    after = announce(replace(turn.leave(first).leave(second), now=at(1))).board.announcing
    assert (after.pace.served, after.pace.gave_up, after.pace.agent_s, after.stood) == (0, 2, 10, 1)


def test_the_board_and_the_citizen_are_told_the_same() -> None:
    board = board_of(21)
    last = [*choosing_of(board).line.in_order()][-1]
    assert wait_of(board, last, at(0).timestamp()) == Range(least=3, most=8)
