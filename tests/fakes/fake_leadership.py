"""An office in memory: several processes of a test claim it, and any of them may fall silent."""

from collections.abc import Callable
from math import inf

HOLD_S = 1.2


class FakeOfficeOfAll:
    """What all of them share: who leads, and until when by `seconds`."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self.seconds = seconds
        self.leader: FakeLeadership | None = None
        self.until = 0.0
        self.epoch = 0


class FakeLeadership:
    """The Leadership door of one process. `cut`: it hears nothing any more, as if it were frozen."""

    def __init__(self, office: FakeOfficeOfAll) -> None:
        self._office = office
        self._mine = 0
        self._until = 0.0

    async def claim(self) -> int | None:
        """Take the office or keep it."""
        office, now = self._office, self._office.seconds()
        if office.leader not in (None, self) and now < office.until:
            self._mine = 0
            return None
        if office.leader is not self or self._mine != office.epoch:
            office.epoch += 1
        office.leader, office.until = self, now + HOLD_S
        self._mine, self._until = office.epoch, now + HOLD_S
        return self._mine

    def holds(self, epoch: int) -> bool:
        """By our own clock and by the newest term."""
        return epoch == self._mine == self._office.epoch and self._office.seconds() < self._until

    def free_in(self) -> float:
        """As long as it is another's."""
        office = self._office
        return max(0.0, office.until - office.seconds()) if office.leader not in (None, self) else inf

    async def resign(self) -> None:
        """Give it up."""
        if self._office.leader is self:
            self._office.leader = None
        self._mine = 0
