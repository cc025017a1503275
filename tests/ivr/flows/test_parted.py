"""通话后, as the citizen hears it."""

import pytest

from hotline.identity import CallId
from ivr.facts import CallArrived
from ivr.flows.parted import parted
from ivr.orders import BackToWaiting, HangUp, Say
from ivr.rehearsal import rehearse
from ivr.session import Session


def test_after_a_finished_talk_he_hears_good_bye() -> None:
    rehearse(parted, checkpoint="welcomed").hears("goodbye").asks(HangUp()).ends()


def test_when_the_agent_was_lost_we_apologise_and_give_his_place_in_line_back() -> None:
    rehearse(parted, values={"lost": "1"}).hears("agent-lost").asks(BackToWaiting()).ends()


@pytest.mark.parametrize("lost", ["0", "yes", ""])
def test_only_a_plain_one_means_lost(lost: str) -> None:
    rehearse(parted, values={"lost": lost}).hears("goodbye").asks(HangUp()).ends()


def test_he_may_hang_up_before_the_end_of_the_sentence() -> None:
    rehearse(parted).hears("goodbye").hangs_up().ends()


@pytest.mark.parametrize("lost", ["0", "1"])
def test_he_is_spoken_to_in_the_language_that_he_chose(lost: str) -> None:
    values = {"lost": lost, "tag": "en"}
    order = Session(parted, CallArrived(call=CallId("hl1-1764000000.12"), called="12345", caller="", trunk="t", values=values)).start()
    assert isinstance(order, Say)
    assert order.language == "en"
