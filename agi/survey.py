"""A survey: what Asterisk lists about channels and phones, as one `Snapshot` in our words."""

import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

from agi.event_words import Event
from agi.supervisor_events import at_talk
from agi.translate import LEG_PREFIX, PHONE_PREFIX, PHONE_STATES, agent_on, call_of, phone_of, waiting_citizen
from agi.variables import CALL, CALLED, CALLER, IN_LINE, PRIORITY, SERVICE, SINCE, SKILLS, SPIED, TOOK, TRUNK
from hotline.errors import MalformedInput
from hotline.identity import AgentId, CallId, LegId
from hotline.line import JoinedPair, OpenLeg, PhoneState, Snapshot, WaitingCitizen
from hotline.transfers import GUEST

log = logging.getLogger(__name__)

SURVEYED_VARIABLES: Final = (CALL, CALLED, CALLER, TRUNK, SINCE, SKILLS, PRIORITY, SERVICE, TOOK, SPIED)
UNSET: Final = "(null)"
UP: Final = "6"
"""ChannelState of a channel that was answered."""

_WORDS: Final = {CALL: "Call", CALLED: "Called", CALLER: "Caller", TRUNK: "Trunk", SINCE: "Since", SKILLS: "Skills", PRIORITY: "Rank"}


def snapshot_of(channels: Iterable[Event], devices: Iterable[Event], *, switch_since: float = 0.0) -> Snapshot:
    """All that is on the line. `channels`: Status events with `SURVEYED_VARIABLES`; `devices`: the rows of DeviceStateList."""
    rows = list(channels)
    # A supervisor's channel that has taken a call over counts as an agent's leg.
    legs = {LegId(row["Uniqueid"]): row for row in rows if row["Uniqueid"].startswith(LEG_PREFIX) or _variables(row).get(TOOK)}
    citizens = {
        CallId(row["Uniqueid"]): row for row in rows if _variables(row).get(CALL) == row["Uniqueid"] and row["Uniqueid"] not in legs
    }
    return Snapshot(
        calls=frozenset(citizens),
        waiting=tuple(citizen for row in citizens.values() if (citizen := _waiting(row))),
        joined=tuple(pair for leg, row in legs.items() if (pair := _pair(leg, row, citizens))),
        legs=frozenset(legs),
        answered=frozenset(leg for leg, row in legs.items() if row["ChannelState"] == UP),
        phones=_phones(devices),
        switch_since=switch_since,
        # HL_SERVICE is set from the first attempt to call a centre until he waits for an agent again.
        emergencies=frozenset(call for call, row in citizens.items() if _variables(row).get(SERVICE)),
        supervisors=tuple(at for row in rows if (at := at_talk(row, _variables(row)))),
        open_legs=tuple(open_leg for leg, row in sorted(legs.items()) if (open_leg := _open(leg, row))),
    )


def switch_since(core: Event) -> float:
    """When the switch was started, in Unix seconds, from its answer to CoreStatus, which is in local time; 0 = it does not say."""
    try:
        began = time.strptime(f"{core.get('CoreStartupDate')} {core.get('CoreStartupTime')}", "%Y-%m-%d %H:%M:%S")
    except ValueError:
        log.warning("AMI: CoreStatus does not say since when the switch runs")
        return 0.0
    return time.mktime(began)


def _waiting(row: Event) -> WaitingCitizen | None:
    """He stands in line if he is in a context of the line (in the music, in a visit, asked about a spotted word) and hears nobody."""
    if row["Context"] not in IN_LINE or row["BridgeID"]:
        return None
    variables = _variables(row)
    try:
        return waiting_citizen({"Event": "Status", **{word: variables.get(name, "") for name, word in _WORDS.items()}}, row["Channel"])
    except MalformedInput as error:
        # He is between two lines of the dialplan; his own CitizenWaits will come.
        log.warning("AMI: a citizen in the waiting context is not ready: %s", error)
        return None


def _pair(leg: LegId, row: Event, citizens: Mapping[CallId, Event]) -> JoinedPair | None:
    call = _served(leg, row)
    citizen, agent = citizens.get(call), agent_on(row["Channel"]) or GUEST
    if citizen is None or not row["BridgeID"] or citizen["BridgeID"] != row["BridgeID"]:
        return None
    return JoinedPair(call=call, leg=leg, agent=agent, channel=citizen["Channel"])


def _served(leg: LegId, row: Event) -> CallId:
    took = _variables(row).get(TOOK)
    return CallId(took) if took else call_of(leg)


def _open(leg: LegId, row: Event) -> OpenLeg | None:
    agent = agent_on(row["Channel"])
    return OpenLeg(leg=leg, agent=agent, call=_served(leg, row)) if agent is not None and not row["BridgeID"] else None


def _phones(devices: Iterable[Event]) -> dict[AgentId, PhoneState]:
    states = {phone_of(row["Device"]): PHONE_STATES.get(row["State"], PhoneState.ABSENT) for row in devices}
    return {agent: state for agent, state in states.items() if agent is not None}


def _variables(row: Event) -> dict[str, str]:
    """`Variable: NAME=VALUE` once or several times; a variable that is not set reads (null)."""
    lines: Any = row.get("Variable", [])
    pairs = [line.partition("=") for line in ([lines] if isinstance(lines, str) else lines)]
    return {name: "" if value == UNSET else value for name, _, value in pairs}


def ways_to_centres(channels: Iterable[Event]) -> tuple[tuple[str, str], ...]:
    """Channel and trunk of each leg to an emergency centre that has answered: such a leg carries the HL_CALL of another channel."""
    return tuple(
        (row["Channel"], endpoint)
        for row in channels
        if row["Channel"].startswith(PHONE_PREFIX)
        and (endpoint := row["Channel"].removeprefix(PHONE_PREFIX).rpartition("-")[0])
        and row["ChannelState"] == UP
        and _variables(row).get(CALL, "") not in ("", row["Uniqueid"])
        and not row["Uniqueid"].startswith(LEG_PREFIX)
        and agent_on(row["Channel"]) is None
    )
