"""通话后: agent and citizen no longer hear each other. Either they had finished, or we lost the agent and owe him another one."""

from ivr.facts import CallArrived
from ivr.flows.waiting import LANGUAGE_TAG
from ivr.orders import BackToWaiting, Flow, HangUp, Say

LOST = "lost"


def parted(arrival: CallArrived) -> Flow:
    """`lost=1` among the values: the agent's side died; anything else: they were done, and we say good-bye."""
    language = arrival.values.get(LANGUAGE_TAG, "")
    if arrival.values.get(LOST) == "1":
        yield Say(prompts=("agent-lost",), language=language)
        yield BackToWaiting()  # not FindAgent: what he needs of an agent, and his place in line, are kept
    else:
        yield Say(prompts=("goodbye",), language=language)
        yield HangUp()
