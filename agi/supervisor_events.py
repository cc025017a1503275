"""What supervisors' phones say from the dialplan (asterisk-conf/supervision.dialplan.j2), in our words."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from agi.event_words import Event, need
from agi.variables import SUPERVISOR_ASKS_EVENT, SUPERVISOR_GONE_EVENT, SUPERVISOR_READY_EVENT
from hotline.identity import LegId
from hotline.supervision import SupervisionFact, SupervisorAsks, SupervisorGone, SupervisorReady


def _asks(event: Event) -> SupervisorAsks:
    return SupervisorAsks(
        leg=LegId(need(event, "Leg")),
        channel=need(event, "Channel"),
        supervisor=need(event, "Supervisor"),
        agent=need(event, "Agent"),
        mode=need(event, "Mode"),
    )


SUPERVISOR_EVENTS: Final[Mapping[str, Callable[[Event], SupervisionFact]]] = MappingProxyType(
    {
        SUPERVISOR_ASKS_EVENT: _asks,
        SUPERVISOR_READY_EVENT: lambda event: SupervisorReady(leg=LegId(need(event, "Leg"))),
        SUPERVISOR_GONE_EVENT: lambda event: SupervisorGone(leg=LegId(need(event, "Leg"))),
    }
)
