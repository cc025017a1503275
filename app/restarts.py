"""When a dead process is started again: pure decisions, time is passed in.

At once after a long life; a process that dies again and again waits 0.2 s, doubled each time up to 5 s.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

SHORTEST_S = 0.2
LONGEST_S = 5.0
LONG_LIFE_S = 30.0
"""Who lived so long is healthy again: the next death is the first."""
BIRTH_S = 20.0
"""What a new process gets to its first answer, however impatient we are with it later: a busy machine is slow to load it."""
STANDSTILL_S = 2.0
"""A supervisor that was away for so long (SIGSTOP, a machine without air) has heard nobody, and nobody is to blame."""


class Step(StrEnum):
    """What to do with a process now."""

    NOTHING = "nothing"
    START = "start"
    KILL_MUTE = "kill_mute"


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What the supervisor knows of one process. Times are monotonic seconds."""

    started_at: float | None = None
    due_at: float = 0.0
    pause_s: float = 0.0
    restarts: int = 0
    heard_at: float | None = None
    words: str = ""
    well_at: float | None = None
    """When its last whole answer came; outlives its deaths."""
    died_at: float | None = None

    @property
    def healthy(self) -> bool:
        """True if its last probe was answered."""
        return self.started_at is not None and self.heard_at is not None and not self.words


def started(watch: Watch, now: float, *, adopted: bool) -> Watch:
    """It runs; an adopted one was running before us and counts no restart."""
    again = watch.started_at is not None or watch.pause_s > 0
    return replace(watch, started_at=now, heard_at=None, words="", restarts=watch.restarts + (1 if again and not adopted else 0))


def died(watch: Watch, now: float) -> Watch:
    """It is gone: when it may be started again."""
    lived = now - watch.started_at if watch.started_at is not None else 0.0
    pause = SHORTEST_S if lived >= LONG_LIFE_S or watch.pause_s == 0 else min(LONGEST_S, watch.pause_s * 2)
    return replace(watch, started_at=None, heard_at=None, words="", due_at=now + pause, pause_s=pause, died_at=now)


def heard(watch: Watch, now: float) -> Watch:
    """It answered its probe."""
    return replace(watch, heard_at=now, words="", well_at=now) if watch.started_at is not None else watch


def half_heard(watch: Watch, now: float, words: str) -> Watch:
    """It lives, but is not well; `words` say what is missing. It is not killed for that."""
    return replace(watch, heard_at=now, words=words or "not well") if watch.started_at is not None else watch


def unheard(watch: Watch, words: str) -> Watch:
    """It did not answer; `words` say what was seen instead."""
    return replace(watch, words=words or "no answer") if watch.started_at is not None else watch


def forgiven(watch: Watch, now: float, away_s: float) -> Watch:
    """After we were away ourselves for so long: its silence begins now."""
    if away_s < STANDSTILL_S or watch.started_at is None:
        return watch
    return replace(watch, heard_at=None if watch.heard_at is None else now, started_at=now if watch.heard_at is None else watch.started_at)


def next_step(watch: Watch, now: float, *, mute_limit_s: float | None) -> Step:
    """Start what is due; kill what has been mute for too long (a frozen process is worse than a dead one)."""
    if watch.started_at is None:
        return Step.START if now >= watch.due_at else Step.NOTHING
    if mute_limit_s is None or not watch.words:
        return Step.NOTHING
    if watch.heard_at is None:
        return Step.KILL_MUTE if now - watch.started_at > max(mute_limit_s, BIRTH_S) else Step.NOTHING
    return Step.KILL_MUTE if now - watch.heard_at > mute_limit_s else Step.NOTHING
