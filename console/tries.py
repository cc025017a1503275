"""How often somebody may guess: a limit per ticket and one for all together. Pure but for what it remembers, and that is bounded."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

PER_NUMBER: Final = 5
"""Wrong tries for one number in an hour, whether there is such a ticket or not: 10,000 endings would take three months."""
PER_NUMBER_IN: Final = timedelta(hours=1)
ALTOGETHER: Final = 60
"""Wrong tries for all numbers in a minute."""
ALTOGETHER_IN: Final = timedelta(minutes=1)
MOST_NUMBERS: Final = 20_000


@dataclass(kw_only=True)
class Tries:
    """Wrong tries of the last hour. One for the whole process."""

    _by_number: dict[str, deque[datetime]] = field(default_factory=dict)
    _all: deque[datetime] = field(default_factory=deque)

    def too_often(self, number: str, now: datetime) -> bool:
        """Whether nothing more is answered about this number for now, right or wrong."""
        mine = self._by_number.get(number, deque())
        _forget(mine, now - PER_NUMBER_IN)
        _forget(self._all, now - ALTOGETHER_IN)
        return len(mine) >= PER_NUMBER or len(self._all) >= ALTOGETHER

    def wrong(self, number: str, now: datetime) -> None:
        """One more."""
        if number not in self._by_number and len(self._by_number) >= MOST_NUMBERS:
            self._by_number.pop(next(iter(self._by_number)))
        self._by_number.setdefault(number, deque(maxlen=PER_NUMBER)).append(now)
        self._all.append(now)


def _forget(times: deque[datetime], before: datetime) -> None:
    while times and times[0] <= before:
        times.popleft()
