"""工时利用率: how much of the time for which an agent was on duty calls took, from the lines of his day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Stood:
    """An agent stood so (`routing.moves.Presence`) from this moment on; `there`: his phone was registered."""

    agent: str
    at: datetime
    presence: str
    there: bool = True


@dataclass(frozen=True, kw_only=True)
class Work:
    """坐席工时 in seconds. Busy: called, ringing, talking, work after calls. Logged off or ready without a phone is none of it."""

    busy_s: float = 0.0
    ready_s: float = 0.0
    paused_s: float = 0.0

    @property
    def occupancy(self) -> float | None:
        """工时利用率: busy of busy and ready; None when he was neither."""
        on_duty = self.busy_s + self.ready_s
        return self.busy_s / on_duty if on_duty else None


_KINDS: Final = {
    **dict.fromkeys(("offered", "ringing", "talking", "after_call"), "busy_s"),
    "ready": "ready_s",
    "paused": "paused_s",
}


def work_of(lines: Iterable[Stood], begin: datetime, end: datetime) -> Mapping[str, Work]:
    """Agent → his time between the two moments, from the lines of his day; before the first line nothing is known of him."""
    seconds: dict[str, dict[str, float]] = {}
    for agent, mine in _by_agent(lines).items():
        spans = zip(mine, [*(line.at for line in mine[1:]), end], strict=True)
        total = seconds.setdefault(agent, dict.fromkeys(_KINDS.values(), 0.0))
        for line, until in spans:
            kind = _KINDS.get(line.presence)
            if kind and (line.there or kind == "busy_s"):
                total[kind] += max(0.0, (min(until, end) - max(line.at, begin)).total_seconds())
    return {agent: Work(**total) for agent, total in sorted(seconds.items())}


def _by_agent(lines: Iterable[Stood]) -> Mapping[str, list[Stood]]:
    mine: dict[str, list[Stood]] = {}
    for line in sorted(lines, key=lambda line: line.at):
        mine.setdefault(line.agent, []).append(line)
    return mine


def all_work(work: Iterable[Work]) -> Work:
    """Theirs together."""
    each = list(work)
    return Work(busy_s=sum(w.busy_s for w in each), ready_s=sum(w.ready_s for w in each), paused_s=sum(w.paused_s for w in each))
