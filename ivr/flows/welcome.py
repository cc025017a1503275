"""欢迎: greeting, recording notice, then a human. GB/T 33358 advises against menus, so there is none unless the line's plan has one."""

from collections.abc import Mapping

from ivr.facts import CallArrived
from ivr.orders import Checkpoint, FindAgent, Flow, FlowFunction, Say
from ivr.plans import LinePlan

WELCOMED = "welcomed"


def welcome(plan_of: Mapping[str, LinePlan]) -> FlowFunction:
    """The first visit of every call; `plan_of`: called number → plan. A number without a plan is greeted all the same."""

    def welcome_citizen(arrival: CallArrived) -> Flow:
        plan = plan_of.get(arrival.called) or LinePlan(number=arrival.called, name="")
        yield Say(prompts=(plan.greeting,))
        yield Say(prompts=(plan.recording_notice,), until_key=False)  # he has a right to know: no key cuts it short
        values = {}
        if plan.menu:
            values["choice"] = yield from plan.menu.ask()
        yield Checkpoint(name=WELCOMED, values=values)
        yield FindAgent()

    return welcome_citizen


def welcomed_before(arrival: CallArrived) -> Flow:
    """A citizen who was greeted already comes back to us: no second greeting, straight to a human."""
    yield Say(prompts=("connecting-to-agent",))
    yield FindAgent()
