"""How often somebody may guess: per source and ticket, per ticket from wherever, and per source. Pure but for what it remembers, and that
is bounded. A try counts before it is looked up, so that a thousand at once are a thousand tries; whoever was right is given his back."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

PER_NUMBER: Final = 5
"""Wrong tries of one source for one number in an hour, whether there is such a ticket or not."""
PER_NUMBER_IN: Final = timedelta(hours=1)
ENDINGS: Final = 10
"""Wrong endings for one number in an hour, from all sources: 10,000 endings would take six weeks."""
ALTOGETHER: Final = 60
"""Wrong tries of one source in a minute, for all numbers."""
ALTOGETHER_IN: Final = timedelta(minutes=1)
MOST_NUMBERS: Final = 20_000


@dataclass(kw_only=True)
class Lane:
    """`most` tries per key within `span`. The oldest of too many keys are forgotten."""

    most: int
    span: timedelta
    keys: dict[str, deque[datetime]] = field(default_factory=dict)

    def full(self, key: str, now: datetime) -> bool:
        """Whether this key has had its tries."""
        times = self.keys.get(key, deque())
        while times and times[0] <= now - self.span:
            times.popleft()
        return len(times) >= self.most

    def add(self, key: str, now: datetime) -> None:
        """One more."""
        if key not in self.keys and len(self.keys) >= MOST_NUMBERS:
            self.keys.pop(next(iter(self.keys)))
        self.keys.setdefault(key, deque(maxlen=self.most)).append(now)

    def take_back(self, key: str, at: datetime) -> None:
        """That one was none."""
        times = self.keys.get(key, deque())
        if at in times:
            times.remove(at)
        if not times:
            self.keys.pop(key, None)


@dataclass(kw_only=True)
class Tries:
    """Wrong tries of the last hour. One for the whole process."""

    _here: Lane = field(default_factory=lambda: Lane(most=PER_NUMBER, span=PER_NUMBER_IN))
    _endings: Lane = field(default_factory=lambda: Lane(most=ENDINGS, span=PER_NUMBER_IN))
    _source: Lane = field(default_factory=lambda: Lane(most=ALTOGETHER, span=ALTOGETHER_IN))

    def begin(self, number: str, source: str, now: datetime, *, ending: bool = True) -> bool:
        """Count a try as a wrong one; False: too many, nothing more is answered for now, right or wrong.

        `ending`: he gives four digits, which can be guessed. Who gives a whole contact is not kept out by what others guessed.
        """
        lanes = self._lanes(number, source, ending=ending)
        if any(lane.full(key, now) for lane, key in lanes):
            return False
        for lane, key in lanes:
            lane.add(key, now)
        return True

    def take_back(self, number: str, source: str, at: datetime, *, ending: bool = True) -> None:
        """The try that began then was right, or nothing could be looked up."""
        for lane, key in self._lanes(number, source, ending=ending):
            lane.take_back(key, at)

    def _lanes(self, number: str, source: str, *, ending: bool) -> list[tuple[Lane, str]]:
        lanes = [(self._here, f"{number} {source}"), (self._source, source)]
        return [*lanes, (self._endings, number)] if ending else lanes
