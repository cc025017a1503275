"""等候: the short visit between two pieces of music: one sentence, then back to the place in line."""

from ivr.facts import CallArrived
from ivr.orders import BackToWaiting, Flow, Say


def waiting(arrival: CallArrived) -> Flow:
    """Tell him that he was not forgotten."""
    yield Say(prompts=("still-waiting",))
    yield BackToWaiting()
