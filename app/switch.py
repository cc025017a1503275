"""Asterisk's own console, as operators use it: `asterisk -C CONF -rx '…'`. For starting, stopping and looking; calls go over AMI."""

import asyncio
import logging
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
    ids = [line.rsplit("!", 1)[-1].strip() for line in concise.splitlines() if line.count("!") >= 12]
    return sum(1 for each in ids if not each.startswith(AGENT_LEG))
