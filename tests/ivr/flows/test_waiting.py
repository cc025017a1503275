"""等候, as the citizen hears it."""

from hotline.identity import CallId
from ivr.facts import CallArrived
from ivr.flows.waiting import waiting
from ivr.orders import BackToWaiting, Say
from ivr.rehearsal import rehearse
from ivr.session import Session

ENGLISH = CallArrived(call=CallId("hl1-1764000000.12"), called="12345", caller="", trunk="t", values={"tag": "en"})


def test_he_is_told_that_he_was_not_forgotten_and_keeps_his_place() -> None:
    rehearse(waiting).hears("still-waiting").asks(BackToWaiting()).ends()


def test_a_key_brings_the_music_back_at_once() -> None:
    rehearse(waiting).hears("still-waiting").keys("1").asks(BackToWaiting()).ends()


def test_he_may_hang_up_meanwhile() -> None:
    rehearse(waiting).hears("still-waiting").hangs_up().ends()


def test_he_hears_the_language_that_he_chose() -> None:
    order = Session(waiting, ENGLISH).start()
    assert isinstance(order, Say)
    assert order.language == "en"
