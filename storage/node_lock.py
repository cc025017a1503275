"""The office as one machine knows it: a lock that the kernel takes from the dead, the newest term's number, its leader's last sign of life.

All are files beside each other, so they work without Redis and cost microseconds. The lock alone would not do: a process that is frozen
keeps it. The number alone would not do: it does not say who lives.
"""

import fcntl
import logging
import os
import struct
from contextlib import suppress
from math import inf
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

_MOMENT: Final = struct.Struct("<d?")
TERMS: Final = "leader.terms"
_TAIL: Final = 192
"""So many bytes at the end are looked at: the number of one who was frozen in the act of writing may come after newer ones."""


class NodeLock:
    """The lock and the numbers in `folder`, which exists."""

    def __init__(self, folder: Path) -> None:
        self._lock = os.open(folder / "leader.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._terms = os.open(folder / TERMS, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._beat = os.open(folder / "leader.beat", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.held = False

    def take(self) -> bool:
        """True if the lock is ours now: no living process of this machine has it."""
        if not self.held:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            self.held = True
        return True

    def release(self) -> None:
        """Let others have it."""
        if self.held:
            fcntl.flock(self._lock, fcntl.LOCK_UN)
            self.held = False

    def epoch(self) -> int:
        """The newest term that anybody began on this machine; 0 = none yet."""
        return _newest(self._terms)[0]

    def begin(self, epoch: int) -> None:
        """From now on everybody on this machine knows that our term has begun. A disk that is full is logged: Redis' word must do."""
        try:
            # A line that is cut, by the tail's begin or by a full disk, names a smaller number or none: it does no harm.
            os.write(self._terms, f"\n{epoch} {os.getpid()}\n".encode())
        except OSError as error:
            log.error("任期无法写入 the number of the term cannot be written (%s): see to the disk", error.strerror)

    def beat(self, now: float) -> None:
        """The leader lives at this moment of the clock that all processes of this machine share (CLOCK_MONOTONIC, seconds)."""
        with suppress(OSError):  # said by `begin`
            os.pwrite(self._beat, _MOMENT.pack(now, self.held), 0)

    def silent_s(self, now: float) -> float:
        """How long no leader has lived here; without end when none ever has. A moment to come is from before the machine's last start."""
        last, _ = self._last_beat()
        return now - last if last <= now else inf

    def is_left(self) -> bool:
        """True if whoever led last had this lock, and we have it now: he is dead or has resigned."""
        return self.held and self._last_beat()[1]

    def shut(self) -> None:
        """Close the files; the lock is free then."""
        for file in (self._lock, self._terms, self._beat):
            os.close(file)
        self.held = False

    def _last_beat(self) -> tuple[float, bool]:
        said = os.pread(self._beat, _MOMENT.size, 0)
        return _MOMENT.unpack(said) if len(said) == _MOMENT.size else (inf, False)


def leader(folder: Path) -> tuple[int, int]:
    """Number of the newest term on this machine, and the pid of who leads in it; zeros = nobody yet."""
    try:
        terms = os.open(folder / TERMS, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return (0, 0)
    try:
        return _newest(terms)
    finally:
        os.close(terms)


def _newest(terms: int) -> tuple[int, int]:
    size = os.fstat(terms).st_size
    tail = os.pread(terms, _TAIL, max(0, size - _TAIL)).partition(b"\n")[2]
    return max((_term(line) for line in tail.splitlines()), default=(0, 0))


def _term(line: bytes) -> tuple[int, int]:
    epoch, _, pid = line.partition(b" ")
    return (int(epoch) if epoch.isdigit() else 0, int(pid) if pid.isdigit() else 0)
