"""The emergency key and the staff's plan."""

from dataclasses import replace

import pytest

from hotline.emergency import KeyPlan
from ivr.line_check import check
from ivr.line_emergency import called, collisions, said, said_key
from ivr.line_plan import HUMAN, Key, SurveyPlan
from tests.ivr.lines import around, shipped

NINE = KeyPlan(key="9")
STAR = KeyPlan()


def test_the_shipped_plan_goes_with_the_shipped_key() -> None:
    assert not list(collisions(shipped(), STAR))
    assert not list(said(shipped(), STAR, around().mandarin))


def test_a_menu_that_needs_the_emergency_key_is_refused_where_it_stands() -> None:
    [main, insurance] = [flaw for flaw in collisions(shipped(), NINE) if flaw.place[0] == "menu"]
    assert main.place == ("menu", "main", "keys", "9")
    assert insurance.place == ("menu", "insurance", "keys", "9")
    assert "9 在任何地方都是 110、120、119、122" in main.what
    assert main.refuses


def test_a_star_in_a_menu_is_refused() -> None:
    menu = replace(shipped().menus["main"], keys={"*": Key(label="", to=HUMAN)})
    [flaw] = collisions(replace(shipped(), menus={"main": menu}), STAR)
    assert flaw.place == ("menu", "main", "keys", "*")


def test_a_grade_that_nobody_can_give_is_refused() -> None:
    survey = SurveyPlan(label="", prompts=("survey-service",), grades={"1": "满意", "2": "不满意"}, thanks=("survey-thanks",))
    [flaw] = collisions(replace(shipped(), menus={}, surveys={"s": survey}), KeyPlan(key="2"))
    assert flaw.place == ("survey", "s", "grades", "2")
    assert flaw.refuses


def test_a_greeting_that_names_another_key_is_refused() -> None:
    flaws = [flaw for flaw in said(shipped(), NINE, around().mandarin) if flaw.refuses]
    assert [flaw.place for flaw in flaws] == [("number", "12345", "greeting")]
    assert "greeting 说紧急求助请按 *，实际是 9" in flaws[0].what


def test_a_greeting_that_says_nothing_of_it_gets_a_hint() -> None:
    [flaw] = said(shipped(), STAR, {"greeting": "您好。", "recording-notice": "本次通话将被录音。"})
    assert not flaw.refuses
    assert flaw.fix == "在欢迎词里加上“紧急求助请按星号键”"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("您好。紧急求助请按星号键。", "*"),
        ("紧急求助，请按9。", "9"),
        ("紧急求助请按数字九", "9"),
        ("紧急求助请按米字键", "*"),
        ("请按1", ""),
        ("", ""),
    ],
)
def test_the_key_is_read_from_the_words(text: str, key: str) -> None:
    assert said_key(text) == key


def test_the_check_of_a_plan_asks_for_all_of_it() -> None:
    found = {flaw.place for flaw in check(shipped(), replace(around(), keys=NINE)) if flaw.refuses}
    assert {("menu", "main", "keys", "9"), ("number", "12345", "greeting")} <= found
    assert (called("*"), called("9")) == ("星号键", "9")
