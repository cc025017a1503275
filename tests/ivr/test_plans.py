"""Plans: what differs from one number to the next."""

from ivr.plans import LinePlan


def test_a_plan_greets_as_all_do_and_has_no_menu_unless_it_says_otherwise() -> None:
    plan = LinePlan(number="12345", name="12345市民服务热线")
    assert (plan.greeting, plan.recording_notice, plan.menu) == ("greeting", "recording-notice", None)
