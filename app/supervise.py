"""Runs the supervisor as a process: detached behind `scripts/up`, or in the foreground for a service."""

import asyncio
import logging
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from app.control import ask_supervisor
from app.logging import to_file
from app.one_supervisor import AlreadySupervised, fallen_supervisor, hold_lock
from app.pidfile import claim_for
from app.places import PROJECT, Places
from app.prepare import prepare, supervisor_of
from hotline.errors import DoorClosed
from runtime.progress import Progress

log = logging.getLogger(__name__)

HAND_OVER_WITHIN_S = 10.0


def supervise(*, config: Path, places: Places, instead_of: int = 0) -> int:
    """Supervise until everything is down (0). Raises `AlreadySupervised`, `BadSettings`.

    `instead_of`: the pid of a dead supervisor; if somebody has taken its place, or stopped the system meanwhile, there is nothing to do.
    """
    places.make()
    to_file(places.log / "supervisor.log")
    lock = hold_lock(places)
    fallen = fallen_supervisor(places)
    if instead_of and (fallen is None or fallen.pid != instead_of):
        log.info("not needed any more instead of pid=%d", instead_of)
        lock.close()
        return 0
    places.pid_file("supervisor").write_text(claim_for(os.getpid(), str(config)), encoding="utf-8")
    supervisor = supervisor_of(config=config, places=places)
    try:
        asyncio.run(supervisor.serve())
    except Exception:
        log.exception("the supervisor broke; every process stays alive, run scripts/up")
        raise
    finally:
        lock.close()
    places.pid_file("supervisor").unlink(missing_ok=True)
    if supervisor.leaving == "anew":
        begin_anew(config=config, places=places)
    return 0


def begin_anew(*, config: Path, places: Places) -> None:
    """Become a fresh supervisor under the same pid, so that systemd notices nothing; does not return."""
    os.chdir(PROJECT)
    os.execv(sys.executable, [sys.executable, "-m", "app.cli", "supervise", "--config", str(config), "--var", str(places.var)])


def supervise_in_foreground(*, config: Path, places: Places, progress: Progress) -> int:
    """Prepare, take over from a supervisor in the background if there is one, and stay. SIGTERM or Ctrl-C: an ordered stop."""
    prepare(config=config, places=places, progress=progress)
    asyncio.run(_take_over(places))
    progress.say(f"监督进程在前台运行 supervising in the foreground, log: {places.log}/supervisor.log")
    return supervise(config=config, places=places)


async def _take_over(places: Places) -> None:
    with suppress(DoorClosed):
        await ask_supervisor(places.supervisor_socket, {"do": "leave", "why": "hand_over"})
    deadline = time.monotonic() + HAND_OVER_WITHIN_S
    while True:
        try:
            hold_lock(places).close()
            return
        except AlreadySupervised:
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(0.1)
