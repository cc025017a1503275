"""The facts: each answers some order, and a hang-up is none of them."""

from typing import get_args

from hotline.identity import CallId
from ivr import session
from ivr.facts import CallArrived, Fact, HungUp


def test_every_fact_answers_some_order() -> None:
    answers = {kind for kinds in session._ANSWERS.values() for kind in kinds}
    assert set(get_args(Fact)) == answers


def test_a_hang_up_is_no_error_that_a_flow_could_catch_by_accident() -> None:
    assert not issubclass(HungUp, Exception)


def test_a_first_visit_has_no_checkpoint_behind_it() -> None:
    arrival = CallArrived(call=CallId("hl1-1.1"), called="12345", caller="", trunk="phones")
    assert (arrival.checkpoint, dict(arrival.values)) == ("", {})
