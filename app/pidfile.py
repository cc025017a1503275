"""Pid files that a recycled pid cannot fool.

A file has three lines: the pid, the process's line of /proc/PID/stat at its start, and the fingerprint of what it was started
from. The child writes it before it becomes the real program (app/children.py), so that no moment exists in which it runs
without one. A process is the same one if the start time in ticks since boot and the boot itself are the same.
"""

import os
from dataclasses import dataclass
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Who says that he runs: pid, start (ticks since boot), the boot, and what it was started from."""

    pid: int
    start: int
    boot: str
    fingerprint: str


def boot_id() -> str:
    """This boot's name."""
    return _BOOT_ID.read_text(encoding="ascii").strip()


def start_and_state(stat: str) -> tuple[int, str]:
    """Field 22 and field 3 of a /proc/PID/stat line (proc(5)); the name in brackets may hold blanks and brackets."""
    fields = stat.rpartition(")")[2].split()
    return int(fields[19]), fields[0]


def read_claim(path: Path) -> Claim | None:
    """The file's claim; None when there is none or it is not one of ours."""
    try:
        pid, stat, boot, fingerprint = path.read_text(encoding="utf-8", errors="replace").splitlines()[:4]
        return Claim(pid=int(pid), start=start_and_state(stat)[0], boot=boot, fingerprint=fingerprint)
    except (OSError, ValueError, IndexError):
        return None


def is_alive(claim: Claim) -> bool:
    """True if exactly that process still runs. A zombie is dead: nobody may ever collect it once its supervisor is gone."""
    try:
        start, state = start_and_state(Path(f"/proc/{claim.pid}/stat").read_text(encoding="utf-8", errors="replace"))
    except (OSError, ValueError, IndexError):
        return False
    return start == claim.start and state not in "ZX" and claim.boot == boot_id()


def worked_s(pid: int) -> float:
    """Seconds of processor time that it has used so far (proc(5), fields 14 and 15); 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return 0.0


def claim_for(pid: int, fingerprint: str) -> str:
    """The text of a pid file for a process that runs now."""
    return f"{pid}\n{Path(f'/proc/{pid}/stat').read_text(encoding='utf-8', errors='replace').strip()}\n{boot_id()}\n{fingerprint}\n"
