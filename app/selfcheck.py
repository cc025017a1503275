"""The self-check call (自检呼叫): a real SIP and RTP call from the switch to itself, followed until its record stands in the ledger.

Each step names the process that failed and where to look, since a line that only looks healthy is worse than one that is down.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from app.places import Places
from app.settings import Settings
from app.switch import Switch
from hotline.errors import HotlineError, LinkLost
from runtime.progress import Progress

EAR = "WaitForNoise"
"""Asterisk's application on the calling side: it ends, and with it the call, once it has heard sound."""

SOUND_MS, TIMES = 300, 3
"""Three times so much sound: speech, not a click."""

ANSWER_WITHIN_S = 5.0
SOUND_WITHIN_S = 10
CLOSE_WITHIN_S = 10.0
RECORD_WITHIN_S = 20.0
LOOK_EVERY_S = 0.1

FindRecord = Callable[[str], Coroutine[None, None, dict[str, Any] | None]]
"""The newest record of a call, or None."""


class SelfCheckFailed(HotlineError):
    """The call did not go the whole way; the message says how far it came and what to look at."""


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One line of `core show channels concise`, as far as we need it."""

    unique_id: str
    state: str
    application: str


async def self_check(*, settings: Settings, places: Places, switch: Switch, recorded: FindRecord, progress: Progress) -> str:
    """Place the call and wait for its record. Returns the call id. Raises `SelfCheckFailed`."""
    call = ""
    with progress.step("自检呼叫：接通 self-check call: answered"):
        call = await _answered(settings.lines[0].number, switch, places)
    with progress.step("自检呼叫：听到欢迎语 the greeting is heard"):
        await _heard(call, switch, places)
    with progress.step("自检呼叫：通话日志已关闭 its journal is closed"):
        await _until(
            lambda: _closed(places, call),
            CLOSE_WITHIN_S,
            f"routing 没有关闭日志 {call}；请看 not closed by routing, see {places.log}/routing.log",
        )
    with progress.step("自检呼叫：记录已入库 its record is in the ledger"):
        trouble = f"worker 没有入库 {call}；请看 not recorded by worker, see {places.log}/worker.log"
        await _until(lambda: _kept(recorded, call), RECORD_WITHIN_S, trouble)
        judge(await recorded(call) or {}, places)
    return call


async def _kept(recorded: FindRecord, call: str) -> bool:
    record = await recorded(call)
    return record is not None and record["recording"]["state"] != "pending"


def judge(record: Mapping[str, Any], places: Places) -> None:
    """The record must tell of our flow and of a whole recording. Raises `SelfCheckFailed`: the lifeline greets, too, when agi is dead."""
    if not any(point["what"] == "flow" for point in record["track"]):
        raise SelfCheckFailed(f"agi 没有应答，欢迎语由应急拨号方案播放；请看 agi did not serve the call, see {places.log}/agi.log")
    if record["recording"]["state"] != "complete":
        raise SelfCheckFailed(f"录音不完整（{record['recording']['state']}）；请看 the recording is not whole, see {places.log}/worker.log")


async def _answered(number: str, switch: Switch, places: Places) -> str:
    trouble = f"Asterisk 没有接听自检呼叫；请看 Asterisk did not answer, see {places.var}/asterisk/log/messages"
    try:
        before = {each.unique_id for each in channels_in(await switch.ask("core show channels concise"))}
        await switch.ask(f"channel originate PJSIP/{number}@self-check application {EAR} {SOUND_MS},{TIMES},{SOUND_WITHIN_S}")
        deadline = time.monotonic() + ANSWER_WITHIN_S
        while time.monotonic() < deadline:
            citizen = citizen_among(channels_in(await switch.ask("core show channels concise")), before)
            if citizen:
                return citizen
            await asyncio.sleep(LOOK_EVERY_S)
    except LinkLost as error:
        raise SelfCheckFailed(f"{trouble} ({error})") from None
    raise SelfCheckFailed(trouble)


async def _heard(call: str, switch: Switch, places: Places) -> None:
    began = time.monotonic()
    while any(each.unique_id == call for each in channels_in(await switch.ask("core show channels concise"))):
        if time.monotonic() - began > SOUND_WITHIN_S + 2:
            raise SelfCheckFailed(f"自检呼叫没有挂断 the call does not end: {call}")
        await asyncio.sleep(LOOK_EVERY_S)
    if time.monotonic() - began > SOUND_WITHIN_S - 1:
        raise SelfCheckFailed(f"没有听到欢迎语；请看 no greeting was heard, see {places.log}/agi.log, {places.var}/asterisk/log/messages")


async def _closed(places: Places, call: str) -> bool:
    return not (places.journal / "open" / f"{call}.jsonl").exists()


async def _until(reached: Callable[[], Awaitable[object]], within_s: float, trouble: str) -> None:
    deadline = time.monotonic() + within_s
    while not await reached():
        if time.monotonic() > deadline:
            raise SelfCheckFailed(trouble)
        await asyncio.sleep(LOOK_EVERY_S)


def channels_in(concise: str) -> tuple[Channel, ...]:
    """The channels of `core show channels concise`: name!context!exten!priority!state!application!…!unique id."""
    fields = [line.split("!") for line in concise.splitlines() if line.count("!") >= 12]
    return tuple(Channel(unique_id=each[-1].strip(), state=each[4], application=each[5]) for each in fields)


def citizen_among(channels: tuple[Channel, ...], before: set[str]) -> str:
    """The id of the answered channel that is new and is not the ear; empty when there is none yet."""
    fresh = [each for each in channels if each.unique_id not in before and each.state == "Up"]
    if not any(each.application == EAR for each in fresh):
        return ""
    return next((each.unique_id for each in fresh if each.application != EAR), "")
