"""等候, as the citizen hears it."""

from ivr.flows.waiting import waiting
from ivr.orders import BackToWaiting
from ivr.rehearsal import rehearse


def test_he_is_told_that_he_was_not_forgotten_and_keeps_his_place() -> None:
    rehearse(waiting).hears("still-waiting").asks(BackToWaiting()).ends()


def test_a_key_brings_the_music_back_at_once() -> None:
    rehearse(waiting).hears("still-waiting").keys("1").asks(BackToWaiting()).ends()


def test_he_may_hang_up_meanwhile() -> None:
    rehearse(waiting).hears("still-waiting").hangs_up().ends()
