"""The Clock door on the machine's own clock."""

import asyncio
from datetime import UTC, datetime


class WallClock:
    """Time as it is."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(tz=UTC)

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds, not before."""
        await asyncio.sleep(seconds)
