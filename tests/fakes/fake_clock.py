"""A clock that jumps: a night takes a millisecond, and every sleeper wakes at its own moment, in order."""

import asyncio
import heapq
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
"""12:00 in China."""

_ROUNDS = 40


class MovedClock:
    """The Clock door of a machine whose clock somebody sets: time passes as ever, from whatever moment it was set to."""

    def __init__(self, start: datetime = NOON) -> None:
        self.set(start)

    def set(self, moment: datetime) -> None:
        """It is this moment now (aware)."""
        self._start, self._since = moment, time.monotonic()

    def now(self) -> datetime:
        """The moment at which the clock stands."""
        return self._start + timedelta(seconds=time.monotonic() - self._since)

    async def sleep(self, seconds: float) -> None:
        """Real seconds."""
        await asyncio.sleep(seconds)


class FakeClock:
    """The Clock door without waiting: time passes only by `advance`."""

    def __init__(self, start: datetime = NOON) -> None:
        self._now = start
        self._order = count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """The moment at which the clock stands."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Wait until somebody has advanced the clock by so much."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + timedelta(seconds=seconds), next(self._order), woken))
        await woken

    @property
    def sleepers(self) -> int:
        """How many wait."""
        return len(self._sleepers)

    async def advance(self, seconds: float) -> None:
        """Let time pass; whoever wakes gets to run before the next one wakes."""
        await settle()
        target = self._now + timedelta(seconds=seconds)
        while self._sleepers and self._sleepers[0][0] <= target:
            self._now, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
            await settle()
        self._now = target
        await settle()


class AloneClock:
    """The Clock door of somebody who is alone with it: whoever sleeps is woken at once, and so much later."""

    def __init__(self, start: datetime = NOON) -> None:
        self._now = start

    def now(self) -> datetime:
        """The moment at which the clock stands."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Time passes at once."""
        self._now += timedelta(seconds=seconds)
        await asyncio.sleep(0)


async def settle() -> None:
    """Let every task that can run do so."""
    for _ in range(_ROUNDS):
        await asyncio.sleep(0)


async def until(condition: Callable[[], object]) -> None:
    """Let others run until this holds: for what comes over a socket of our own, within a second."""
    async with asyncio.timeout(1):
        while not condition():  # noqa: ASYNC110 - nobody could set an event: the condition is about other people's objects
            await asyncio.sleep(0)
