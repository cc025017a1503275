"""欢迎, as the citizen hears it."""

import pytest

from ivr.flows.welcome import welcome, welcomed_before
from ivr.menu import Menu
from ivr.orders import FindAgent
from ivr.plans import LinePlan
from ivr.rehearsal import rehearse

PLANS = {
    "12345": LinePlan(number="12345", name="12345市民服务热线"),
    "12320": LinePlan(number="12320", name="卫生热线", greeting="greeting-health", recording_notice="notice-health"),
    "06631234": LinePlan(number="06631234", name="分中心", menu=Menu(question="topic", prompts=("main-menu",), choices={"1": "water"})),
}


def test_he_is_greeted_told_of_the_recording_and_led_to_a_human() -> None:
    rehearse(welcome(PLANS)).hears("greeting").hears("recording-notice").keeps("welcomed").asks(FindAgent()).ends()


def test_each_number_has_its_own_greeting() -> None:
    rehearse(welcome(PLANS), called="12320").hears("greeting-health").hears("notice-health").keeps("welcomed").asks(FindAgent()).ends()


def test_a_number_without_a_plan_is_greeted_all_the_same() -> None:
    rehearse(welcome({}), called="96110").hears("greeting").hears("recording-notice").keeps("welcomed").asks(FindAgent()).ends()


def test_a_key_stops_the_greeting_but_never_the_recording_notice() -> None:
    call = rehearse(welcome(PLANS)).hears("greeting").keys("0").hears("recording-notice")
    with pytest.raises(AssertionError):
        rehearse(welcome(PLANS)).hears("greeting").hears("recording-notice").keys("0")
    call.keeps("welcomed").asks(FindAgent()).ends()


def test_a_line_with_a_menu_asks_and_keeps_the_choice() -> None:
    call = rehearse(welcome(PLANS), called="06631234").hears("greeting").hears("recording-notice").hears("main-menu").keys("1")
    call.keeps("welcomed", choice="water").asks(FindAgent()).ends()


def test_who_knows_the_menu_types_ahead_and_who_presses_nothing_gets_a_human() -> None:
    ahead = rehearse(welcome(PLANS), called="06631234").hears("greeting").keys("1").hears("recording-notice")
    ahead.keeps("welcomed", choice="water").asks(FindAgent()).ends()
    silent = rehearse(welcome(PLANS), called="06631234").hears("greeting").hears("recording-notice").hears("main-menu").silent()
    silent.keeps("welcomed", choice="operator").asks(FindAgent()).ends()


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_he_may_hang_up_at_every_point(steps: int) -> None:
    call = rehearse(welcome(PLANS))
    for prompt in ("greeting", "recording-notice")[:steps]:
        call.hears(prompt)
    call.hangs_up().ends()


def test_who_was_welcomed_before_is_not_greeted_again() -> None:
    rehearse(welcomed_before).hears("connecting-to-agent").asks(FindAgent()).ends()
