"""询问是否转接, as the citizen hears it."""

import pytest

from hotline.emergency import SERVICES
from hotline.identity import CallId
from ivr.facts import CallArrived
from ivr.flows.offer_emergency import offer_emergency
from ivr.orders import BackToWaiting, Collect, LeaveTo
from ivr.rehearsal import rehearse
from ivr.session import Session


@pytest.mark.parametrize("service", SERVICES)
def test_the_offered_key_leads_him_to_that_service(service: str) -> None:
    talk = rehearse(offer_emergency, values={"service": service}).hears(f"offer-emergency-{service}").keys("1")
    talk.keeps("emergency-key", service=service).asks(LeaveTo(service=service)).ends()


def test_silence_keeps_his_place_in_line() -> None:
    rehearse(offer_emergency, values={"service": "110"}).hears("offer-emergency-110").silent().asks(BackToWaiting()).ends()


@pytest.mark.parametrize("key", "023456789")
def test_any_other_key_does_not_transfer_him(key: str) -> None:
    rehearse(offer_emergency, values={"service": "110"}).hears("offer-emergency-110").keys(key).asks(BackToWaiting()).ends()


def test_the_emergency_key_works_in_the_question_as_everywhere() -> None:
    talk = rehearse(offer_emergency, values={"service": "110"}).hears("offer-emergency-110").keys("*")
    talk.keeps("emergency-key").asks(LeaveTo()).ends()


@pytest.mark.parametrize("values", [{}, {"service": ""}, {"service": "12345"}])
def test_a_service_that_we_do_not_know_is_not_offered(values: dict[str, str]) -> None:
    rehearse(offer_emergency, values=values).asks(BackToWaiting()).ends()


def test_he_may_hang_up_in_the_question() -> None:
    rehearse(offer_emergency, values={"service": "110"}).hears("offer-emergency-110").hangs_up().ends()


def test_he_is_asked_in_the_language_that_he_chose() -> None:
    values = {"service": "110", "tag": "en"}
    arrival = CallArrived(call=CallId("hl1-1764000000.12"), called="12345", caller="", trunk="t", values=values)
    order = Session(offer_emergency, arrival).start()
    assert isinstance(order, Collect)
    assert order.language == "en"
