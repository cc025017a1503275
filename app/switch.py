"""Asterisk's own console, as operators use it: `asterisk -C CONF -rx '…'`. For starting, stopping and looking; calls go over AMI."""

import asyncio
import logging
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from app.switch_logs import turn_over
from hotline.errors import LinkLost

log = logging.getLogger(__name__)

AGENT_LEG = "leg-"
"""Agents' channels have ids that we fixed (hotline.identity.LegId); every other channel is a citizen's."""

DRAINING = "HL_DRAINING"
"""A global variable of the dialplan: while it is 1, new citizens are refused with 503 and the carrier tries elsewhere."""

SELF_CALL, ANSWERED = "self-call", "HL_SELF_CALL"
"""Context of the calls that the switch places to itself, and the global variable in which it says which was the last that came through."""
LOOK_S = 0.1


class Switch:
    """The console of one Asterisk."""

    def __init__(self, *, asterisk: Sequence[str], conf: Path) -> None:
        self._words = (*asterisk, "-C", str(conf), "-rx")

    async def ask(self, command: str, *, within_s: float = 5.0) -> str:
        """Run one console command, a constant of ours. Raises `LinkLost` when Asterisk does not answer in time."""
        quiet, heard = asyncio.subprocess.DEVNULL, asyncio.subprocess.PIPE
        try:
            running = await asyncio.create_subprocess_exec(*self._words, command, stdin=quiet, stdout=heard, stderr=quiet)
        except OSError as error:
            raise LinkLost(f"Asterisk's console cannot be started: {error.strerror}") from None
        try:
            async with asyncio.timeout(within_s):
                output, _ = await running.communicate()
        except TimeoutError:
            raise LinkLost(f"Asterisk did not answer '{command}' in {within_s:g} s") from None
        finally:
            if running.returncode is None:
                with suppress(ProcessLookupError):
                    running.kill()
                await running.wait()
        if running.returncode != 0:
            raise LinkLost("Asterisk's console is not there")
        return output.decode("utf-8", errors="replace")

    async def booted(self, *, within_s: float = 30.0) -> None:
        """Return once Asterisk is fully booted. Raises `LinkLost`."""
        await self.ask("core waitfullybooted", within_s=within_s)

    async def live_calls(self) -> int:
        """How many citizens are on the line now. Raises `LinkLost`."""
        return citizens_in(await self.ask("core show channels concise"))

    async def talking(self) -> bool:
        """Whether anybody talks, or is being called for him by the dialplan itself (an emergency). Raises `LinkLost`."""
        return somebody_talks_in(await self.ask("core show channels concise"))

    async def call_itself(self, *, within_s: float) -> None:
        """A call through the dialplan is placed, answered and hung up; nobody hears of it. Raises `LinkLost`."""
        number = f"{secrets.randbelow(10**9):09d}"
        try:
            async with asyncio.timeout(within_s):
                await self.ask(f"channel originate Local/{number}@{SELF_CALL}/n extension over@{SELF_CALL}", within_s=within_s)
                while f"{ANSWERED}={number}" not in await self.ask("dialplan show globals", within_s=within_s):  # noqa: ASYNC110 - it tells nobody
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            raise LinkLost(f"a call to itself was not through in {within_s:g} s") from None

    async def refuse_new(self, refuse: bool) -> None:
        """Refuse new citizens, or take them again; who waits or talks notices nothing. Raises `LinkLost`."""
        await self.ask(f"dialplan set global {DRAINING} {1 if refuse else 0}")

    async def turn_logs_over(self, folder: Path) -> None:
        """Put Asterisk's logs aside when they are too big. A disk that does not let us is told to the log. Raises `LinkLost`."""
        try:
            if turn_over(folder):
                await self.ask("logger reload")
        except OSError as error:
            log.warning("Asterisk's logs cannot be put aside: %s", error.strerror)

    async def hang_up_all(self) -> None:
        """End every call now, in order: hangup handlers run, recordings are closed. Raises `LinkLost`."""
        await self.ask("channel request hangup all")


def citizens_in(concise: str) -> int:
    """Count the citizens in `core show channels concise`: the last field of each line is the channel's id."""
    return sum(1 for line in _channels_in(concise) if not line.rsplit("!", 1)[-1].strip().startswith(AGENT_LEG))


def somebody_talks_in(concise: str) -> bool:
    """Whether a channel is in a bridge (the last field but one), or calls somebody (Dial)."""
    return any(line.rsplit("!", 2)[-2] or line.split("!")[5] == "Dial" for line in _channels_in(concise))


def _channels_in(concise: str) -> list[str]:
    """One line each; the switch's call to itself is nobody's."""
    return [line for line in concise.splitlines() if line.count("!") >= 12 and f"@{SELF_CALL}-" not in line.split("!")[0]]
