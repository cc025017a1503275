"""通话后, as the citizen hears it."""

import pytest

from ivr.flows.parted import parted
from ivr.orders import BackToWaiting, HangUp
from ivr.rehearsal import rehearse


def test_after_a_finished_talk_he_hears_good_bye() -> None:
    rehearse(parted, checkpoint="welcomed").hears("goodbye").asks(HangUp()).ends()


def test_when_the_agent_was_lost_we_apologise_and_give_his_place_in_line_back() -> None:
    rehearse(parted, values={"lost": "1"}).hears("agent-lost").asks(BackToWaiting()).ends()


@pytest.mark.parametrize("lost", ["0", "yes", ""])
def test_only_a_plain_one_means_lost(lost: str) -> None:
    rehearse(parted, values={"lost": lost}).hears("goodbye").asks(HangUp()).ends()


def test_he_may_hang_up_before_the_end_of_the_sentence() -> None:
    rehearse(parted).hears("goodbye").hangs_up().ends()
