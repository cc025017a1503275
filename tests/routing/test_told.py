"""What the dialplan tells: written down, and emergencies kept in sight."""

import logging

import pytest

from hotline.call_facts import (
    Arrived,
    CallFact,
    EmergencyAnswered,
    EmergencyAsked,
    EmergencyDialled,
    EmergencyOver,
    EmergencyUnreached,
    HandedIn,
    LifelineAnswered,
    LifelineEntered,
    ThreeWayLeft,
)
from hotline.line import CallTold, TrunkReachable
from routing.model import EmergencyState, Switchboard
from routing.told import call_told, found_in_emergency, no_emergency, talking_with_a_centre, trunk_reachable
from routing.turn import Note, Turn
from tests.routing.words import C1, C2, at, new_board

DIALLED = EmergencyDialled(service="110", trunk="telecom", attempt=1)
ANSWERED = EmergencyAnswered(service="110", trunk="telecom", attempt=1)
OVER = EmergencyOver(service="110", trunk="telecom", attempt=1, outcome="lost", cause=38)


def tell(*facts: CallFact, board: Switchboard | None = None) -> Turn:
    turn = Turn(board=board or new_board(), now=at(0))
    for fact in facts:
        turn = call_told(turn, CallTold(call=C1, fact=fact))
    return turn


@pytest.mark.parametrize(
    ("facts", "state", "service"),
    [
        ((EmergencyAsked(how="key"),), EmergencyState.ASKED, ""),
        ((EmergencyAsked(how="key"), DIALLED), EmergencyState.RINGING, "110"),
        ((DIALLED, ANSWERED), EmergencyState.TALKING, "110"),
        ((DIALLED, ANSWERED, OVER), EmergencyState.ASKED, "110"),
        ((DIALLED, OVER, EmergencyUnreached()), EmergencyState.UNREACHED, "110"),
    ],
)
def test_each_step_is_written_down_and_shows_where_he_is(facts: tuple[CallFact, ...], state: EmergencyState, service: str) -> None:
    turn = tell(*facts)
    assert turn.notes == tuple(Note(call=C1, fact=fact) for fact in facts)
    assert (turn.board.emergencies[C1].state, turn.board.emergencies[C1].service) == (state, service)


@pytest.mark.parametrize("fact", [HandedIn(service="110"), LifelineEntered(why="died")])
def test_other_news_is_only_written_down(fact: CallFact) -> None:
    turn = tell(fact)
    assert turn.notes == (Note(call=C1, fact=fact),)
    assert not turn.board.emergencies


@pytest.mark.parametrize("fact", [LifelineAnswered(agent="1001"), ThreeWayLeft(who="service")])
def test_a_human_who_takes_over_ends_the_emergency(fact: CallFact) -> None:
    assert not tell(EmergencyUnreached(service="110"), fact).board.emergencies
    assert tell(DIALLED, ThreeWayLeft(who="agent")).board.emergencies


def test_a_call_that_nobody_met_arrives_by_what_is_told() -> None:
    arrived = Arrived(called="12345", caller="19900000001", trunk="telecom")
    told = CallTold(call=C1, fact=LifelineEntered(why="no_router"), arrived=arrived)
    turn = call_told(Turn(board=new_board(), now=at(0)), told)
    assert [note.fact for note in turn.notes] == [arrived, told.fact]
    assert C1 in turn.board.calls
    assert [note.fact for note in call_told(Turn(board=turn.board, now=at(1)), told).notes] == [told.fact]


def test_late_news_of_a_call_that_is_gone_is_kept_and_brings_nothing_back() -> None:
    gone = Turn(board=new_board(), now=at(0)).forget(C1).board
    turn = tell(OVER, board=gone)
    assert turn.notes == (Note(call=C1, fact=OVER),)
    assert not turn.board.emergencies


def test_an_emergency_that_reached_nobody_is_an_alarm_without_a_word_about_the_citizen(caplog: pytest.LogCaptureFixture) -> None:
    tell(EmergencyUnreached(service="110"))
    [record] = caplog.records
    assert (record.levelno, "19900000001" in record.getMessage(), C1 in record.getMessage()) == (logging.CRITICAL, False, True)


def test_a_survey_takes_in_who_is_in_an_emergency_and_leaves_alone_whom_we_know() -> None:
    turn = found_in_emergency(tell(DIALLED), frozenset({C1, C2}))
    assert {call: each.state for call, each in turn.board.emergencies.items()} == {C1: EmergencyState.RINGING, C2: EmergencyState.TALKING}
    assert talking_with_a_centre(turn.board)
    assert not talking_with_a_centre(no_emergency(turn, C2).board)


def test_a_silent_carrier_is_known_until_it_answers() -> None:
    silent = trunk_reachable(Turn(board=new_board(), now=at(0)), TrunkReachable(trunk="telecom", reachable=False))
    assert silent.board.silent_trunks == {"telecom"}
    assert not trunk_reachable(silent, TrunkReachable(trunk="telecom", reachable=True)).board.silent_trunks
