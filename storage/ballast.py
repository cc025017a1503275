"""Ballast, 压舱: room on the disk that is held so that it can be given back when the disk is full.

Whoever meets a full disk releases it first; the worker makes it anew when there has been room for some minutes (`storage.disk_watch`).
"""

import logging
import os
from pathlib import Path

from storage.alarm_files import raise_alarm

log = logging.getLogger(__name__)

MIB = 1024 * 1024
NAME = "ballast"
FULL_WORDS = (
    "磁盘已满，已动用预留空间：通话不受影响，记录暂存，录音可能不完整，请立即清理磁盘 "
    "the disk is full and the ballast released: calls go on, records wait, recordings may have gaps; make room now"
)


class Ballast:
    """The file `var/ballast`. Any process may release it; one makes it."""

    def __init__(self, var: Path) -> None:
        self._var = var
        self._path = var / NAME

    def make(self, mib: int) -> None:
        """Hold so much room, really allocated, or none of it. 0: give it back. Raises `OSError`, most likely since there is no room."""
        if self.mib == mib:
            return
        if mib == 0:
            self._path.unlink(missing_ok=True)
            return
        new = self._path.with_name(f"{NAME}.new")
        try:
            _allocate(new, mib * MIB)
            new.replace(self._path)
        finally:
            new.unlink(missing_ok=True)

    @property
    def mib(self) -> int:
        """How much is held now."""
        try:
            return self._path.stat().st_size // MIB
        except OSError:
            return 0

    def release(self) -> bool:
        """Give it back. False when another was first, or there was none. Never raises: who calls has trouble enough."""
        try:
            self._path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            log.error("预留空间无法释放 the ballast cannot be released: %s", error)
            return False
        raise_alarm(self._var, "disk-full", FULL_WORDS)
        return True


def _allocate(path: Path, size: int) -> None:
    """Where the file system cannot promise room (`EOPNOTSUPP`), the C library writes into every block, which is the same to us."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(file, 0, size)
        os.fsync(file)
    finally:
        os.close(file)
