"""The Journal door on files: `open/CALL.jsonl` while the call goes on, `closed/` for the worker, `late/` for what comes after.

Several processes write the same call, and none knows what the others do. Two rules make that safe:

* a line is one `write` on an O_APPEND descriptor, so lines of several writers never mix;
* after writing, the writer looks whether the file is still the one at `open/CALL.jsonl`. If somebody renamed it meanwhile, the worker may
  have read it already, so the same line is written once more, to `late/`. A line counts once by (writer, seq): twice does no harm.

Syncing to disk and closing happen in one background thread (`storage.journal_sync`), never in the caller's.
"""

import logging
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from secrets import token_hex

from hotline.call_facts import CallFact
from hotline.errors import MalformedInput
from hotline.identity import CallId
from records.journal import encode
from storage.journal_sync import JournalSync
from storage.layout import Layout

log = logging.getLogger(__name__)

MOST_OPEN = 256
"""Descriptors kept open; a call that is silent for long costs one `open` more."""

_URGENT = frozenset({"arrived", "call_ended"})
"""Synced at once: answer and hang-up (also a visit that ends by one); in a rush within 50 ms. Everything else within a second."""


def new_writer(name: str) -> str:
    """A writer's name that no other process, earlier or later, has: a line is known by it and its number."""
    return f"{name}-{token_hex(4)}"


_Open = tuple[int, int]  # descriptor and inode


