"""The menu: tries are counted for the flow, and every way out that is no choice leads to a human."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from hotline.emergency import KeyPlan
from hotline.errors import MalformedInput
from ivr.facts import CallArrived
from ivr.menu import Menu
from ivr.orders import Checkpoint, FindAgent, Flow
from ivr.rehearsal import Rehearsal, rehearse

TOPICS = Menu(question="topic", prompts=("main-menu",), choices={"1": "water", "2": "heating"})


def asking(menu: Menu) -> Rehearsal:
    def flow(arrival: CallArrived) -> Flow:
        choice = yield from menu.ask()
        yield Checkpoint(name="chosen", values={"choice": choice})

    return rehearse(flow)


def test_a_choice_is_returned_by_its_name() -> None:
    asking(TOPICS).hears("main-menu").keys("2").keeps("chosen", choice="heating").asks(FindAgent()).ends()


def test_zero_is_always_a_human() -> None:
    asking(replace(TOPICS, default="water")).hears("main-menu").keys("0").keeps("chosen", choice="operator").asks(FindAgent()).ends()


def test_pressing_nothing_leads_to_a_human_at_once() -> None:
    asking(TOPICS).hears("main-menu").silent().keeps("chosen", choice="operator").asks(FindAgent()).ends()


def test_only_the_end_key_is_like_pressing_nothing() -> None:
    asking(TOPICS).hears("main-menu").keys("").keeps("chosen", choice="operator").asks(FindAgent()).ends()


def test_no_such_choice_is_said_and_the_question_asked_again() -> None:
    call = asking(TOPICS).hears("main-menu").keys("9").hears("no-such-choice", "main-menu").keys("1")
    call.keeps("chosen", choice="water").asks(FindAgent()).ends()


def test_it_gives_up_after_its_tries_and_leads_to_a_human() -> None:
    call = (
        asking(replace(TOPICS, tries=2, gave_up=("connecting-to-agent",)))
        .hears("main-menu")
        .keys("9")
        .hears("no-such-choice", "main-menu")
        .keys("8")
    )
    call.hears("connecting-to-agent").keeps("chosen", choice="operator").asks(FindAgent()).ends()


def test_silence_may_cost_a_try_instead_when_the_question_matters() -> None:
    call = (
        asking(replace(TOPICS, tries=3, after_silence=("still-there",)))
        .hears("main-menu")
        .silent()
        .hears("still-there", "main-menu")
        .keys("7")
    )
    call.hears("no-such-choice", "main-menu").silent().keeps("chosen", choice="operator").asks(FindAgent()).ends()


def test_longer_choices_are_read_to_their_length() -> None:
    asking(replace(TOPICS, choices={"1": "water", "23": "heating"})).hears("main-menu").keys("23").keeps("chosen", choice="heating").asks(
        FindAgent()
    ).ends()


def test_the_citizen_may_hang_up_in_it() -> None:
    asking(TOPICS).hears("main-menu").hangs_up().ends()


def test_the_questions_are_made_once_and_not_for_every_call() -> None:
    assert next(TOPICS.ask()) is next(TOPICS.ask())


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"choices": {"*": "help"}}, "1 to 4 digits"),
        ({"choices": {"1*": "help"}}, "1 to 4 digits"),
        ({"choices": {"0": "water"}}, "always a human"),
        ({"choices": {"01": "water"}}, "do not begin with 0"),
        ({"choices": {"#": "water"}}, "1 to 4 digits"),
        ({"choices": {"": "water"}}, "1 to 4 digits"),
        ({"choices": {"1": "water", "12": "heating"}}, "beginning of another"),
        ({"choices": {"1": "Water Works"}}, "no name of a choice"),
        ({"choices": {}}, "leave the menu out"),
        ({"prompts": ()}, "hear nothing"),
        ({"tries": 0}, "tries"),
        ({"timeout_s": 0.0}, "timeout_s"),
        ({"default": "A human"}, "no name of a choice"),
    ],
)
def test_a_menu_that_cannot_be_right_is_refused_with_the_reason(wrong: Mapping[str, Any], why: str) -> None:
    right = {"question": "topic", "prompts": ("main-menu",), "choices": {"1": "water", "0": "operator"}}
    Menu(**right)  # type: ignore[arg-type]
    with pytest.raises(MalformedInput, match=why):
        Menu(**{**right, **wrong})


def test_keys_that_collide_with_the_emergency_key_are_named() -> None:
    longer = replace(TOPICS, choices={"12": "water", "31": "heating"})
    assert TOPICS.collisions(KeyPlan()) == longer.collisions(KeyPlan()) == ()
    assert TOPICS.collisions(KeyPlan(key="2")) == ("2",)
    assert longer.collisions(KeyPlan(key="9")) == ("12", "31"), "a number that is typed may have a 9 in it one day"
