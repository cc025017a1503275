"""留言: what the citizen wants to say when he does not want to wait. A left message is a case like a call, and nobody is left alone with a
box: who says nothing, twice, is led to a human, and `0` and `*` mean what they mean everywhere.

What stands before the tone is said by the plan's flow (flows/line.py). What a hang-up cuts off is kept up to there.
"""

from typing import Final

from ivr.facts import CallArrived
from ivr.line_plan import MessagePlan
from ivr.menu import EMERGENCY_KEY, HUMAN_KEY
from ivr.orders import Flow, FlowFunction, HangUp, Record, Say

SHORTEST_S: Final = 1.0
"""Less is no message: a cough, or a wrong key."""
SILENCE_S: Final = 6
"""Who thinks about what to say is not cut off."""
OFFERS: Final = 2
FAILED: Final = "failed"
_AWAY = (HUMAN_KEY, EMERGENCY_KEY)


def message_box(name: str, plan: MessagePlan, language: str = "") -> FlowFunction:
    """To be visited: takes a message, thanks and hangs up. Returns `0` when he needs a human instead, `*` for the emergency key."""

    def take_message(_arrival: CallArrived) -> Flow:
        for offer in range(OFFERS):
            if offer:
                explained = yield Say(prompts=plan.prompts, language=language)
                if explained.interrupted_by in _AWAY:
                    return explained.interrupted_by
            left = yield Record(name=name, most_seconds=plan.most_s, silence_seconds=SILENCE_S)
            if left.key in _AWAY:
                return left.key
            if left.how == FAILED:
                break
            if left.seconds >= SHORTEST_S:
                yield Say(prompts=plan.thanks, language=language)
                yield HangUp()
        return HUMAN_KEY

    return take_message
