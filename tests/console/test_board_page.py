"""The board as people see it."""

import pytest

from console.board_page import STATES, board_page, lasted
from routing.moves import Presence

AGENT = {"agent": "1001", "presence": "paused", "for_s": 3723.4, "reason": "meal", "by": "", "overdue": True, "missed": 2, "wanted": ""}
BOARD = {"waiting": 3, "longest_wait_s": 65.0, "agents": {"1001": "paused"}, "presences": [AGENT]}


def test_it_says_who_is_away_why_and_that_it_is_too_long() -> None:
    page = board_page(BOARD, {"meal": "用餐"})
    for words in ("排队 3 人", "最长等待 1:05", "示忙", "用餐", "1:02:03，已超时", 'role="alert"'):
        assert words in page


def test_who_forced_it_and_that_something_follows_the_talk_is_shown() -> None:
    forced = AGENT | {"by": "1009", "overdue": False, "wanted": "logged_off", "reason": "missed"}
    page = board_page(BOARD | {"presences": [forced], "agents": {"1001": "talking"}}, {})
    for words in ("通话（通话后有安排）", "未接来电（班长 1009）"):
        assert words in page
    assert "已超时" not in page


def test_words_from_elsewhere_are_escaped() -> None:
    page = board_page(BOARD | {"presences": [AGENT | {"reason": "<script>"}]}, {})
    assert "<script>" not in page


def test_without_a_board_it_says_so() -> None:
    assert "看板暂缺，通话不受影响" in board_page(None, {})


def test_every_presence_has_its_word() -> None:
    assert {str(each) for each in Presence} <= STATES.keys()


@pytest.mark.parametrize(("seconds", "words"), [(0, "0:00"), (-3, "0:00"), (59.9, "0:59"), (3599, "59:59"), (3600, "1:00:00")])
def test_a_time_is_said_as_on_a_clock(seconds: float, words: str) -> None:
    assert lasted(seconds) == words
