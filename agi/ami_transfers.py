"""Transfers and outgoing calls over AMI (转接、呼出): what the orders of hotline/transfers.py are in Asterisk's words.

AMI Bridge takes a channel straight out of one bridge into another, and whoever is left behind alone goes on in the dialplan. A leg
with HL_CONSULT on it is on its way from one talk to another: its leaving a bridge is no parting (agi/translate.py).
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from agi.ami_link import AmiLink
from agi.variables import (
    AGENT,
    ANNOUNCE_CONTEXT,
    ANNOUNCED,
    CALL,
    CITIZEN,
    CONSULT,
    HELD,
    IN_LINE,
    LEG,
    SKILLS,
    TRANSFERS_CONTEXT,
    pack_skills,
    plain,
)
from hotline.errors import LineFault, Refused
from hotline.line import Done
from hotline.transfers import GUEST, Announce, Confer, Consult, JoinConsulted, LeadCitizen, PlaceCall, Rejoin, ReleaseCitizen, RingUnit

log = logging.getLogger(__name__)

CONSULTING: Final = "1"
CONFERRING: Final = "conference"
GUEST_LEG_CONTEXT: Final = "guest-leg"
OUT_CALLS_CONTEXT: Final = "out-calls"


async def _lead(link: AmiLink, order: LeadCitizen) -> Done:
    await _in_line(link, order.channel)
    if order.stays:
        # Without HL_CITIZEN his emergency keys do nothing while he asks: they would lead away a citizen whom he does not hear.
        await _set(link, order.stays, {CONSULT: CONSULTING, CITIZEN: ""})
    try:
        await _set(link, order.channel, {SKILLS: pack_skills(order.skills), HELD: "1" if order.held else ""})
        await _redirect(link, order.channel, order.where)
    except Refused:
        if order.stays:
            await _unmark(link, order.stays)
        raise
    return Done()


async def _announce(link: AmiLink, order: Announce) -> Done:
    await _in_line(link, order.channel)
    said = "&".join(("your-agent", *(f"digit-{digit}" for digit in order.agent), "at-your-service"))
    await _set(link, order.leg, {ANNOUNCED: said})
    await _set(link, order.channel, {ANNOUNCED: said})
    where = {"Context": ANNOUNCE_CONTEXT, "Priority": "1"}
    extra = {"ExtraChannel": order.leg, "ExtraContext": ANNOUNCE_CONTEXT, "ExtraExten": "agent", "ExtraPriority": "1"}
    await link.ask({"Action": "Redirect", "Channel": order.channel, "Exten": "citizen", **where, **extra})
    return Done()


async def _release(link: AmiLink, order: ReleaseCitizen) -> Done:
    await _set(link, order.channel, {HELD: ""})
    return Done()


async def _ring_unit(link: AmiLink, order: RingUnit) -> Done:
    used = await _get(link, f"GROUP_COUNT({plain(order.trunk)}@trunk)")
    if not used.isdigit() or int(used) >= order.most:
        raise Refused("no room on this trunk: what is left is kept for citizens who call")
    await link.ask(
        {
            "Action": "Originate",
            "ActionID": order.leg,
            "ChannelId": order.leg,
            "Channel": f"PJSIP/{plain(order.number)}@{plain(order.trunk)}",
            "Context": GUEST_LEG_CONTEXT,
            "Exten": "s",
            "Priority": "1",
            "Async": "true",
            "Timeout": str(order.ring_seconds * 1000),
            "CallerID": plain(order.shown),
            "Variable": [f"{CALL}={order.call}", f"{AGENT}={GUEST}", f"GROUP(trunk)={order.trunk}"],
        }
    )
    return Done()


async def _consult(link: AmiLink, order: Consult) -> Done:
    await _set(link, order.other, {CONSULT: CONSULTING})
    await _bridge(link, order.leg, order.other)
    return Done()


async def _join(link: AmiLink, order: Rejoin | JoinConsulted) -> Done:
    await _in_line(link, order.channel)
    await _set(link, order.channel, {AGENT: order.agent, LEG: order.leg})
    await _set(link, order.leg, {CITIZEN: order.channel})
    # The leg first, measured: when it cannot be taken the citizen must not have been pulled out of the line already.
    await _bridge(link, order.leg, order.channel)
    try:
        await _set(link, order.channel, {HELD: ""})
        # The mark goes last: from now on his leaving the bridge is a parting.
        await _set(link, order.leg, {CONSULT: ""})
        if isinstance(order, JoinConsulted):
            await _set(link, order.home, {CONSULT: ""})
    except Refused:
        log.info("somebody left in the moment of joining")
    return Done()


async def _confer(link: AmiLink, order: Confer) -> Done:
    await _in_line(link, order.channel)
    for leg in (order.leg, order.other):
        await _set(link, leg, {CONSULT: CONFERRING, CITIZEN: order.channel})
    # The citizen goes last: whoever of the others is gone by now, and whatever becomes of us, he stands in line still. They wait for him
    # a moment in `member`, and go when he does not come.
    await link.ask(
        {
            "Action": "Redirect",
            "Channel": order.leg,
            "Context": TRANSFERS_CONTEXT,
            "Exten": "member",
            "Priority": "1",
            "ExtraChannel": order.other,
            "ExtraContext": TRANSFERS_CONTEXT,
            "ExtraExten": "member",
            "ExtraPriority": "1",
        }
    )
    await _in_line(link, order.channel)
    await _redirect(link, order.channel, "conference")
    return Done()


async def _place(link: AmiLink, order: PlaceCall) -> Done:
    await link.ask(
        {
            "Action": "Originate",
            "Channel": f"PJSIP/{order.agent}",
            "Context": OUT_CALLS_CONTEXT,
            "Exten": plain(order.number),
            "Priority": "1",
            "Async": "true",
            "Timeout": str(order.ring_seconds * 1000),
            # What his own telephone shows while it rings for him.
            "CallerID": plain(order.number),
            "Variable": [f"{AGENT}={order.agent}", f"HL_TICKET={plain(order.ticket)}"],
        }
    )
    return Done()


TRANSFERS: Final[Mapping[type, Callable[[AmiLink, Any], Awaitable[Done]]]] = {
    Announce: _announce,
    LeadCitizen: _lead,
    ReleaseCitizen: _release,
    RingUnit: _ring_unit,
    Consult: _consult,
    Rejoin: _join,
    JoinConsulted: _join,
    Confer: _confer,
    PlaceCall: _place,
}
"""Each is carried out at most once. They raise `Refused` or `LinkLost`."""


async def _in_line(link: AmiLink, channel: str) -> None:
    """A key may have led him away a moment ago: nobody is pulled out of an emergency call."""
    if await _get(link, "CONTEXT", channel) not in IN_LINE:
        raise Refused("the citizen is elsewhere")


async def _redirect(link: AmiLink, channel: str, extension: str) -> None:
    where = {"Context": TRANSFERS_CONTEXT, "Exten": extension, "Priority": "1"}
    await link.ask({"Action": "Redirect", "Channel": channel, **where})


async def _bridge(link: AmiLink, one: str, other: str) -> None:
    await link.ask({"Action": "Bridge", "Channel1": one, "Channel2": other, "Tone": "no"})


async def _unmark(link: AmiLink, leg: str) -> None:
    try:
        await _set(link, leg, {CONSULT: ""})
    except LineFault:
        log.info("the leg of a refused transfer is gone, too")


async def _set(link: AmiLink, channel: str, variables: Mapping[str, str]) -> None:
    for name, value in variables.items():
        await link.ask({"Action": "Setvar", "Channel": channel, "Variable": name, "Value": value})


async def _get(link: AmiLink, variable: str, channel: str = "") -> str:
    [answer] = await link.ask({"Action": "Getvar", "Variable": variable} | ({"Channel": channel} if channel else {}))
    return str(answer.value)
