"""The Clock door on the machine's own clocks."""

import asyncio
import time
from datetime import UTC, datetime, timedelta


class WallClock:
    """The time of day at its birth, carried on by the clock that only goes forward.

    The machine's time of day may be set back or forward while we run. Nobody's rest, ringing or survey may then last an hour longer or
    end at once; so `now` does not follow. It differs from the time of day by what it was set by, until this process ends.
    """

    def __init__(self) -> None:
        self._zero = datetime.now(tz=UTC) - timedelta(seconds=time.monotonic())

    def now(self) -> datetime:
        """The present moment, in UTC; never before what it was."""
        return self._zero + timedelta(seconds=time.monotonic())

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds, not before."""
        await asyncio.sleep(seconds)
