"""An agent's presence through the death of a leader."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from hotline.identity import AgentId
from hotline.wishes import AgentWants, ForcePresence
from routing.model import Agent, Switchboard
from routing.moves import Presence, PresenceEvent
from routing.remembered_agents import changed, recalled
from routing.turn import Turn
from tests.routing.words import A1, A2, at, new_board


def with_agent(**fields: object) -> Switchboard:
    board = new_board(A1, A2)
    return replace(board, agents={**board.agents, A1: replace(board.agents[A1], **fields)})  # type: ignore[arg-type]


def again(board: Switchboard) -> Switchboard:
    """What a new leader makes of it."""
    return recalled(new_board(A1, A2), {key: word for key, word in changed(None, board).items() if word})


def kept(agent: Agent) -> tuple[object, ...]:
    return (agent.presence, agent.since, agent.until, agent.reason, agent.by, agent.wanted, agent.misses, agent.missed, agent.silent_since)


@pytest.mark.parametrize(
    "fields",
    [
        {"presence": Presence.OFFLINE, "since": at(3)},
        {"presence": Presence.PAUSED, "since": at(3), "reason": "meal"},
        {"presence": Presence.PAUSED, "since": at(3), "reason": "missed", "until": at(13), "misses": 2, "missed": 7},
        {"presence": Presence.PAUSED, "since": at(3), "reason": "meal", "by": "9001"},
        {"presence": Presence.AFTER_CALL, "since": at(3), "until": at(33)},
        {"presence": Presence.READY, "since": at(3), "missed": 1},
        {"silent_since": at(2)},
    ],
)
def test_it_is_as_it_was(fields: dict[str, object]) -> None:
    before = with_agent(**fields)
    after = again(before)
    assert kept(after.agents[A1]) == kept(before.agents[A1])
    assert after.agents[A2] == before.agents[A2]
    assert after.left_busy == {}


def test_who_is_idle_longest_stays_so() -> None:
    assert again(with_agent(idle_since=at(-500))).agents[A1].idle_since == at(-500)


@pytest.mark.parametrize(
    "wish", [AgentWants(agent=A1, what="paused", reason="meal"), ForcePresence(agent=A1, what="logged_off", by="9001", why="班次结束")]
)
def test_what_was_wished_in_a_talk_is_kept_and_who_talked_is_left_to_the_survey(wish: AgentWants | ForcePresence) -> None:
    after = again(with_agent(presence=Presence.TALKING, wanted=wish))
    assert after.agents[A1].wanted == wish
    assert after.agents[A1].presence is Presence.READY
    assert after.left_busy == {A1: "talking"}


def test_that_he_is_rung_is_kept_without_its_moments() -> None:
    board = new_board(A1)
    offered = Turn(board=board, now=at(1)).presence(A1, PresenceEvent.OFFERED).board
    ringing = Turn(board=offered, now=at(2)).presence(A1, PresenceEvent.RANG).board
    assert changed(board, offered)
    assert changed(offered, ringing) == {}
    assert again(ringing).left_busy == {A1: "called"}


def test_a_phone_that_changes_its_state_is_no_news() -> None:
    board = with_agent()
    assert changed(board, with_agent(load=3.5)) == {}
    assert changed(board, board) == {}


def test_an_agent_who_is_no_more_is_forgotten() -> None:
    board = new_board(A1, A2)
    assert changed(board, new_board(A1)) == {A2: None}
    assert A2 not in recalled(new_board(A1), {A2: "{}"}).agents


@pytest.mark.parametrize(
    "word", ["", "{", "[1]", '{"presence": "asleep"}', '{"presence": "paused", "since": "noon"}', '{"since": 1}', '"x"']
)
def test_what_cannot_be_read_is_left_out_and_said(word: str, caplog: pytest.LogCaptureFixture) -> None:
    after = recalled(new_board(A1), {A1: word})
    assert after.agents[A1] == new_board(A1).agents[A1]
    assert f"of agent {A1} cannot be read" in caplog.text


def test_the_words_are_short_and_plain() -> None:
    [word] = changed(None, new_board(AgentId("1001"))).values()
    assert word is not None
    assert len(word) < 100
    assert json.loads(word)["presence"] == "ready"
    assert timedelta(seconds=json.loads(word)["since"])
