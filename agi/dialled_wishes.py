"""What agents dial and press, as wishes (功能码): UserEvents of the dialplan in the words of hotline/wishes.py.

The answer goes back to the channel on which it was dialled. Nothing here says who may do what: that is decided by routing.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from agi.event_words import Event, may_be_empty, need
from agi.variables import AGENT_WANTS_EVENT, TRANSFER_STEP_WISH_EVENT, TRANSFER_WISH_EVENT
from hotline.wishes import PHONE_PREFIX, AgentWants, Transfer, TransferStep, Wish


def _agent_wants(event: Event) -> Wish:
    # The x before a reason keeps an empty one from being lost (panoramisk, agi/translate.py).
    return AgentWants(
        id=_dialled_on(event), agent=need(event, "Agent"), what=need(event, "What"), reason=need(event, "Reason").removeprefix("x")
    )


def _transfer(event: Event) -> Wish:
    return Transfer(id=_dialled_on(event), agent=need(event, "Agent"), how=need(event, "How"), to=may_be_empty(event, "To"))


def _transfer_step(event: Event) -> Wish:
    return TransferStep(id=_dialled_on(event), agent=need(event, "Agent"), step=need(event, "Step"))


def _dialled_on(event: Event) -> str:
    return f"{PHONE_PREFIX}{need(event, 'Channel')}"


WISH_EVENTS: Final[Mapping[str, Callable[[Event], Wish]]] = MappingProxyType(
    {AGENT_WANTS_EVENT: _agent_wants, TRANSFER_WISH_EVENT: _transfer, TRANSFER_STEP_WISH_EVENT: _transfer_step}
)
"""UserEvent → wish. Raises `MalformedInput`."""
