"""留言, as the citizen hears it."""

from hotline.identity import CallId
from ivr.facts import CallArrived
from ivr.flows.message import message_box
from ivr.line_plan import MessagePlan
from ivr.orders import FindAgent, Flow, HangUp, LeaveTo, Record, Visit
from ivr.rehearsal import Rehearsal, rehearse
from ivr.session import Session

PLAN = MessagePlan(label="夜间留言", prompts=("leave-message",), thanks=("message-kept",), most_s=90)


def caller(_arrival: CallArrived) -> Flow:
    """Visits the box, and tells by its skill that it came back."""
    yield Visit(flow=message_box("night", PLAN, "en"))
    yield FindAgent(skills=("human",))


def begun() -> Rehearsal:
    return rehearse(caller)


def test_a_message_is_thanked_for_and_the_call_is_over() -> None:
    begun().speaks(20).hears("message-kept").asks(HangUp()).ends()


def test_the_plan_says_how_long_it_may_be() -> None:
    order = Session(caller, CallArrived(call=CallId("hl1-1764000000.12"), called="12345", caller="", trunk="t")).start()
    assert isinstance(order, Record)
    assert (order.name, order.most_seconds) == ("night", 90)
    assert set("0#") <= set(order.end_keys)


def test_a_key_ends_a_message() -> None:
    begun().speaks(4, how="key", key="#").hears("message-kept").asks(HangUp()).ends()


def test_who_says_nothing_is_asked_once_more_and_then_gets_a_human() -> None:
    begun().speaks(0).hears("leave-message").speaks(12).hears("message-kept").asks(HangUp()).ends()
    begun().speaks(0.4).hears("leave-message").speaks(0).asks(FindAgent(skills=("human",))).ends()


def test_a_human_and_the_emergency_are_one_key_away_in_the_message_and_before_the_second() -> None:
    begun().speaks(9, how="key", key="0").asks(FindAgent(skills=("human",))).ends()
    begun().speaks(0).hears("leave-message").keys("0").asks(FindAgent(skills=("human",))).ends()
    begun().speaks(9, how="key", key="*").keeps("emergency-key").asks(LeaveTo()).ends()
    begun().speaks(0).hears("leave-message").keys("*1").keeps("emergency-key", service="110").asks(LeaveTo(service="110")).ends()


def test_a_box_that_cannot_keep_anything_leads_to_a_human_at_once() -> None:
    begun().speaks(0, how="failed").asks(FindAgent(skills=("human",))).ends()


def test_he_may_hang_up_in_the_message() -> None:
    begun().hangs_up().ends()
