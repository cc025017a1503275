"""The watchdog at work: beats the application, hears keys over a link of its own, and moves citizens by AMI Redirect.

The rules are agi/watchdog.py; this file spells them in AMI. It stands in nobody's way: when it dies or freezes, the promise that it gave
the dialplan runs out, and the dead-man of each visit is left. Keys are in its memory only, never in its log.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from panoramisk.message import Message

from agi.ami_link import AmiLink, LinkGone, LinkUp
from agi.variables import APP_DOWN_UNTIL, CALL, SERVICE, TO_MUSIC
from agi.watchdog import PROMISE_S, Keys, Pulse, Standing, beaten, way_out
from hotline.emergency import KeyPlan
from hotline.errors import DoorClosed, LineFault, Refused
from hotline.ports import Clock

log = logging.getLogger(__name__)

BEAT_EVERY_S: Final = 0.5
ANSWER_S: Final = 2.0
"""What Asterisk gets to answer an action."""

VISIT: Final = "agi://"
"""How the data of app AGI begins when the channel visits us; a script that Asterisk runs itself is none of ours."""
RECORD: Final = "RECORD FILE"

Beat = Callable[[], Awaitable[None]]
"""Ask the application for a sign of life; raises `DoorClosed` when none comes in time."""


class Watch:
    """`run` watches until it is cancelled. `alarm` is told, again and again, whether the application has been mute for too long."""

    def __init__(self, *, link: AmiLink, plan: KeyPlan, beat: Beat, alarm: Callable[[bool], None], clock: Clock) -> None:
        self.pulse = Pulse()
        self._link = link
        self._keys = Keys(plan=plan)
        self._beat = beat
        self._alarm = alarm
        self._clock = clock
        self._recording: set[str] = set()
        self._promised = False
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Keep the link, the beat, the ear and the eye."""
        async with asyncio.TaskGroup() as group:
            for work in (self._link.run, self._beat_on, self._listen, self._look_on):
                group.create_task(work())

    # ── the beat ────────────────────────────────────────────────────────────────────────────────

    async def _beat_on(self) -> None:
        while True:
            began, before = _now(), self.pulse
            self.pulse = beaten(before, _now(), answered=await self._answers())
            if self.pulse.mute != before.mute:
                log.error("the application is mute") if self.pulse.mute else log.info("the application answers again")
                self._wake.set()
            self._alarm(self.pulse.alarming(_now()))
            await self._clock.sleep(max(0.0, began + BEAT_EVERY_S - _now()))

    async def _answers(self) -> bool:
        try:
            await self._beat()
        except DoorClosed:
            return False
        return True

    # ── what is heard ───────────────────────────────────────────────────────────────────────────

    async def _listen(self) -> None:
        while True:
            said = await self._link.events.get()
            if isinstance(said, LinkUp | LinkGone):
                self._recording.clear()  # what ended meanwhile was not heard
            else:
                self._hear(said)

    def _hear(self, event: Message) -> None:
        channel = str(event.channel)
        match event.event:
            case "DTMFEnd" if event.direction == "Received":
                self._keys.press(channel, str(event.digit), _now())
                self._wake.set()
            case "AGIExecStart" if str(event.command).startswith(RECORD):
                self._recording.add(channel)
            case "AGIExecEnd":
                self._recording.discard(channel)
            case _:
                pass

    # ── what is done ────────────────────────────────────────────────────────────────────────────

    async def _look_on(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._pause_s())
            self._wake.clear()
            try:
                await self._look()
            except LineFault as error:
                log.warning("the watchdog cannot reach Asterisk: %s", error)
                await self._clock.sleep(BEAT_EVERY_S)

    def _pause_s(self) -> float | None:
        soon = self._keys.wake_in(_now())
        if self.pulse.mute or self._promised:
            return BEAT_EVERY_S if soon is None else min(soon, BEAT_EVERY_S)
        return soon

    async def _look(self) -> None:
        due = set(self._keys.due(_now()))
        if self.pulse.mute:
            await self._promise(int(self._clock.now().timestamp()) + PROMISE_S)
            for standing in await self._everybody():
                await self._lead(standing, overdue=standing.channel in due)
                due.discard(standing.channel)
        elif self._promised:
            await self._promise(0)
        for channel in due:
            if (found := await self._one(channel)) is not None:
                await self._lead(found, overdue=True)
            else:
                self._keys.obeyed(channel)
        self._keys.forget_old(_now())

    async def _lead(self, standing: Standing, *, overdue: bool) -> None:
        """Send him where he must go. In a mute visit keys count at once; anywhere else those who should obey them get their time."""
        at_once = self.pulse.mute and standing.in_visit
        if self._keys.on_his_way(standing.channel, _now()):
            return
        asked = self._keys.asked(standing.channel) if overdue or at_once else None
        way = way_out(standing, asked, mute=self.pulse.mute)
        if way == TO_MUSIC:
            # Who stands in line may be joined with an agent at any moment: look once more, right before.
            fresh = await self._one(standing.channel)
            way = way_out(fresh, asked, mute=self.pulse.mute) if fresh else ""
        if way:
            await self._send(standing, way)
        if asked is not None and way:
            self._keys.sent(standing.channel, _now())
        elif asked is not None:
            self._keys.obeyed(standing.channel)

    # ── AMI ─────────────────────────────────────────────────────────────────────────────────────

    async def _promise(self, until: int) -> None:
        await self._link.ask({"Action": "Setvar", "Variable": APP_DOWN_UNTIL, "Value": str(until)})
        self._promised = until > 0

    async def _send(self, standing: Standing, way: str) -> None:
        context, extension, priority = way.split(",")
        where = {"Context": context, "Exten": extension, "Priority": priority}
        try:
            await self._link.ask({"Action": "Redirect", "Channel": standing.channel, **where})
        except Refused:
            log.info("call=%s ended before he was led to %s", standing.call, context)
        else:
            log.warning("call=%s led from %s to %s", standing.call, standing.context, context)

    async def _everybody(self) -> list[Standing]:
        return list(self._standings(await self._link.ask({"Action": "Status", "Variables": _VARIABLES})))

    async def _one(self, channel: str) -> Standing | None:
        try:
            replies = await self._link.ask({"Action": "Status", "Channel": channel, "Variables": _VARIABLES})
        except Refused:  # he is gone
            return None
        return next(self._standings(replies), None)

    def _standings(self, replies: list[Message]) -> Iterator[Standing]:
        for reply in replies:
            if reply.event == "Status":
                yield standing_of(reply, recording=str(reply.channel) in self._recording)


_VARIABLES: Final = f"{CALL},{SERVICE}"


def standing_of(row: Mapping[str, Any], *, recording: bool = False) -> Standing:
    """One row of AMI Status (with the variables HL_CALL, HL_SERVICE) in our words.

    Status reads the living channel. The list of channels (CoreShowChannels, console) shows a copy, which after `EXEC MSet` within a visit
    goes on saying `MSet` (measured).
    """
    lines = row.get("Variable", [])
    variables = dict(line.split("=", 1) for line in ([lines] if isinstance(lines, str) else lines))
    return Standing(
        channel=row["Channel"],
        unique_id=row["Uniqueid"],
        call=_set(variables.get(CALL, "")),
        context=row["Context"],
        in_visit=row.get("Application") == "AGI" and str(row.get("Data", "")).startswith(VISIT),
        bridged=bool(row.get("BridgeID")),
        service=_set(variables.get(SERVICE, "")),
        recording=recording,
    )


def _set(value: str) -> str:
    return "" if value == "(null)" else value


def _now() -> float:
    return asyncio.get_running_loop().time()
