"""Where the things that we unpack live, and the lock that keeps two preparations apart."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runtime.errors import SetupError

OVERRIDE = "HOTLINE_RUNTIME"


def runtime_home(var: Path) -> Path:
    """The folder of everything unpacked: `$HOTLINE_RUNTIME` if set (several clones may share it), else `var/runtime`."""
    override = os.environ.get(OVERRIDE, "")
    return Path(override).absolute() if override else (var / "runtime").absolute()


@contextmanager
def locked(lock: Path) -> Iterator[None]:
    """Hold `lock` (a file, made if missing) for this process alone; waits for another holder. A crash releases it.

    Raises SetupError when the folder cannot be written.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = lock.open("a")
    except OSError as error:
        raise SetupError(
            f"{lock.parent} cannot be written ({error.strerror}).",
            f"Run this as the user who owns it, or set {OVERRIDE} to a folder of yours.",
        ) from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
