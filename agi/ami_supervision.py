"""Supervision over AMI (班长监听与接管): what the orders of hotline/supervision.py are in Asterisk's words.

Measured on 22.10.1: Redirect leads a supervisor out of ChanSpy and out of a bridge of three, and the other two notice nothing. AMI Bridge
takes the citizen out of his talk into a bridge with the supervisor: he hears no gap of more than 50 ms, and the agent, left alone, goes on
in his dialplan and hangs up. Whom it takes with him must stand still meanwhile: a bridge of two ends when the first is taken, and so does
ChanSpy on it, and the second would be on his way to his own Hangup.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from agi.ami_link import AmiLink
from agi.variables import (
    AGENT,
    CALL,
    CITIZEN,
    IN_LINE,
    KEYS,
    LEG,
    MODE,
    PEER,
    PRIORITY,
    SKILLS,
    SPIED,
    SPIED_LEG,
    SUPERVISE_CONTEXT,
    SUPERVISOR,
    TALK,
    TOOK,
    WAITING_CONTEXT,
    pack_skills,
)
from hotline.errors import Refused
from hotline.line import Done
from hotline.supervision import CallSupervisor, MarkCitizen, Mode, RefuseSupervisor, SendSupervisor, TakeOver

log = logging.getLogger(__name__)

RING_MS: Final = 20_000
CONTEXT: Final = "CONTEXT"
"""Asterisk's own: where in the dialplan a channel is."""


async def _call(link: AmiLink, order: CallSupervisor) -> Done:
    await link.ask(
        {
            "Action": "Originate",
            "Channel": f"PJSIP/{order.supervisor}",
            "Context": SUPERVISE_CONTEXT,
            "Exten": "s",
            "Priority": "1",
            "Async": "true",
            "Timeout": str(RING_MS),
            # What his own telephone shows: with whom it is about to connect him.
            "CallerID": str(order.agent),
            "Variable": [f"{MODE}={order.mode}", f"{SPIED}={order.agent}"],
        }
    )
    return Done()


async def _send(link: AmiLink, order: SendSupervisor) -> Done:
    if order.mode is Mode.BARGE:
        await _set(link, order.citizen, {SUPERVISOR: order.channel})
    elif await _get(link, order.citizen, SUPERVISOR) == order.channel:
        await _set(link, order.citizen, {SUPERVISOR: ""})
    await _set(link, order.channel, {CALL: order.call, TALK: order.citizen, SPIED: order.agent, SPIED_LEG: order.agent_leg})
    await _redirect(link, order.channel, str(order.mode))
    return Done()


async def _refuse(link: AmiLink, order: RefuseSupervisor) -> Done:
    try:
        await _redirect(link, order.channel, "refused")
    except Refused:
        log.debug("the supervisor has hung up already")
    return Done()


async def _take_over(link: AmiLink, order: TakeOver) -> Done:
    # Nobody is pulled out of an emergency call, nor out of a line in which he waits for somebody else. An empty BRIDGEPEER says nothing:
    # so it is for a moment when one of three has left the bridge.
    if await _get(link, order.citizen, CONTEXT) not in IN_LINE or await _get(link, order.citizen, PEER) == WAITING_CONTEXT:
        raise Refused("the citizen does not talk with an agent")
    keys = await _get(link, order.channel, KEYS)
    # He becomes an agent as those in context agent-leg are: his keys, his place among those who are with the citizen, his end.
    agent = {
        CALL: order.call,
        AGENT: order.supervisor,
        CITIZEN: order.citizen,
        MODE: "",
        "DYNAMIC_FEATURES": keys,
        "GROUP(three-way)": order.call,
        "CHANNEL(hangup_handler_push)": "three-way,agent-gone,1",
    }
    await _set(link, order.channel, agent)
    if not order.together:
        await link.ask({"Action": "Bridge", "Channel1": order.citizen, "Channel2": order.channel, "Tone": "no"})
    await _set(link, order.citizen, {AGENT: order.supervisor, LEG: order.leg, SUPERVISOR: ""})
    # The mark goes last: from now on his leaving a bridge is a parting (agi/translate.py); his leaving the bridge of three was none.
    await _set(link, order.channel, {TOOK: order.call})
    return Done()


async def _mark(link: AmiLink, order: MarkCitizen) -> Done:
    await _set(link, order.channel, {SKILLS: pack_skills(order.skills), PRIORITY: str(order.priority)})
    return Done()


SUPERVISION: Final[Mapping[type, Callable[[AmiLink, Any], Awaitable[Done]]]] = {
    CallSupervisor: _call,
    SendSupervisor: _send,
    RefuseSupervisor: _refuse,
    TakeOver: _take_over,
    MarkCitizen: _mark,
}
"""Each is carried out at most once. They raise `Refused` or `LinkLost`."""


async def _redirect(link: AmiLink, channel: str, extension: str) -> None:
    await link.ask({"Action": "Redirect", "Channel": channel, "Context": SUPERVISE_CONTEXT, "Exten": extension, "Priority": "1"})


async def _set(link: AmiLink, channel: str, variables: Mapping[str, str]) -> None:
    for name, value in variables.items():
        await link.ask({"Action": "Setvar", "Channel": channel, "Variable": name, "Value": value})


async def _get(link: AmiLink, channel: str, variable: str) -> str:
    [answer] = await link.ask({"Action": "Getvar", "Channel": channel, "Variable": variable})
    return str(answer.value)
