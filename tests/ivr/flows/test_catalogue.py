"""The map of the flows: every name leads somewhere, and nothing that they say is unknown."""

from pathlib import Path

import pytest

from hotline.emergency import KeyPlan
from hotline.errors import OurMistake
from hotline.identity import CallId
from ivr.facts import CallArrived, CheckpointKept, PromptsPlayed, Silence
from ivr.flows.catalogue import FLOWS, RESUME_POINTS, flows
from ivr.flows.waiting import waiting
from ivr.menu import Menu
from ivr.orders import Checkpoint, Collect, FindAgent, FlowFunction, HangUp, Say
from ivr.plans import LinePlan
from ivr.prompts import read_catalogue, unknown_keys
from ivr.rehearsal import rehearse
from ivr.session import Session

PLANS = (LinePlan(number="12345", name="12345市民服务热线"),)


def said_in(flow: FlowFunction, **values: str) -> set[str]:
    """Every prompt that a citizen hears who presses nothing."""
    arrival = CallArrived(call=CallId("hl1-1.1"), called="12345", caller="", trunk="phones", checkpoint="welcomed", values=values)
    session = Session(flow, arrival)
    order, said = session.start(), set[str]()
    while not session.over:
        said.update(order.prompts if isinstance(order, (Say, Collect)) else ())
        order = session.receive(
            CheckpointKept() if isinstance(order, Checkpoint) else PromptsPlayed() if isinstance(order, Say) else Silence()
        )
    assert session.broke is None
    return said


def test_the_dialplan_finds_its_flows_by_name() -> None:
    assert set(flows(PLANS)) == {"welcome", "waiting", "parted", "resume", "offer-emergency"}


def test_the_lines_plans_reach_the_welcome() -> None:
    plans = (LinePlan(number="12345", name="", greeting="other-greeting"),)
    assert "other-greeting" in said_in(flows(plans)["welcome"])


def test_everything_that_is_said_stands_in_the_prompt_catalogue() -> None:
    catalogue = read_catalogue((Path(__file__).resolve().parents[3] / "prompts" / "catalogue.toml").read_text(encoding="utf-8"))
    said = set().union(*[said_in(flow) for flow in flows(PLANS).values()], said_in(FLOWS["parted"], lost="1"))
    assert said >= {"greeting", "recording-notice", "still-waiting", "goodbye", "agent-lost", "connecting-to-agent"}
    assert unknown_keys(catalogue, said) == ()


def test_a_system_may_bring_flows_of_its_own_but_replaces_none_by_accident() -> None:
    assert flows(PLANS, {"two-questions": waiting})["two-questions"] is waiting
    with pytest.raises(OurMistake, match="waiting"):
        flows(PLANS, {"waiting": waiting})


def test_a_citizen_comes_back_to_the_checkpoint_of_his_welcome() -> None:
    rehearse(FLOWS["resume"], checkpoint="welcomed").hears("connecting-to-agent").asks(FindAgent()).ends()
    rehearse(FLOWS["resume"], checkpoint="forgotten").asks(FindAgent()).ends()


def test_every_checkpoint_of_a_flow_can_be_resumed() -> None:
    session = Session(flows(PLANS)["welcome"], CallArrived(call=CallId("hl1-1.1"), called="12345", caller="", trunk="phones"))
    order = session.start()
    while not isinstance(order, Checkpoint):
        order = session.receive(PromptsPlayed())
    assert order.name in RESUME_POINTS
    assert session.receive(CheckpointKept()) != HangUp()


def test_a_menu_with_the_emergency_key_in_it_is_refused_at_the_start() -> None:
    menu = Menu(question="topic", prompts=("main-menu",), choices={"1": "water", "9": "heating"})
    plans = (LinePlan(number="12345", name="", menu=menu),)
    assert flows(plans)
    with pytest.raises(OurMistake, match="topic: the emergency key 9 is kept, not for 9"):
        flows(plans, keys=KeyPlan(key="9"))
