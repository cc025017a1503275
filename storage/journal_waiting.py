"""Facts that no disk would take yet: they wait in memory, in order, and so does the closing of their journals."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from hotline.identity import CallId

MOST_BYTES: Final = 64 * 1024 * 1024
"""Some 300,000 facts, hours of a city's calls; what comes then is refused, so that the machine does not go down with the disk."""

AT_ONCE: Final = 200
"""Facts written at a time, so that a live call's own fact never waits behind a whole day."""


class WaitingFacts:
    """By call, in the order in which they were written. Used from two threads: one adds, the other one writes them in the end."""

    def __init__(self, *, most_bytes: int = MOST_BYTES) -> None:
        self._lock = threading.Lock()
        self._lines: dict[CallId, deque[bytes]] = {}
        self._closing: dict[CallId, None] = {}
        self._most_bytes = most_bytes
        self._bytes = 0

    def __len__(self) -> int:
        """How many facts wait."""
        with self._lock:
            return sum(len(lines) for lines in self._lines.values())

    @property
    def any(self) -> bool:
        """Whether anything is to be done. Asked for each fact of a live call: no lock, and what is missed is found by the next look."""
        return bool(self._lines or self._closing)

    def add(self, call: CallId, line: bytes) -> bool:
        """This fact could not be written. False when there is no memory left for it."""
        with self._lock:
            return self._add(call, line)

    def add_behind(self, call: CallId, line: bytes) -> bool | None:
        """Put it behind the earlier facts of its call that wait; as `add`, and None when none do: it may be written at once."""
        with self._lock:
            return self._add(call, line) if call in self._lines else None

    def close_after(self, call: CallId, close: Callable[[], bool]) -> None:
        """Close the journal now, or, when facts wait for it or `close` says false, after them."""
        with self._lock:
            if call in self._lines or not close():
                self._closing[call] = None

    def write(self, write: Callable[[CallId, list[bytes]], int], close: Callable[[CallId], bool]) -> int:
        """Write all that can be written: `write` returns how many of these it brought to disk, `close` whether it worked.

        Call by call, the one that waits longest first; stops at the first that fails. Returns how many facts were written.
        """
        done = 0
        for call in list(self._lines):
            while call in self._lines:
                asked, written = self._write_some(call, write)
                done += written
                if written < asked:
                    return done
        for call in list(self._closing):
            self._close(call, close)
        return done

    def give_up(self) -> int:
        """The end of the process: nothing waits any more. Returns how many facts are lost."""
        with self._lock:
            lost = sum(len(lines) for lines in self._lines.values())
            self._lines.clear()
            self._bytes = 0
        return lost

    def _add(self, call: CallId, line: bytes) -> bool:
        if self._bytes + len(line) > self._most_bytes:
            return False
        self._lines.setdefault(call, deque()).append(line)
        self._bytes += len(line)
        return True

    def _write_some(self, call: CallId, write: Callable[[CallId, list[bytes]], int]) -> tuple[int, int]:
        """Under the lock: until the last one is on disk, a newer fact of the same call must stand behind it."""
        with self._lock:
            lines = self._lines[call]
            some = [lines[index] for index in range(min(AT_ONCE, len(lines)))]
            written = write(call, some)
            for _ in range(written):
                self._bytes -= len(lines.popleft())
            if not lines:
                del self._lines[call]
            return len(some), written

    def _close(self, call: CallId, close: Callable[[CallId], bool]) -> None:
        with self._lock:
            if call not in self._lines and close(call):
                del self._closing[call]
