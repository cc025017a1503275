"""The worker's rounds: three sweeps that find what has to be done, whatever was killed, refused or late.

`closed/` (begin what is not begun, restart what failed), `late/` (facts that came afterwards), and the outbox (drafts that the ticket
backend has not taken yet). Times are given: `now` for waiting in seconds that only grow, `wall` for files and rows.
"""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from hotline.identity import CallId
from storage.journal_sweep import JournalSweep, Part
from storage.outbox import Outbox
from storage.tables import written

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Calls that are worked on at the same time; after a long stop thousands may wait in `closed/`."""

LOOK_AFTER_S = 1.0
OVERDUE_S = 600.0
KEEP_FINISHED = timedelta(days=7)
RESTART_S = (2.0, 5.0, 15.0, 60.0)


class Durable(Protocol):
    """What the rounds need of `storage.workflows.Workflows`."""

    def begin_after_call(self, part: Part) -> None:
        """Start the workflow of a part, or do nothing if there is one."""

    def begin_push(self, call: str, revision: int) -> None:
        """Start an attempt to deliver a draft, unless one is under way."""

    def is_over(self, part: Part) -> str:
        """How the part's workflow ended, or empty."""

    def forget(self, part: Part) -> None:
        """So that the part can be begun anew."""

    def sweep_finished(self, before: str) -> int:
        """Delete old finished workflows."""


def _nobody(_call: CallId) -> None:
    pass


@dataclass(kw_only=True)
class _Begun:
    """A part that was begun, and what became of it."""

    at: float
    tries: int = 1
    restart_at: float | None = None


@dataclass(kw_only=True)
class Rounds:
    """What was begun is remembered only to spare the database; a new worker that knows nothing does the same."""

    sweep: JournalSweep
    outbox: Outbox
    workflows: Durable
    besides: tuple[Callable[[datetime], None], ...] = ()
    """What else is looked after about once a second: reconciliation, who is first in line."""
    told: Callable[[CallId], None] = _nobody
    """Hears of each call that was handed over, before its work begins."""
    begun: dict[Part, _Begun] = field(default_factory=dict)
    overdue: set[Part] = field(default_factory=set)
    _listed: deque[Part] = field(default_factory=deque)

    def quick(self, now: float) -> None:
        """Begin what was handed over. Costs one listing of an empty folder when there is nothing to do, and no listing while many wait."""
        self.begun = {part: begun for part, begun in self.begun.items() if self.sweep.waits(part)}
        self.overdue &= self.begun.keys()
        free = AT_ONCE - sum(begun.restart_at is None for begun in self.begun.values())
        for part in self._next(max(free, 0)):
            self.told(part.call)
            self.workflows.begin_after_call(part)
            self.begun[part] = _Begun(at=now)

    def _next(self, most: int) -> list[Part]:
        """The first of those that wait. After a long stop they are thousands: one listing serves until nearly all of it was begun."""
        if len(self._listed) < most:
            self._listed = deque(part for part in self.sweep.closed() if part not in self.begun)
        found: list[Part] = []
        while self._listed and len(found) < most:
            part = self._listed.popleft()
            if part not in self.begun and self.sweep.waits(part):
                found.append(part)
        return found

    def slow(self, now: float, wall: datetime) -> None:
        """Late facts, failed and overdue workflows, drafts that are due. About once a second."""
        self.sweep.take_late(wall.timestamp())
        for part, begun in self.begun.items():
            self._look_after(part, begun, now)
            self._alarm(part, wall)
        for call, revision, _ in self.outbox.due(wall):
            self.workflows.begin_push(call, revision)
        for look in self.besides:
            look(wall)

    def tidy(self, wall: datetime) -> int:
        """Old finished workflows go. About once an hour. Returns how many went."""
        return self.workflows.sweep_finished(written(wall - KEEP_FINISHED))

    def _look_after(self, part: Part, begun: _Begun, now: float) -> None:
        if begun.restart_at is not None:
            if now >= begun.restart_at:
                self.workflows.forget(part)
                self.workflows.begin_after_call(part)
                begun.restart_at, begun.at = None, now
            return
        if now - begun.at < LOOK_AFTER_S:
            return
        over = self.workflows.is_over(part)
        if over and self.sweep.waits(part):
            wait = RESTART_S[min(begun.tries, len(RESTART_S)) - 1]
            log.error("通话后处理失败，%.0f 秒后重试 after-call work of %s ended as %s, begun anew in %.0f s", wait, part.name, over, wait)
            begun.restart_at, begun.tries = now + wait, begun.tries + 1

    def _alarm(self, part: Part, wall: datetime) -> None:
        age = self.sweep.age_s(part, wall.timestamp())
        if age > OVERDUE_S and part not in self.overdue:
            self.overdue.add(part)
            log.critical("通话后处理超过 10 分钟未完成 after-call work of %s is pending for %.0f minutes", part.name, age / 60)
