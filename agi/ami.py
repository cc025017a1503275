"""The Telephony door on a real Asterisk: our orders as AMI actions, AMI events as our facts (asterisk.md §2, §7, §15)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from panoramisk.message import Message

from agi.ami_announcements import ANNOUNCEMENTS
from agi.ami_callbacks import CALLBACKS
from agi.ami_codes import CODES
from agi.ami_link import AmiLink, LinkGone, LinkUp, Said
from agi.ami_office import OFFICE
from agi.ami_supervision import SUPERVISION
from agi.ami_transfers import TRANSFERS
from agi.survey import SURVEYED_VARIABLES, snapshot_of, switch_since, ways_to_centres
from agi.translate import LEG_PREFIX, translate
from agi.variables import (
    AGENT,
    AGENT_LEG_CONTEXT,
    CALL,
    CITIZEN,
    IN_LINE,
    LEG,
    OFFER_CONTEXT,
    PEER,
    SERVICE,
    THREE_WAY_CONTEXT,
    WAITING_CONTEXT,
    plain,
)
from hotline.errors import LineFault, MalformedInput, OurMistake, Refused
from hotline.line import (
    BringIn,
    Done,
    DropLeg,
    DropWay,
    Join,
    Lead,
    LineFact,
    LineOrder,
    LinkDown,
    LinkRestored,
    ListenToWays,
    OfferEmergency,
    RingAgent,
    Snapshot,
    Survey,
    Way,
    Ways,
)
from hotline.wishes import Wish

log = logging.getLogger(__name__)

CAUSE_GRACE_S: Final = 0.5
"""How long a failed OriginateResponse waits for the leg's Hangup, which knows the cause; measured: 1 ms apart, in either order."""


UNREACHABLE: Final = "Unreachable"
"""PJSIP_CONTACT's word for a contact that does not answer the switch's regular question."""

LOST_CAUSE: Final = "38"
"""Network out of order (Q.850). The citizen's dialplan sees it: whatever is not 16 sends him back into the line (context joined-before)."""


BESIDE: Final[Mapping[type, Callable[[AmiLink, Any], Awaitable[Done]]]] = {
    **OFFICE,
    **CODES,
    **TRANSFERS,
    **SUPERVISION,
    **ANNOUNCEMENTS,
    **CALLBACKS,
}
"""Orders that files beside this one carry out: ami_NAME.py."""


