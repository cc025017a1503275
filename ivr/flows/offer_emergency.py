"""询问是否转接: a word of his was spotted while he waits alone. He is asked whether he wants the service; silence keeps his place in line.

A spotted word never transfers by itself: only the offered key (here) or his "yes" (heard by the recogniser, routing/emergency.py) does.
"""

from typing import Final

from hotline.emergency import SERVICES
from ivr.facts import CallArrived, Keyed
from ivr.flows.emergency import emergency
from ivr.flows.waiting import LANGUAGE_TAG
from ivr.orders import BackToWaiting, Collect, Flow, HandOver

SERVICE: Final = "service"
"""Value of the visit: which service is offered."""
YES_KEY: Final = "1"
PATIENCE_S: Final = 5.0


def offer_emergency(arrival: CallArrived) -> Flow:
    """One question, one key. Any other key, silence, or a service that we do not know: back to the music, at his place."""
    service = arrival.values.get(SERVICE, "")
    if service in SERVICES:
        answer = yield Collect(
            question="offer-emergency",
            prompts=(f"offer-emergency-{service}",),
            timeout_s=PATIENCE_S,
            language=arrival.values.get(LANGUAGE_TAG, ""),
        )
        if isinstance(answer, Keyed) and answer.digits == YES_KEY:
            yield HandOver(flow=emergency(service))
    yield BackToWaiting()
