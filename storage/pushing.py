"""Attempts to deliver drafts to the ticket backend (业务单推送), each in a thread, and never two for one revision at a time.

What must still be pushed stands in the outbox (`storage.outbox`), written in one transaction with its record. So nothing here has to
outlive the process: an attempt that died with it is found there by the next worker.
"""

import logging
from collections.abc import Callable
from queue import SimpleQueue
from threading import Condition, Thread
from typing import Final

from storage.after_call import PUSHES_AT_ONCE

log = logging.getLogger(__name__)

THREADS: Final = PUSHES_AT_ONCE
"""A backend that is only slow is waited for; one that hangs holds all of them until it is given up, then the rest goes to the outbox."""

_Push = tuple[str, int]


class Pushing:
    """One per process, used from several threads."""

    def __init__(self, attempt: Callable[[str, int], object]) -> None:
        """`attempt`: of a call and a revision; what it raises is logged, and the outbox tries again. Threads start when they are needed."""
        self._attempt = attempt
        self._asked: SimpleQueue[_Push] = SimpleQueue()
        self._going: set[_Push] = set()
        self._changed = Condition()
        self._threads = 0
        self._stopped = False

    def begin(self, call: str, revision: int) -> None:
        """Soon, unless this very push is under way. After `stop`: nothing."""
        with self._changed:
            if self._stopped or (call, revision) in self._going:
                return
            self._going.add((call, revision))
            if self._threads < min(len(self._going), THREADS):
                self._threads += 1
                # Daemons: a backend that hangs must not hold a worker that is told to end.
                Thread(target=self._deliver, name=f"push-{self._threads}", daemon=True).start()
        self._asked.put((call, revision))

    def stop(self, seconds: float) -> None:
        """Begin nothing more, and wait so long for what is under way."""
        with self._changed:
            self._stopped = True
            self._changed.wait_for(lambda: not self._going, timeout=seconds)

    def _deliver(self) -> None:
        while True:
            push = self._asked.get()
            try:
                if not self._stopped:
                    self._attempt(*push)
            except Exception:
                log.exception("业务单推送中断，稍后由发件箱重试 draft %s/%d: the outbox tries again", *push)
            finally:
                with self._changed:
                    self._going.discard(push)
                    self._changed.notify_all()
