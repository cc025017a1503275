"""The thread that brings journals to the disk, so that no live call ever waits for it."""

import logging
import os
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

log = logging.getLogger(__name__)

EVERY_S = 1.0
URGENT_EVERY_S = 0.05
"""A pass over the urgent files begins this long after the one before, at the earliest: a busy hour costs 20 passes a second, not 200."""

_NEVER = float("inf")
_Job = Callable[[], None]


class JournalSync:
    """Syncs urgent files at once (in a rush together, within `URGENT_EVERY_S`) and all others at least every second; closes files.

    Runs what has to come after that, in order.

    Every descriptor that was marked here is closed here, so that no number is reused while it waits for its sync.
    """

    def __init__(self, *, every_second: _Job | None = None) -> None:
        """The thread starts with the first job. `every_second`: what it does beside, from then on."""
        self._every_second = every_second or _nothing
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._dirty: set[int] = set()
        self._urgent: set[int] = set()  # of the dirty ones
        self._urgent_due = _NEVER  # this and the next belong to the thread
        self._urgent_again = 0.0
        self._thread: threading.Thread | None = None

    def mark(self, file: int, *, urgent: bool) -> None:
        """This file was written to. Many urgent marks in a row cost one pass, which leaves the files that are not urgent alone."""
        with self._lock:
            self._dirty.add(file)
            wake = urgent and not self._urgent
            if urgent:
                self._urgent.add(file)
        if wake or self._thread is None:
            self.then(self._hurry if urgent else _nothing)

    def close(self, file: int) -> None:
        """Sync if need be, then close."""
        self.then(lambda: self._close(file))

    def then(self, job: _Job) -> None:
        """Run a job after all that was asked for before it."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="journal-sync", daemon=True)
            self._thread.start()
        self._jobs.put(job)

    def settle(self) -> None:
        """Wait until all that was asked for so far is done."""
        done = threading.Event()
        self.then(self._sync_all)
        self.then(self._every_second)
        self.then(done.set)
        done.wait()

    def shut(self) -> None:
        """Finish, then stop the thread."""
        if self._thread is None:
            return
        self.settle()
        self._jobs.put(None)
        self._thread.join()
        self._thread = None

    def _run(self) -> None:
        due = time.monotonic() + EVERY_S
        while True:
            try:
                job = self._jobs.get(timeout=max(min(due, self._urgent_due) - time.monotonic(), 0.0))
            except Empty:
                job = _nothing
            if job is None:
                return
            self._do(job)
            if time.monotonic() >= due:
                self._do(self._sync_all)
                self._do(self._every_second)
                due = time.monotonic() + EVERY_S
            elif time.monotonic() >= self._urgent_due:
                self._do(self._sync_urgent)

    def _do(self, job: _Job) -> None:
        try:
            job()
        except Exception:
            log.exception("通话日志后台线程出错 journal thread: a job failed; the next ones go on")

    def _hurry(self) -> None:
        self._urgent_due = max(time.monotonic(), self._urgent_again)

    def _sync_all(self) -> None:
        with self._lock:
            dirty, self._dirty = self._dirty, set()
            self._urgent.clear()
        self._sync_each(dirty)

    def _sync_urgent(self) -> None:
        with self._lock:
            urgent, self._urgent = self._urgent, set()
            self._dirty -= urgent
        self._sync_each(urgent)

    def _sync_each(self, files: set[int]) -> None:
        self._urgent_due, self._urgent_again = _NEVER, time.monotonic() + URGENT_EVERY_S
        for file in files:
            _sync(file)

    def _close(self, file: int) -> None:
        with self._lock:
            dirty = file in self._dirty
            self._dirty.discard(file)
            self._urgent.discard(file)
        if dirty:
            _sync(file)
        os.close(file)


def _nothing() -> None:
    pass


def _sync(file: int) -> None:
    try:
        os.fdatasync(file)
    except OSError as error:
        log.critical("通话日志无法落盘 a journal could not be synced to disk: %s", error)
