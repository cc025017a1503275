"""What supervisors' phones say from the dialplan (asterisk-conf/supervision.dialplan.j2), in our words."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from agi.event_words import Event, need
from agi.variables import CALL, SPIED, SUPERVISE_CONTEXT, SUPERVISOR_ASKS_EVENT, SUPERVISOR_GONE_EVENT, SUPERVISOR_READY_EVENT, TOOK
from hotline.errors import MalformedInput
from hotline.identity import AgentId, CallId, LegId
from hotline.supervision import AtTalk, Mode, SupervisionFact, SupervisorAsks, SupervisorGone, SupervisorReady

AT_A_TALK: Final = (Mode.LISTEN, Mode.WHISPER, Mode.BARGE)


def _asks(event: Event) -> SupervisorAsks:
    return SupervisorAsks(
        leg=LegId(need(event, "Leg")),
        channel=need(event, "Channel"),
        supervisor=need(event, "Supervisor"),
        agent=need(event, "Agent"),
        mode=need(event, "Mode"),
    )


def at_talk(row: Event, variables: Mapping[str, str]) -> AtTalk | None:
    """The supervisor who stands in one of the modes, from the row of a survey; None for everybody else."""
    supervisor, agent = row["Channel"].removeprefix("PJSIP/").rpartition("-")[0], variables.get(SPIED, "")
    if row["Context"] != SUPERVISE_CONTEXT or row.get("Exten") not in AT_A_TALK or variables.get(TOOK):
        return None
    try:
        return AtTalk(
            leg=LegId(row["Uniqueid"]),
            channel=row["Channel"],
            supervisor=AgentId(supervisor),
            agent=AgentId(agent),
            call=CallId(variables.get(CALL, "")),
            mode=Mode(row["Exten"]),
        )
    except MalformedInput:
        return None  # whatever that is, it is at no talk


SUPERVISOR_EVENTS: Final[Mapping[str, Callable[[Event], SupervisionFact]]] = MappingProxyType(
    {
        SUPERVISOR_ASKS_EVENT: _asks,
        SUPERVISOR_READY_EVENT: lambda event: SupervisorReady(leg=LegId(need(event, "Leg"))),
        SUPERVISOR_GONE_EVENT: lambda event: SupervisorGone(leg=LegId(need(event, "Leg"))),
    }
)
