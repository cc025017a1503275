"""Writing for a call whose own writers are dead, or were not there: the worker's side of the rules of `storage.journal_files`.

The dead may come back at any moment, so nothing is overwritten, and what somebody else closed meanwhile gets its lines once more as late
facts: a line counts once by (writer, seq).
"""

import os
import zlib
from contextlib import suppress
from errno import ENOSPC
from pathlib import Path

from hotline.identity import CallId
from storage.layout import Layout


class JournalRescue:
    """Every method may be repeated after a crash, and raises `OSError`."""

    def __init__(self, layout: Layout) -> None:
        """The folders must exist."""
        self._layout = layout

    def read_open(self, call: CallId) -> bytes | None:
        """The open journal, None when there is none."""
        try:
            return self._open_path(call).read_bytes()
        except FileNotFoundError:
            return None

    def is_over(self, call: CallId) -> bool:
        """Whether its journal was handed over before; in the order in which the worker moves it."""
        name = f"{call}.jsonl"
        return (self._layout.journal_closed / name).exists() or (self._layout.journal_kept(call) / name).exists()

    def begin_closed(self, call: CallId, lines: bytes) -> None:
        """A journal of its own for a call of which nobody wrote. If somebody has by now, these are late facts."""
        fresh = _written(self._layout.journal_closed / f".{call}.new", lines)
        try:
            os.link(fresh, self._layout.journal_closed / f"{call}.jsonl")
        except FileExistsError:
            self.add_late(call, lines)
        finally:
            fresh.unlink()

    def end_open(self, call: CallId, lines: bytes) -> None:
        """Add what is missing to the open journal and hand it over. If somebody has by now, these are late facts."""
        path = self._open_path(call)
        try:
            inode = _append(path, lines)
            source = path.stat().st_ino
        except FileNotFoundError:
            inode, source = 0, -1
        if inode != source:
            self.add_late(call, lines)
            return
        late = self._layout.journal_late / f"{call}.cel-{zlib.crc32(lines):08x}-open.jsonl"
        with suppress(FileNotFoundError):
            path.rename(late if self.is_over(call) else self._layout.journal_closed / path.name)

    def add_late(self, call: CallId, lines: bytes) -> None:
        """What was found after the journal was handed over; the same twice is one file."""
        if lines:
            fresh = _written(self._layout.journal_late / f".{call}.new", lines)
            fresh.rename(self._layout.journal_late / f"{call}.cel-{zlib.crc32(lines):08x}.jsonl")

    def _open_path(self, call: CallId) -> Path:
        return self._layout.journal_open / f"{call}.jsonl"


def _append(path: Path, lines: bytes) -> int:
    """Returns the file's number. On a nearly full disk less may be written: all of it is tried again, and a torn line costs no other."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    try:
        if lines:
            if os.write(file, lines) < len(lines):
                raise OSError(ENOSPC, "the journal could not take all that was found", str(path))
            os.fdatasync(file)
        return os.fstat(file).st_ino
    finally:
        os.close(file)


def _written(path: Path, lines: bytes) -> Path:
    with path.open("wb") as file:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
    return path
