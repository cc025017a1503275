"""留言: what the citizen wants to say when he does not want to wait. A left message is a case like a call, and nobody is left alone with a
box: who says nothing, twice, is led to a human, and `0` means what it means everywhere.

What stands before the tone is said by the plan's flow (flows/line.py). What a hang-up cuts off is kept up to there.
"""

from typing import Final

from ivr.facts import CallArrived
from ivr.line_plan import HUMAN_KEY, MessagePlan
from ivr.orders import Flow, FlowFunction, HangUp, Record, Say

SHORTEST_S: Final = 1.0
"""Less is no message: a cough, or a wrong key."""
SILENCE_S: Final = 6
"""Who thinks about what to say is not cut off."""
OFFERS: Final = 2
FAILED: Final = "failed"


def message_box(name: str, plan: MessagePlan, language: str = "") -> FlowFunction:
    """To be visited: takes a message, thanks and hangs up. Comes back when he needs a human instead."""

    def take_message(_arrival: CallArrived) -> Flow:
        for offer in range(OFFERS):
            if offer:
                explained = yield Say(prompts=plan.prompts, language=language)
                if explained.interrupted_by == HUMAN_KEY:
                    return
            left = yield Record(name=name, most_seconds=plan.most_s, silence_seconds=SILENCE_S)
            if left.key == HUMAN_KEY or left.how == FAILED:
                return
            if left.seconds >= SHORTEST_S:
                yield Say(prompts=plan.thanks, language=language)
                yield HangUp()

    return take_message
