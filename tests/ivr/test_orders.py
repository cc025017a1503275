"""The orders: frozen, comparable, and none without a place in the session's answers."""

from dataclasses import FrozenInstanceError
from typing import get_args

import pytest

from ivr import session
from ivr.orders import CallOrder, FindAgent, LastOrder, Say


def test_an_order_can_be_shared_between_calls_because_nobody_can_change_it() -> None:
    with pytest.raises(FrozenInstanceError):
        Say(prompts=("greeting",)).until_key = False  # type: ignore[misc]


def test_orders_that_ask_the_same_are_equal() -> None:
    assert Say(prompts=("greeting",)) == Say(prompts=("greeting",))
    assert FindAgent(skills=("water",)) != FindAgent()


def test_the_session_knows_an_answer_for_every_order_of_the_call_and_all_last_orders() -> None:
    assert set(get_args(CallOrder)) == set(session._ANSWERS)
    assert set(get_args(LastOrder)) == set(session._LAST_ORDERS)
