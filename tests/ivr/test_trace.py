"""The trace: one readable line per order and fact, and no keys in a log."""

import pytest

from ivr.facts import CheckpointKept, HungUp, Keyed, PromptsPlayed, Silence, WaitOver
from ivr.flows.waiting import waiting
from ivr.orders import BackToWaiting, Checkpoint, Collect, FindAgent, HandOver, HangUp, Say, Visit, Wait
from ivr.trace import Entry, line, lines


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (Say(prompts=("greeting",)), "<< Say('greeting')"),
        (Say(prompts=("greeting", "notice"), until_key=False), "<< Say('greeting', 'notice', until_key=False)"),
        (Collect(question="topic", prompts=("main-menu",)), "<< Collect('topic', 'main-menu')"),
        (Collect(question="number", prompts=(), most=6, timeout_s=8.0), "<< Collect('number', most=6, timeout_s=8.0)"),
        (Wait(seconds=0.5), "<< Wait(0.5)"),
        (Checkpoint(name="welcomed"), "<< Checkpoint('welcomed')"),
        (Checkpoint(name="chosen", values={"choice": "water"}), "<< Checkpoint('chosen', values={'choice': 'water'})"),
        (FindAgent(), "<< FindAgent()"),
        (FindAgent(skills=("water", "en")), "<< FindAgent('water', 'en')"),
        (BackToWaiting(), "<< BackToWaiting()"),
        (HangUp(), "<< HangUp()"),
        (Visit(flow=waiting), "<< Visit(waiting)"),
        (HandOver(flow=waiting), "<< HandOver(waiting)"),
        (PromptsPlayed(), ">> PromptsPlayed()"),
        (PromptsPlayed(interrupted_by="1"), ">> PromptsPlayed('1')"),
        (Keyed(digits="12"), ">> Keyed('12')"),
        (Silence(), ">> Silence()"),
        (WaitOver(), ">> WaitOver()"),
        (CheckpointKept(), ">> CheckpointKept()"),
        (HungUp(), ">> HungUp()"),
    ],
)
def test_orders_go_out_and_facts_come_in(entry: Entry, text: str) -> None:
    assert line(entry) == text


def test_a_log_learns_how_many_keys_were_pressed_and_not_which() -> None:
    assert line(Keyed(digits="445201"), hide_keys=True) == ">> Keyed(6 keys)"
    assert line(PromptsPlayed(interrupted_by="1"), hide_keys=True) == ">> PromptsPlayed(1 key)"


def test_something_that_is_no_order_shows_its_type_only() -> None:
    assert line("the citizen's words") == "<< str, which is no order"  # type: ignore[arg-type]


def test_a_call_is_read_from_top_to_bottom() -> None:
    assert lines([Say(prompts=("greeting",)), Keyed(digits="1")], hide_keys=True) == "<< Say('greeting')\n>> Keyed(1 key)"
