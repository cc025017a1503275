"""The map of all flows: the name in `agi://…/NAME` → the function."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from hotline.emergency import KeyPlan
from hotline.errors import OurMistake
from ivr.checkpoint import resume
from ivr.flows.offer_emergency import offer_emergency
from ivr.flows.parted import parted
from ivr.flows.waiting import waiting
from ivr.flows.welcome import WELCOMED, welcome, welcomed_before
from ivr.orders import FlowFunction
from ivr.plans import LinePlan
from ivr.session import KEYS

RESUME_POINTS: Mapping[str, FlowFunction] = MappingProxyType({WELCOMED: welcomed_before})
"""Checkpoint → the flow that goes on there. A released name stays, or its citizens go to a human."""

FLOWS: Mapping[str, FlowFunction] = MappingProxyType(
    {"waiting": waiting, "parted": parted, "offer-emergency": offer_emergency, "resume": resume(RESUME_POINTS)}
)
"""The flows that are the same on every line."""


def flows(
    plans: Sequence[LinePlan], more: Mapping[str, FlowFunction] = MappingProxyType({}), *, keys: KeyPlan = KEYS
) -> dict[str, FlowFunction]:
    """All flows of a system with these lines, and `more` of its own.

    Raises `OurMistake` when two have one name, and for a menu with keys that nobody can choose: they mean the emergency.
    """
    for menu in [plan.menu for plan in plans if plan.menu and plan.menu.collisions(keys)]:
        raise OurMistake(f"menu {menu.question}: the emergency key {keys.key} is kept, not for {', '.join(menu.collisions(keys))}")
    plan_of = {plan.number: plan for plan in plans}
    ours = {"welcome": welcome(plan_of), **FLOWS}
    twice = ours.keys() & more.keys()
    if twice:
        raise OurMistake(f"two flows are named {', '.join(sorted(twice))}")
    return {**ours, **more}
