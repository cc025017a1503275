"""Two supervisors of one directory never: a lock. And whether the one that was there is dead, so that somebody starts another."""

import fcntl
import os
import signal
import sys
from pathlib import Path
from typing import IO

from app.pidfile import Claim, is_alive, read_claim
from app.places import PROJECT, Places
from hotline.errors import HotlineError


class AlreadySupervised(HotlineError):
    """Another supervisor of the same directory is alive."""


def hold_lock(places: Places) -> IO[str]:
    """Become the only supervisor; the lock lasts as long as the returned file is open. Raises `AlreadySupervised`."""
    handle = places.supervisor_lock.open("a", encoding="ascii")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise AlreadySupervised(f"{places.var}: 已有监督进程 another supervisor runs") from None
    return handle


def fallen_supervisor(places: Places) -> Claim | None:
    """The supervisor who died at his post: one that ends in order takes his pid file away. His fingerprint names his settings file."""
    claim = read_claim(places.pid_file("supervisor"))
    return claim if claim is not None and not is_alive(claim) else None


def start_supervisor(*, config: Path, places: Places, instead_of: int = 0) -> int:
    """Start it in a session of its own, so that it survives the terminal. Returns its pid. `instead_of`: the dead one's."""
    words = [sys.executable, "-m", "app.cli", "supervise", "--config", str(config), "--var", str(places.var)]
    words += ["--instead-of", str(instead_of)] if instead_of else []
    appending = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    files = [
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(places.log / "supervisor.out"), appending, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    return os.posix_spawn(sys.executable, words, environment, file_actions=files, setsid=True, setsigdef=[signal.SIGINT, signal.SIGPIPE])
