"""等候, as the citizen hears it."""

from datetime import UTC, datetime

import pytest

from hotline.identity import CallId
from ivr.facts import CallArrived, PromptsPlayed
from ivr.flows.waiting import waiting
from ivr.orders import AskCallback, AskSms, BackToWaiting, Say
from ivr.rehearsal import rehearse
from ivr.session import Session

AT = 1764000000
ENGLISH = CallArrived(call=CallId("hl1-1764000000.12"), called="12345", caller="", trunk="t", values={"tag": "en"})


def said(*, later: int = 10, tag: str = "", **values: object) -> str:
    told = {"at": AT, "least": 0, "most": 0} | values
    words = {key: str(value) for key, value in told.items()} | ({"tag": tag} if tag else {})
    now = datetime.fromtimestamp(AT + later, UTC)
    order = Session(waiting, CallArrived(call=ENGLISH.call, called="12345", caller="", trunk="t", values=words, now=now)).start()
    assert isinstance(order, Say)
    return " ".join(order.prompts)


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


def test_his_place_and_the_range_are_said_in_mandarin_counting() -> None:
    assert said(ahead=2, least=2, most=12) == (
        "ahead-of-you number-liang unit-person pause wait-about number-liang range-to number-12 unit-minute pause hold-the-line"
    )
    assert said(ahead=12, least=0, most=2) == (
        "ahead-of-you number-12 unit-person pause wait-about less-than number-liang unit-minute pause hold-the-line"
    )


def test_who_is_next_is_told_so_and_a_wait_that_is_not_known_is_not_said() -> None:
    assert said(ahead=0, least=0, most=1) == "next-in-line"
    assert said(ahead=3) == "ahead-of-you number-3 unit-person pause hold-the-line"


@pytest.mark.parametrize(
    "told",
    [{}, {"ahead": "x"}, {"ahead": 3, "later": 46}, {"ahead": 3, "later": -5}, {"ahead": 100}, {"ahead": 3, "tag": "en"}],
)
def test_what_is_not_known_old_or_no_comfort_is_left_out(told: dict[str, object]) -> None:
    assert said(**told) == "still-waiting"  # type: ignore[arg-type]


def test_he_who_waits_in_mandarin_by_choice_is_told_his_place() -> None:
    assert said(ahead=1, tag="zh_CN").startswith("ahead-of-you number-1 unit-person")


@pytest.mark.parametrize(("key", "leads_to"), [("2", AskCallback()), ("1", BackToWaiting()), ("", BackToWaiting())])
def test_the_key_that_is_offered_with_it_leads_to_the_question_about_a_callback(key: str, leads_to: object) -> None:
    session = Session(waiting, CallArrived(call=ENGLISH.call, called="12345", caller="", trunk="t", values={"callback": "2"}))
    order = session.start()
    assert isinstance(order, Say)
    assert " ".join(order.prompts) == "still-waiting pause callback-offer number-2"
    assert session.receive(PromptsPlayed(interrupted_by=key)) == leads_to


def test_who_chose_another_language_is_not_offered_it_in_mandarin_but_may_press_the_key() -> None:
    session = Session(waiting, CallArrived(call=ENGLISH.call, called="12345", caller="", trunk="t", values={"callback": "2", "tag": "en"}))
    order = session.start()
    assert isinstance(order, Say)
    assert order.prompts == ("still-waiting",)
    assert session.receive(PromptsPlayed(interrupted_by="2")) == AskCallback()


@pytest.mark.parametrize(("key", "leads_to"), [("1", AskSms()), ("2", AskCallback()), ("3", BackToWaiting()), ("", BackToWaiting())])
def test_what_has_happened_is_said_first_and_its_key_asks_for_an_sms(key: str, leads_to: object) -> None:
    values = {"notice": "typhoon", "sms": "1", "callback": "2"}
    session = Session(waiting, CallArrived(call=ENGLISH.call, called="12345", caller="", trunk="t", values=values))
    order = session.start()
    assert isinstance(order, Say)
    offers = ("surge-typhoon pause sms-offer number-1", "still-waiting", "callback-offer number-2")
    assert " ".join(order.prompts) == " pause ".join(offers)
    assert session.receive(PromptsPlayed(interrupted_by=key)) == leads_to


@pytest.mark.parametrize(
    ("values", "heard"),
    [
        ({"notice": "water"}, "surge-water pause still-waiting"),
        ({"notice": "water", "sms": "#"}, "surge-water pause still-waiting"),
        ({"sms": "1"}, "still-waiting"),
        ({"notice": "unheard-of", "sms": "1"}, "still-waiting"),
        ({"notice": "water", "sms": "1", "tag": "en"}, "still-waiting"),
    ],
    ids=["no mobile", "a key without a sound", "heard before", "an unknown kind", "another language"],
)
def test_only_what_he_can_hear_and_use_is_said_of_a_notice(values: dict[str, str], heard: str) -> None:
    order = Session(waiting, CallArrived(call=ENGLISH.call, called="12345", caller="", trunk="t", values=values)).start()
    assert isinstance(order, Say)
    assert " ".join(order.prompts) == heard
