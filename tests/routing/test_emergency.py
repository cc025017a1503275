"""A spotted word transfers nobody by itself; an agent's press brings a service in."""

from dataclasses import replace

import pytest

import routing.emergency
from hotline.call_facts import EmergencyAsked, EmergencyUnreached
from hotline.call_facts import WordSpotted as WordNoted
from hotline.identity import CallId
from hotline.line import (
    BringIn,
    CallTold,
    CitizenLeft,
    CitizenWaits,
    JoinedPair,
    LegAnswered,
    LegEnded,
    LineOrder,
    OfferEmergency,
    PairParted,
    PhoneChanged,
    PhoneState,
    Priority,
    RingAgent,
    ServiceWanted,
    WordSpotted,
)
from routing.board import view_of
from routing.handlers import Happening, step
from routing.model import Joined, Switchboard
from routing.turn import Turn
from tests.routing.words import A1, C1, C2, at, citizen, gone, new_board, only_leg, snapshot, survey

WORD = WordSpotted(call=C1, service="110")
OFFER = OfferEmergency(call=C1, channel="PJSIP/t-1", service="110")


def play(board: Switchboard, *happenings: Happening) -> Turn:
    """All these, one after the other; the turn of the last."""
    turn = Turn(board=board, now=at(0))
    for happening in happenings:
        turn = step(turn.board, happening, at(0))
    return turn


def nobody_there() -> Switchboard:
    """Two citizens wait, the second for a shorter time; the only agent's phone is away."""
    away = survey(phones={A1: PhoneState.ABSENT})
    return play(new_board(), away, CitizenWaits(citizen=citizen(C2, waited=60)), CitizenWaits(citizen=citizen(waited=1))).board


def talking() -> Switchboard:
    board = play(new_board(), survey(), CitizenWaits(citizen=citizen())).board
    leg = only_leg(board)
    return play(board, LegAnswered(leg=leg, agent=A1, call=C1), Joined(leg=leg)).board


def emergencies(turn: Turn) -> list[LineOrder]:
    return [order for order in turn.orders if isinstance(order, OfferEmergency | BringIn)]


def test_who_waits_alone_is_first_in_line_and_asked_once_about_each_service() -> None:
    turn = play(nobody_there(), WORD)
    assert emergencies(turn) == [OFFER]
    assert [note.fact for note in turn.notes] == [WordNoted(service="110")]
    assert turn.board.waiting[C1].priority == Priority.SPOTTED
    again = play(turn.board, WORD)
    assert (emergencies(again), again.notes) == ([], ())
    other = play(again.board, replace(WORD, service="120"))
    assert emergencies(other) == [replace(OFFER, service="120")]
    assert emergencies(play(other.board, WORD)) == []


def test_he_is_served_before_the_longer_wait() -> None:
    turn = play(nobody_there(), WORD, PhoneChanged(agent=A1, state=PhoneState.IDLE))
    assert [order.call for order in turn.orders if isinstance(order, RingAgent)] == [C1]


def test_a_survey_does_not_take_his_priority_away() -> None:
    turn = play(nobody_there(), WORD, survey(citizen(waited=1), citizen(C2, waited=60), phones={}))
    assert turn.board.waiting[C1].priority == Priority.SPOTTED
    assert turn.board.waiting[C2].priority == Priority.NORMAL


def test_a_higher_priority_stays() -> None:
    board = play(new_board(), survey(phones={}), CitizenWaits(citizen=replace(citizen(), priority=Priority.EMERGENCY))).board
    assert play(board, WORD).board.waiting[C1].priority == Priority.EMERGENCY


def test_a_yes_leads_him_there_only_after_he_was_asked_about_that_service() -> None:
    unasked = play(nobody_there(), replace(WORD, agreed=True))
    assert emergencies(unasked) == [OFFER]
    asked = play(nobody_there(), WORD)
    assert emergencies(play(asked.board, replace(WORD, agreed=True))) == [replace(OFFER, agreed=True)]
    assert emergencies(play(asked.board, WordSpotted(call=C1, service="119", agreed=True))) == [replace(OFFER, service="119")]


def test_with_an_agent_there_is_an_alarm_and_nothing_else() -> None:
    turn = play(talking(), WORD)
    assert turn.orders == ()
    [shown] = view_of(turn.board, at(3)).spotted
    assert (shown.call, shown.service, shown.agent, shown.for_s) == (C1, "110", A1, 3.0)


def test_a_word_with_nobody_there_is_shown_to_the_supervisor_until_he_is_on_his_way() -> None:
    board = play(nobody_there(), WORD).board
    assert [shown.agent for shown in view_of(board, at(0)).spotted] == [None]
    led = play(board, CallTold(call=C1, fact=EmergencyAsked(how="word", service="110")), CitizenLeft(call=C1)).board
    assert view_of(led, at(0)).spotted == ()
    assert emergencies(play(led, replace(WORD, service="120"))) == []


def test_who_is_owed_a_duty_agent_because_no_centre_was_reached_is_not_asked_again() -> None:
    unreached = CallTold(call=C1, fact=EmergencyUnreached(service="110"))
    assert emergencies(play(nobody_there(), unreached, WORD)) == []


def test_a_word_before_he_waits_is_asked_about_when_he_does() -> None:
    board = play(new_board(), survey(phones={}), WORD).board
    turn = play(board, CitizenWaits(citizen=citizen()))
    assert emergencies(turn) == [OFFER]
    assert turn.board.waiting[C1].priority == Priority.SPOTTED


def test_who_lost_his_agent_after_a_word_is_asked_then() -> None:
    board = play(talking(), WORD).board
    leg = only_leg(board)
    turn = play(board, PairParted(call=C1, leg=leg, by="agent"), LegEnded(leg=leg, outcome="unreachable"), CitizenWaits(citizen=citizen()))
    assert emergencies(turn) == [OFFER]


def test_words_of_a_call_that_is_over_are_forgotten_and_late_ones_ignored() -> None:
    turn = play(nobody_there(), WORD, gone(), WORD)
    assert (turn.board.spotted, turn.notes) == ({}, ())


def test_words_of_calls_that_nobody_has_seen_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing.emergency, "MOST_SPOTTED", 3)
    calls = [CallId(f"hl1-1764000000.{number}") for number in range(5)]
    board = play(new_board(), *(WordSpotted(call=call, service="110") for call in calls)).board
    assert set(board.spotted) == set(calls[2:])


def test_an_agents_press_brings_the_service_into_his_talk() -> None:
    board = talking()
    turn = play(board, ServiceWanted(call=C1, service="120"))
    assert turn.orders == (BringIn(call=C1, channel="PJSIP/t-1", agent=A1, leg=only_leg(board), service="120"),)
    assert [note.fact for note in turn.notes] == [EmergencyAsked(how="agent", service="120")]


def test_a_press_without_a_talk_does_nothing() -> None:
    assert play(nobody_there(), ServiceWanted(call=C1, service="120")).orders == ()


@pytest.mark.parametrize("channel", ["PJSIP/t-1", ""])
def test_a_talk_that_an_earlier_process_joined_can_be_a_three_way_call_too(channel: str) -> None:
    leg = only_leg(talking())
    pair = JoinedPair(call=C1, leg=leg, agent=A1, channel=channel)
    found = replace(survey(), snapshot=replace(snapshot(calls=frozenset({C1}), legs=frozenset({leg})), joined=(pair,)))
    turn = play(new_board(), found, ServiceWanted(call=C1, service="110"))
    assert [order.channel for order in turn.orders if isinstance(order, BringIn)] == ([channel] if channel else [])
