"""What is kept of a frozen Asterisk before it is killed (asterisk.md §0): what its threads do, and a core if `gcore` is there.

The core holds whatever was in its memory, citizens' numbers too: it lies beside Asterisk's logs for this user alone, only the last one is
kept, and none when the disk is short.
"""

import asyncio
import logging
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

CORE_WITHIN_S: Final = 4.0
"""Nobody can call while it is written."""
SPARE_BYTES: Final = 4_000_000_000


async def keep(pid: int, folder: Path) -> None:
    """Write what can be had into `folder`; never raises for a disk, and returns within `CORE_WITHIN_S`."""
    try:
        words = await asyncio.to_thread(_prepared, pid, folder)
        if words:
            await _run(*words)
    except OSError as error:
        log.warning("nothing is kept of the frozen process: %s", error.strerror)


def _prepared(pid: int, folder: Path) -> tuple[str, ...]:
    """Write down the threads, make room; the command for the core, or nothing."""
    (folder / "frozen-threads.txt").write_text(threads_of(pid), encoding="utf-8")
    gcore = shutil.which("gcore")
    if gcore is None or shutil.disk_usage(folder).free < SPARE_BYTES:
        return ()
    for old in folder.glob("frozen-core.*"):
        old.unlink()
    return (gcore, "-o", str(folder / "frozen-core"), str(pid))


async def _run(*words: str) -> None:
    quiet = asyncio.subprocess.DEVNULL
    running = await asyncio.create_subprocess_exec(*words, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        async with asyncio.timeout(CORE_WITHIN_S):
            await running.wait()
    except TimeoutError:
        log.warning("the core was not written in %g s and is left", CORE_WITHIN_S)
    finally:
        if running.returncode is None:
            with suppress(ProcessLookupError):
                running.kill()
            await running.wait()


def threads_of(pid: int, proc: Path = Path("/proc")) -> str:
    """One line for each thread: id, name, state (proc(5)) and where in the kernel it waits."""
    tasks = sorted((proc / str(pid) / "task").glob("[0-9]*"), key=lambda path: int(path.name))
    return "\n".join([f"pid {pid}: thread, name, state, waits in", *(_thread(task) for task in tasks), ""])


def _thread(task: Path) -> str:
    state = _read(task / "stat").rpartition(")")[2].split()[:1]
    return f"{task.name} {_read(task / 'comm')} {''.join(state) or '?'} {_read(task / 'wchan') or '?'}"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