class AmiTelephony:
    """Telephony over one `AmiLink`. The link's `run` belongs to whoever makes this."""

    def __init__(self, link: AmiLink) -> None:
        self._link = link
        self._held: dict[str, asyncio.TimerHandle] = {}
        self._switch_since: float | None = None

    async def do(self, order: LineOrder) -> Done | Snapshot | Ways:
        """Carry out one order, at most once. Raises `Refused` or `LinkLost`."""
        if isinstance(order, Lead):
            self._switch_since = None  # the switch may have been started again while this process followed, and nobody told it
        if carry_out := BESIDE.get(type(order)):
            return await carry_out(self._link, order)
        match order:
            case RingAgent():
                return await self._ring(order)
            case Join():
                return await self._join(order)
            case DropLeg() | DropWay():
                return await self._hang_up(order)
            case Survey():
                return await self._survey()
            case BringIn():
                return await self._bring_in(order)
            case OfferEmergency():
                return await self._offer_emergency(order)
            case ListenToWays():
                return await self._listen_to_ways()
        raise OurMistake(f"not an order to the line: {type(order).__name__}")

    async def facts(self) -> AsyncIterator[LineFact | Wish]:
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
        if context.value not in IN_LINE:
            raise Refused("the citizen does not stand in line")
        await self._set(order.channel, {AGENT: order.agent, LEG: order.leg})
        try:
            await self._set(order.leg, {CITIZEN: order.channel})  # the agent's keys for a three-way call lead him by it (features.conf)
            # The leg first, measured: when the second cannot be taken, the first has been pulled out of his place already.
            # Asterisk takes a *prefix* of a channel's name or unique id here: names and leg ids have a fixed length, call ids have not.
            await self._link.ask({"Action": "Bridge", "Channel1": order.leg, "Channel2": order.channel, "Tone": "no"})
        except Refused:
            await self._clear(order.channel)
            raise
        return Done()

    async def _bring_in(self, order: BringIn) -> Done:
        # The mark comes first: a leg that leaves the bridge with it has not parted (agi/translate.py). Then both at once, or the one who is
        # left behind would be led on as after a talk.
        await self._set(order.leg, {SERVICE: plain(order.service), CITIZEN: order.channel})
        try:
            await self._link.ask(
                {
                    "Action": "Redirect",
                    "Channel": order.channel,
                    "Context": THREE_WAY_CONTEXT,
                    "Exten": f"citizen-{order.service}",
                    "Priority": "1",
                    "ExtraChannel": order.leg,
                    "ExtraContext": THREE_WAY_CONTEXT,
                    "ExtraExten": f"agent-{order.service}",
                    "ExtraPriority": "1",
                }
            )
        except Refused:
            await self._unmark(order.leg)
            raise
        return Done()

    async def _offer_emergency(self, order: OfferEmergency) -> Done:
        # Nobody is asked who has left the line by a key of his own, nor who talks with an agent: his context is still that of the line.
        for name, right in (("CONTEXT", IN_LINE), (PEER, (WAITING_CONTEXT,))):
            [said] = await self._link.ask({"Action": "Getvar", "Channel": order.channel, "Variable": name})
            if said.value not in right:
                raise Refused("the citizen does not stand in line")
        where = f"{'agreed' if order.agreed else 'offer'}-{plain(order.service)}"
        await self._link.ask({"Action": "Redirect", "Channel": order.channel, "Context": OFFER_CONTEXT, "Exten": where, "Priority": "1"})
        return Done()

    async def _unmark(self, leg: str) -> None:
        try:
            await self._set(leg, {SERVICE: ""})
        except LineFault:
            log.info("the leg of a refused three-way call is gone, too")

    async def _hang_up(self, order: DropLeg | DropWay) -> Done:
        channel, lost = (order.leg, order.lost) if isinstance(order, DropLeg) else (order.channel, True)
        try:
            await self._link.ask({"Action": "Hangup", "Channel": channel} | ({"Cause": LOST_CAUSE} if lost else {}))
        except Refused:
            log.debug("%s was gone already", channel)
        return Done()

    async def _listen_to_ways(self) -> Ways:
        rows = _rows(await self._link.ask({"Action": "Status", "Variables": CALL}), "Status")
        ways = [await self._way(channel, trunk) for channel, trunk in ways_to_centres(rows)]
        return Ways(ways=tuple(way for way in ways if way is not None))

    async def _way(self, channel: str, trunk: str) -> Way | None:
        try:
            packets = await self._get("CHANNEL(rtcp,rxcount)", channel)
            contact = await self._get(f"PJSIP_AOR({plain(trunk)},contact)")
            state = await self._get(f"PJSIP_CONTACT({contact},status)")
        except Refused:
            return None  # hung up in this moment
        return Way(channel=channel, trunk=trunk, packets=int(packets) if packets.isdigit() else -1, reachable=state != UNREACHABLE)

    async def _get(self, variable: str, channel: str = "") -> str:
        [answer] = await self._link.ask({"Action": "Getvar", "Variable": variable} | ({"Channel": channel} if channel else {}))
        return str(answer.value)

    async def _survey(self) -> Snapshot:
        channels = await self._link.ask({"Action": "Status", "Variables": ",".join(SURVEYED_VARIABLES)})
        devices = await self._link.ask({"Action": "DeviceStateList"})
        if self._switch_since is None:
            [core] = await self._link.ask({"Action": "CoreStatus"})
            self._switch_since = switch_since(core)
        return snapshot_of(_rows(channels, "Status"), _rows(devices, "DeviceStateChange"), switch_since=self._switch_since)

    async def _set(self, channel: str, variables: Mapping[str, str]) -> None:
        for name, value in variables.items():
            await self._link.ask({"Action": "Setvar", "Channel": channel, "Variable": name, "Value": value})

    async def _clear(self, channel: str) -> None:
        try:
            await self._set(channel, {AGENT: "", LEG: ""})
        except LineFault:
            log.info("the citizen of a refused join is gone, too")

    def _fact(self, event: Said) -> LineFact | Wish | None:
        if isinstance(event, LinkUp):
            self._switch_since = None  # it may be another one
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
