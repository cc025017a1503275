"""The Telephony door on a real Asterisk: our orders as AMI actions, AMI events as our facts (asterisk.md §2, §7, §15)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from panoramisk.message import Message

from agi.ami_link import AmiLink, LinkGone, LinkUp, Said
from agi.survey import SURVEYED_VARIABLES, snapshot_of
from agi.translate import LEG_PREFIX, translate
from agi.variables import AGENT, AGENT_LEG_CONTEXT, CALL, LEG, WAITING_CONTEXT
from hotline.errors import LineFault, MalformedInput, OurMistake, Refused
from hotline.line import Done, DropLeg, Join, LineFact, LineOrder, LinkDown, LinkRestored, RingAgent, Snapshot, Survey

log = logging.getLogger(__name__)

CAUSE_GRACE_S: Final = 0.5
"""How long a failed OriginateResponse waits for the leg's Hangup, which knows the cause; measured: 1 ms apart, in either order."""


LOST_CAUSE: Final = "38"
"""Network out of order (Q.850). The citizen's dialplan sees it: whatever is not 16 sends him back into the line (context joined-before)."""


class AmiTelephony:
    """Telephony over one `AmiLink`. The link's `run` belongs to whoever makes this."""

    def __init__(self, link: AmiLink) -> None:
        self._link = link
        self._held: dict[str, asyncio.TimerHandle] = {}

    async def do(self, order: LineOrder) -> Done | Snapshot:
        """Carry out one order, at most once. Raises `Refused` or `LinkLost`."""
        match order:
            case RingAgent():
                return await self._ring(order)
            case Join():
                return await self._join(order)
            case DropLeg():
                return await self._drop(order)
            case Survey():
                return await self._survey()
        raise OurMistake(f"not an order to the line: {type(order).__name__}")

    async def facts(self) -> AsyncIterator[LineFact]:
        """Everything the line tells us, in order, for ever. An event that cannot be read is logged by name and left out."""
        while True:
            fact = self._fact(await self._link.events.get())
            if fact is not None:
                yield fact

    async def _ring(self, order: RingAgent) -> Done:
        # The same id for action and channel: whatever Asterisk says about either is about this leg. Never sent twice.
        await self._link.ask(
            {
                "Action": "Originate",
                "ActionID": order.leg,
                "ChannelId": order.leg,
                "Channel": f"PJSIP/{order.agent}",
                "Context": AGENT_LEG_CONTEXT,
                "Exten": "s",
                "Priority": "1",
                "Async": "true",
                "Timeout": str(order.ring_seconds * 1000),
                "CallerID": _caller_id(order.caller),
                "Variable": [f"{CALL}={order.call}", f"{AGENT}={order.agent}"],
            }
        )
        return Done()

    async def _join(self, order: Join) -> Done:
        # A key may have led the citizen out of the line a moment ago: nobody is pulled out of an emergency call.
        [context] = await self._link.ask({"Action": "Getvar", "Channel": order.channel, "Variable": "CONTEXT"})
        if context.value != WAITING_CONTEXT:
            raise Refused("the citizen does not stand in line")
        await self._set(order.channel, {AGENT: order.agent, LEG: order.leg})
        try:
            # Asterisk takes a *prefix* of a channel's name or unique id here: names and leg ids have a fixed length, call ids have not.
            await self._link.ask({"Action": "Bridge", "Channel1": order.channel, "Channel2": order.leg, "Tone": "no"})
        except Refused:
            await self._clear(order.channel)
            raise
        return Done()

    async def _drop(self, order: DropLeg) -> Done:
        try:
            await self._link.ask({"Action": "Hangup", "Channel": order.leg} | ({"Cause": LOST_CAUSE} if order.lost else {}))
        except Refused:
            log.debug("leg %s was gone already", order.leg)
        return Done()

    async def _survey(self) -> Snapshot:
        channels = await self._link.ask({"Action": "Status", "Variables": ",".join(SURVEYED_VARIABLES)})
        devices = await self._link.ask({"Action": "DeviceStateList"})
        return snapshot_of(_rows(channels, "Status"), _rows(devices, "DeviceStateChange"))

    async def _set(self, channel: str, variables: Mapping[str, str]) -> None:
        for name, value in variables.items():
            await self._link.ask({"Action": "Setvar", "Channel": channel, "Variable": name, "Value": value})

    async def _clear(self, channel: str) -> None:
        try:
            await self._set(channel, {AGENT: "", LEG: ""})
        except LineFault:
            log.info("the citizen of a refused join is gone, too")

    def _fact(self, event: Said) -> LineFact | None:
        if isinstance(event, LinkUp):
            return LinkRestored()
        if isinstance(event, LinkGone):
            return LinkDown()
        if self._hold_back(event):
            return None
        try:
            return translate(event)
        except MalformedInput as error:
            log.warning("AMI: event left out: %s", error)
            return None

    def _hold_back(self, event: Message) -> bool:
        """A leg's Hangup knows the cause, its failed OriginateResponse does not: the latter counts only if the former does not come."""
        if event.event == "Hangup":
            if timer := self._held.pop(event.uniqueid, None):
                timer.cancel()
            return False
        if event.event != "OriginateResponse" or event.response == "Success" or not str(event.actionid).startswith(LEG_PREFIX):
            return False
        if event.actionid in self._held:
            del self._held[event.actionid]
            return False
        loop = asyncio.get_running_loop()
        self._held[event.actionid] = loop.call_later(CAUSE_GRACE_S, self._link.events.put_nowait, event)
        return True


def _caller_id(caller: str) -> str:
    """What the agent's phone shows: digits, or a word when the citizen withheld his number."""
    return caller if caller.isascii() and caller.isdigit() else "anonymous"


def _rows(replies: Sequence[Message], name: str) -> list[Message]:
    return [reply for reply in replies if reply.event == name]
