"""Who calls out is offered nobody, whoever began it, and is free again when it is over."""

from dataclasses import replace

import pytest

from hotline.call_facts import Arrived, OutCallBegan, OutCallOver, RecordingStarted
from hotline.dialling import Calling
from hotline.line import CallTold, PhoneChanged, PhoneState
from hotline.transfers import PlaceCall
from hotline.wishes import CallOut
from routing.handlers import Happening, step
from routing.model import Switchboard
from routing.moves import Presence
from routing.turn import Turn
from tests.routing.words import A1, C1, at, gone, new_board, survey

BEGAN = CallTold(
    call=C1, fact=OutCallBegan(agent=A1, how="clicked", ticket="T-1"), arrived=Arrived(called="19900000002", caller="12345", trunk="phones")
)
WANTED = CallOut(id="w", agent=A1, number="19900000002", ticket="T-1")


def play(*happenings: Happening, calling: Calling | None = None) -> Turn:
    board: Switchboard = replace(new_board(A1), calling=calling or Calling(trunks={"telecom": 8}))
    turn = Turn(board=board, now=at(0))
    for happening in (survey(), *happenings):
        turn = step(turn.board, happening, at(0))
    return turn


def test_a_click_rings_his_own_phone_and_says_so() -> None:
    turn = play(WANTED)
    assert turn.orders == (PlaceCall(agent=A1, number="19900000002", ticket="T-1", ring_seconds=20),)
    assert [(each.answer.done, each.answer.words[:8]) for each in turn.answers] == [(True, "正在呼叫您的话机")]


@pytest.mark.parametrize(
    ("happenings", "words"),
    [
        ((replace(WANTED, agent="7777"),), "没有这个坐席"),
        ((replace(WANTED, number="00852100000"),), "国际"),
        ((replace(WANTED, number="110"),), "紧急"),
        ((replace(WANTED, number="95566"),), "范围"),
        ((PhoneChanged(agent=A1, state=PhoneState.TALKING), WANTED), "正忙"),
        ((BEGAN, WANTED), "正忙"),
    ],
)
def test_what_cannot_be_is_refused_in_words(happenings: tuple[Happening, ...], words: str) -> None:
    turn = play(*happenings)
    [answer] = turn.answers
    assert (answer.answer.done, words in answer.answer.words) == (False, True)
    assert not turn.orders


def test_without_a_trunk_that_has_room_for_it_nobody_is_rung() -> None:
    [answer] = play(WANTED, calling=Calling()).answers
    assert "外线" in answer.answer.words


def test_his_call_has_a_record_with_a_recording_and_he_talks_meanwhile() -> None:
    turn = play(BEGAN)
    facts = [type(note.fact) for note in turn.notes]
    assert facts == [Arrived, OutCallBegan, RecordingStarted]
    assert turn.board.agents[A1].presence is Presence.TALKING


@pytest.mark.parametrize("end", [CallTold(call=C1, fact=OutCallOver(outcome="talked")), gone()], ids=["told", "found gone"])
def test_afterwards_he_is_ready(end: Happening) -> None:
    turn = play(BEGAN, end)
    assert turn.board.agents[A1].presence is Presence.READY
    assert turn.board.calling_out == {}


def test_an_agent_whom_nobody_knows_may_call_all_the_same_and_is_written_down() -> None:
    turn = play(replace(BEGAN, fact=OutCallBegan(agent="7777", how="dialled")))
    assert turn.board.calling_out == {}
    assert turn.notes
