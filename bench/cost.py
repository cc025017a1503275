"""What processes cost: CPU and memory as the kernel counts them (proc(5)), for whole process trees. Linux only."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Tally:
    """CPU milliseconds of some processes (own and of children that ended) since they started."""

    cpu_ms: float

    def __sub__(self, before: "Tally") -> float:
        return self.cpu_ms - before.cpu_ms


def cpu(pids: Iterable[int]) -> Tally:
    """utime + stime (and those of collected children) of these processes. Raises ProcessLookupError when one is gone."""
    return Tally(cpu_ms=sum(_cpu_ms(pid) for pid in pids))


def resident_kib(pid: int) -> float:
    """Memory that belongs to this process alone: private pages; shared libraries are not its calls' fault."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError as error:
        raise ProcessLookupError(pid) from error
    return float(sum(int(kib) for kib in re.findall(r"^Private_\w+:\s+(\d+) kB", text, re.MULTILINE)))


def _cpu_ms(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError as error:
        raise ProcessLookupError(pid) from error
    fields = text.rpartition(")")[2].split()
    return sum(int(fields[at]) for at in (11, 12, 13, 14)) * TICK_MS