class JournalFiles:
    """The `Journal` door. One object per process, used from one thread; `shut` it at the end."""

    def __init__(self, var: Path, *, writer: str, now_ns: Callable[[], int] = time.time_ns) -> None:
        """`var`: the data folder, whose journal folders are made. `writer`: from `new_writer`."""
        self._layout = Layout(var=var)
        self._layout.make()
        self._open_folder = f"{self._layout.journal_open}/"
        self._closed_folder = str(self._layout.journal_closed)
        self._kept: tuple[date | None, str] = (None, "")
        self._writer = writer
        self._now_ns = now_ns
        self._seq = 0
        self._second, self._stamp = -1, ""
        self._files: OrderedDict[str, _Open] = OrderedDict()
        self._sync = JournalSync()
        self._broken = False
        self.lost = 0
        """Facts that could not be written so far, since the disk was full or broken."""

    def write(self, call: CallId, fact: CallFact) -> None:
        """Append one fact. Costs one `write` and one `stat`; never waits for the disk and never raises for it: counts and alarms."""
        self._seq += 1
        line = encode(writer=self._writer, seq=self._seq, call=call, at=self._at(), fact=fact)
        try:
            self._append(call, line, urgent=fact.kind in _URGENT or getattr(fact, "outcome", "") == "hung_up")
        except OSError as error:
            self._alarm(call, error)
        else:
            if self._broken:
                self._all_clear()

    def close(self, call: CallId) -> None:
        """Hand the journal over: synced, then renamed to `closed/`, both in the background."""
        file = self._files.pop(call, None)
        if file is not None:
            self._sync.close(file[0])
        self._sync.then(lambda: self._hand_over(call))

    def orphans(self, known: Collection[str]) -> list[CallId]:
        """Calls whose journal is open though their channel is not among the `known` ones: to be ended as far as it is known, and closed."""
        return sorted(call for call in calls_in(self._layout.journal_open) if call not in known)

    def settle(self) -> None:
        """Wait until everything written and closed so far is on disk. For tests and the end of a process: it blocks."""
        self._sync.settle()

    def shut(self) -> None:
        """Sync and close everything. Journals of calls that go on stay open for the next process."""
        while self._files:
            self._sync.close(self._files.popitem()[1][0])
        self._sync.shut()

    def _append(self, call: CallId, line: bytes, *, urgent: bool) -> None:
        path = f"{self._open_folder}{call}.jsonl"
        opened = self._files.get(call)
        if opened is None:
            opened = self._open(call, path)
        else:
            self._files.move_to_end(call)
        if opened is None:
            self._write_late(call, line)
            return
        file, inode = opened
        _write_whole(file, line)
        self._sync.mark(file, urgent=urgent)
        if not _is_still(path, inode):
            del self._files[call]
            self._sync.close(file)
            self._write_late(call, line)

    def _open(self, call: CallId, path: str) -> _Open | None:
        """The call's file; None when its journal was handed over before."""
        try:
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        except FileNotFoundError:
            if self._is_over(call):
                return None
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_CREAT, 0o640)
        opened = self._files[call] = (file, os.fstat(file).st_ino)
        if len(self._files) > MOST_OPEN:
            self._sync.close(self._files.popitem(last=False)[1][0])
        return opened

    def _is_over(self, call: CallId) -> bool:
        """Asked only when there is no open journal: first `closed/`, then `kept/`, the way the worker moves it."""
        name = f"/{call}.jsonl"
        return _exists(f"{self._closed_folder}{name}") or _exists(f"{self._kept_folder(call)}{name}")

    def _kept_folder(self, call: CallId) -> str:
        """Kept for the day asked for last: paths are dear on the path of a live call."""
        day, folder = self._kept
        if call.day != day:
            folder = str(self._layout.journal_kept(call))
            self._kept = (call.day, folder)  # replaced as a whole: the background thread asks too
        return folder

    def _write_late(self, call: CallId, line: bytes) -> None:
        """The worker takes late files away by renaming; the same look afterwards tells whether this line was in time."""
        path = f"{self._layout.journal_late}/{call}.{self._writer}.jsonl"
        while True:
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_CREAT, 0o640)
            try:
                _write_whole(file, line)
                in_time = _is_still(path, os.fstat(file).st_ino)
            finally:
                self._sync.close(file)
            if in_time:
                return

    def _hand_over(self, call: CallId) -> None:
        """In the background thread: rename. Where a journal of this call went before, this one is late."""
        source = self._layout.journal_open / f"{call}.jsonl"
        late = self._layout.journal_late / f"{call}.{self._writer}-{self._now_ns()}.jsonl"
        try:
            source.rename(late if self._is_over(call) else self._layout.journal_closed / source.name)
        except FileNotFoundError:
            log.debug("call %s: closed, but nothing was ever written", call)
        except OSError as error:
            log.critical("日志无法移交 journal of call %s cannot be handed over (%s); it stays in open/", call, error)

    def _at(self) -> str:
        """ISO 8601 with microseconds; the part up to the second is made once per second."""
        now = self._now_ns()
        second = now // 1_000_000_000
        if second != self._second:
            self._stamp = datetime.fromtimestamp(second, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.")
            self._second = second
        return f"{self._stamp}{now % 1_000_000_000 // 1000:06d}Z"

    def _alarm(self, call: CallId, error: OSError) -> None:
        self.lost += 1
        if not self._broken:
            log.critical("通话日志写入失败 a fact of call %s could not be written (%s); further losses are only counted", call, error)
        self._broken = True

    def _all_clear(self) -> None:
        log.critical("通话日志恢复写入 the journal is written again; %d facts were lost so far", self.lost)
        self._broken = False


def calls_in(folder: Path) -> list[CallId]:
    """The calls that have a journal in this folder. A file that is named otherwise is none of ours."""
    found = []
    for entry in os.scandir(folder):
        with suppress(MalformedInput):
            if entry.name.endswith(".jsonl"):
                found.append(CallId(entry.name.removesuffix(".jsonl")))
    return found


def _write_whole(file: int, line: bytes) -> None:
    """One `write`; on a nearly full disk it may take less, and then the rest is tried once more. Raises `OSError`."""
    written = os.write(file, line)
    if written < len(line):
        os.write(file, line[written:])


def _exists(path: str) -> bool:
    try:
        os.stat(path)  # noqa: PTH116 - a fifth of what pathlib costs, on the path of a live call
    except FileNotFoundError:
        return False
    return True


def _is_still(path: str, inode: int) -> bool:
    """Whether `path` still names the file with this number; a number is not given away while we hold the file open."""
    try:
        return os.stat(path).st_ino == inode  # noqa: PTH116 - on the path of a live call
    except FileNotFoundError:
        return False
