"""What boards may see."""

from dataclasses import replace

import pytest

from hotline.identity import CallId
from hotline.line import PhoneState
from routing.board import MOST_WAITS, view_of
from routing.model import Emergency, EmergencyState
from routing.moves import Presence
from tests.fakes.fake_clock import NOON
from tests.routing.words import A1, C1, C2, at, citizen, new_board


def test_the_board_shows_how_many_wait_and_for_how_long() -> None:
    board = replace(new_board(), waiting={C1: citizen(C1, waited=3), C2: citizen(C2, waited=61.5)})
    view = view_of(board, NOON)
    assert (view.waiting, view.longest_wait_s) == (2, 61.5)
    assert view_of(new_board(), NOON).longest_wait_s == 0


def test_the_board_says_of_the_first_in_line_why_they_still_wait() -> None:
    tax = citizen(C1, waited=3, skills=("tax",))
    board = replace(new_board(), waiting={C1: tax, C2: citizen(C2, waited=61.5)})
    first, second = view_of(board, NOON).waits
    assert (first.call, first.place, first.waited_s, first.most) == (C2, 1, 61.5, 0)
    assert first.why == "needs=none waited_s=62 ready=0"
    assert (second.call, second.place) == (C1, 2)
    many = {call: citizen(call) for call in (CallId(f"hl1-1764000000.{number}") for number in range(100, 180))}
    assert len(view_of(replace(board, waiting=many), NOON).waits) == MOST_WAITS


def test_the_board_shows_every_emergency_and_every_silent_carrier() -> None:
    asked = Emergency(service="", state=EmergencyState.UNREACHED, since=at(-2.5))
    ringing = Emergency(service="110", state=EmergencyState.RINGING, since=at(-4))
    view = view_of(replace(new_board(), emergencies={C1: asked, C2: ringing}, silent_trunks=frozenset({"telecom"})), NOON)
    assert [(each.call, each.service, each.state, each.for_s) for each in view.emergencies] == [
        (C2, "110", "ringing", 4.0), (C1, "", "unreached", 2.5)
    ]  # fmt: skip
    assert view.silent_trunks == ("telecom",)


@pytest.mark.parametrize(
    ("presence", "phone", "shown"),
    [
        (Presence.READY, PhoneState.IDLE, "ready"),
        (Presence.READY, PhoneState.TALKING, "occupied"),
        (Presence.READY, PhoneState.ABSENT, "absent"),
        (Presence.OFFERED, PhoneState.TALKING, "offered"),
        (Presence.TALKING, PhoneState.TALKING, "talking"),
        (Presence.PAUSED, PhoneState.IDLE, "paused"),
    ],
)
def test_the_board_shows_what_each_agent_does(presence: Presence, phone: PhoneState, shown: str) -> None:
    board = new_board()
    agent = replace(board.agents[A1], presence=presence, phone=phone)
    assert view_of(replace(board, agents={A1: agent}), NOON).agents == {A1: shown}
