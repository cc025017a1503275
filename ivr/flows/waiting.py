"""等候: the short visit between two pieces of music: one sentence, then back to the place in line."""

from ivr.facts import CallArrived
from ivr.orders import BackToWaiting, Flow, Say

LANGUAGE_TAG = "tag"
"""Value of a checkpoint: the language that he chose, as the catalogue's tag; not there = Mandarin."""


def waiting(arrival: CallArrived) -> Flow:
    """Tell him that he was not forgotten, in his language where it was recorded."""
    yield Say(prompts=("still-waiting",), language=arrival.values.get(LANGUAGE_TAG, ""))
    yield BackToWaiting()
