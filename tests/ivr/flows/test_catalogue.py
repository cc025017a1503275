"""The map of the flows: every name leads somewhere, and nothing that they say is unknown."""

from pathlib import Path

from hotline.identity import CallId
from ivr.facts import CallArrived, PromptsPlayed, Silence
from ivr.flows.catalogue import FLOWS
from ivr.orders import Collect, FlowFunction, Say
from ivr.prompts import read_catalogue, unknown_keys
from ivr.session import Session


def said_in(flow: FlowFunction) -> set[str]:
    """Every prompt that a citizen hears who presses nothing."""
    session = Session(flow, CallArrived(call=CallId("hl1-1.1"), called="12345", caller="", trunk="phones"))
    order, said = session.start(), set[str]()
    while not session.over:
        said.update(order.prompts if isinstance(order, (Say, Collect)) else ())
        order = session.receive(PromptsPlayed() if isinstance(order, Say) else Silence())
    assert session.broke is None
    return said


def test_everything_that_is_said_stands_in_the_prompt_catalogue() -> None:
    catalogue = read_catalogue((Path(__file__).resolve().parents[3] / "prompts" / "catalogue.toml").read_text(encoding="utf-8"))
    said = set().union(*[said_in(flow) for flow in FLOWS.values()])
    assert "still-waiting" in said
    assert unknown_keys(catalogue, said) == ()
