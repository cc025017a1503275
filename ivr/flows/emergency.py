"""应急: the emergency key was pressed. Nothing is asked and nothing is said here: the journal learns of it, and the dialplan does the rest.

ivr/session.py hands every visit over to this flow by itself when the key comes; `offer-emergency` when he agrees to our offer.
"""

from typing import Final

from ivr.facts import CallArrived
from ivr.orders import Checkpoint, Flow, FlowFunction, LeaveTo

EMERGENCY_PRESSED: Final = "emergency-key"


def emergency(service: str = "") -> FlowFunction:
    """Leave for this service; without one the dialplan asks which (context `emergency`)."""

    def to_emergency(_arrival: CallArrived) -> Flow:
        yield Checkpoint(name=EMERGENCY_PRESSED, values={"service": service} if service else {})
        yield LeaveTo(service=service)

    return to_emergency
