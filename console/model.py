"""How well the system is, as values that any page or probe can show."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ProcessHealth:
    """One process. `words` say what is wrong, empty = it answered its last probe. `restarts` since the supervisor's start."""

    name: str
    pid: int | None
    healthy: bool
    restarts: int
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class HealthReport:
    """The whole system at one moment. `live_calls` is None when the switch did not say; `backlog` counts journals not yet in the ledger."""

    state: str
    processes: tuple[ProcessHealth, ...]
    live_calls: int | None
    open_journals: int
    backlog: int
    alarms: tuple[str, ...] = ()
    leader: str = ""
    """Which of the two routing processes leads, and in which term; empty = not known."""

    @property
    def healthy(self) -> bool:
        """True if every process is well and nobody needs to look."""
        return self.state == "running" and all(each.healthy for each in self.processes) and not self.alarms
