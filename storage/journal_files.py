"""The Journal door on files: `open/CALL.jsonl` while the call goes on, `closed/` for the worker, `late/` for what comes after.

Several processes write the same call, and none knows what the others do. Two rules make that safe:

* a line is one `write` on an O_APPEND descriptor, so lines of several writers never mix;
* after writing, the writer looks whether the file is still the one at `open/CALL.jsonl`. If somebody renamed it meanwhile, the worker may
  have read it already, so the same line is written once more, to `late/`. A line counts once by (writer, seq): twice does no harm.

A disk that is full or broken stops no call: the ballast is released and the line written again; if that does not help it waits in
memory (`storage.journal_waiting`), is tried again every second, and its journal is closed only after it. What was torn by the full disk
ends with a line feed before the next try, so that it is glued to nothing.

Syncing to disk, closing and the next tries happen in one background thread (`storage.journal_sync`), never in the caller's.
"""

import errno
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
from storage.alarm_files import alarms_in, clear_alarm, raise_alarm
from storage.ballast import Ballast
from storage.journal_sync import JournalSync
from storage.journal_waiting import WaitingFacts
from storage.layout import Layout

log = logging.getLogger(__name__)

MOST_OPEN = 256
"""Descriptors kept open; a call that is silent for long costs one `open` more."""

_URGENT = frozenset({"arrived", "call_ended"})
"""Synced at once: answer and hang-up (also a visit that ends by one); in a rush within 50 ms. Everything else within a second."""


def new_writer(name: str) -> str:
    """A writer's name that no other process, earlier or later, has: a line is known by it and its number."""
    return f"{name}-{token_hex(4)}"


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

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
        self._sync = JournalSync(every_second=self._try_again)
        self._ballast = Ballast(var)
        self._waiting = WaitingFacts()
        self._words = ""
        self.lost = 0
        """Facts that are lost for good: the disk was full until memory was full, too, or until the process had to end."""
        self._after_a_death()

    @property
    def waiting(self) -> int:
        """Facts that are in memory only, since no disk would take them yet."""
        return len(self._waiting)

    def write(self, call: CallId, fact: CallFact) -> None:
        """Append one fact. Costs one `write` and one `stat`; never waits for the disk's sync and never raises for it: keeps and alarms."""
        self._seq += 1
        line = encode(writer=self._writer, seq=self._seq, call=call, at=self._at(), fact=fact)
        if self._waiting.any and (kept := self._waiting.add_behind(call, line)) is not None:
            self._alarm(kept=kept, words="")
            return
        try:
            self._append(call, line, urgent=fact.kind in _URGENT or getattr(fact, "outcome", "") == "hung_up")
        except OSError as error:
            self._on_trouble(call, line, error)

    def close(self, call: CallId) -> None:
        """Hand the journal over: synced, then renamed to `closed/`, both in the background."""
        file = self._files.pop(call, None)
        if file is not None:
            self._sync.close(file[0])
        self._sync.then(lambda: self._waiting.close_after(call, lambda: self._hand_over(call)))

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
        lost = self._waiting.give_up()
        if lost:
            self.lost += lost
            self._say_lost(f"进程结束时磁盘仍不可写，{lost} 条通话事实丢失 the process ended while the disk took nothing")
        clear_alarm(self._layout.var, self._alarm_name)

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
        """The call's file, kept open; None when its journal was handed over before."""
        file = self._descriptor(call, path)
        if file is None:
            return None
        opened = self._files[call] = (file, os.fstat(file).st_ino)
        if len(self._files) > MOST_OPEN:
            self._sync.close(self._files.popitem(last=False)[1][0])
        return opened

    def _descriptor(self, call: CallId, path: str) -> int | None:
        try:
            return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        except FileNotFoundError:
            if self._is_over(call):
                return None
            return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_CREAT, 0o640)

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

    def _hand_over(self, call: CallId) -> bool:
        """In the background thread: rename. Where a journal of this call went before, this one is late. False: to be tried again."""
        source = self._layout.journal_open / f"{call}.jsonl"
        late = self._layout.journal_late / f"{call}.{self._writer}-{self._now_ns()}.jsonl"
        try:
            source.rename(late if self._is_over(call) else self._layout.journal_closed / source.name)
        except FileNotFoundError:
            log.debug("call %s: closed, but nothing was ever written", call)
        except OSError as error:
            self._alarm(kept=True, words=_reason(error))
            return False
        return True

    # ── when the disk is full or broken ──────────────────────────────────────────────────────────

    def _on_trouble(self, call: CallId, line: bytes, error: OSError) -> None:
        """Room is made and the line written once more; else it waits. Once more is fine: a line counts once."""
        if error.errno in _FULL:
            self._ballast.release()
            if self._write_again(call, [line]):
                return
        self._alarm(kept=self._waiting.add(call, line), words=_reason(error))
        self._sync.then(_nothing)  # the thread may not run yet, and it is he who tries again

    def _try_again(self) -> None:
        """In the background thread, every second."""
        if not self._waiting.any:
            return
        written = self._waiting.write(self._write_again, self._hand_over)
        if written:
            log.warning("通话事实已补写 %d facts that had waited for the disk are written", written)
        if self._waiting.any:
            raise_alarm(self._layout.var, self._alarm_name, self._words)
        else:
            clear_alarm(self._layout.var, self._alarm_name)

    def _write_again(self, call: CallId, lines: list[bytes]) -> int:
        """By a descriptor of its own, from either thread. Returns how many of them stand on disk now."""
        path = f"{self._open_folder}{call}.jsonl"
        done = 0
        try:
            file = self._descriptor(call, path)
            if file is None:
                return self._write_all_late(call, lines)
            try:
                os.write(file, b"\n")  # whatever was torn ends here
                for line in lines:
                    _write_whole(file, line)
                    done += 1
                in_time = _is_still(path, os.fstat(file).st_ino)
            finally:
                self._sync.mark(file, urgent=True)
                self._sync.close(file)
            if not in_time:
                done = 0
                done = self._write_all_late(call, lines)
        except OSError as error:
            log.debug("call %s: still cannot be written: %s", call, error)
        return done

    def _write_all_late(self, call: CallId, lines: list[bytes]) -> int:
        self._write_late(call, b"\n" + b"".join(lines))
        return len(lines)

    @property
    def _alarm_name(self) -> str:
        return f"facts-wait-{self._writer.rpartition('-')[0] or self._writer}"

    def _alarm(self, *, kept: bool, words: str) -> None:
        if words:
            self._words = (
                f"通话日志写不进磁盘（{words}）：通话不受影响，事实暂存内存，恢复后自动补写；请立即清理或修复磁盘 "
                "journals cannot be written: calls go on, facts wait in memory and are written later; mend the disk, do not restart"
            )
        raise_alarm(self._layout.var, self._alarm_name, self._words)
        if not kept:
            self.lost += 1
            self._say_lost(
                "磁盘与内存都已满，通话事实正在丢失，请立即清理磁盘 no memory left for facts that wait: facts are lost, make room now"
            )

    def _say_lost(self, words: str) -> None:
        raise_alarm(self._layout.var, self._alarm_name.replace("wait", "lost"), words)

    def _after_a_death(self) -> None:
        """Whoever had this name before died while facts waited in his memory."""
        if any(alarm.name == self._alarm_name for alarm in alarms_in(self._layout.var)):
            clear_alarm(self._layout.var, self._alarm_name)
            self._say_lost(
                "进程在磁盘写不进时退出，暂存内存的通话事实丢失；记录将按其他来源补全，请核对当时的通话 "
                "the process ended while facts waited in its memory: check the calls of that time"
            )

    def _at(self) -> str:
        """ISO 8601 with microseconds; the part up to the second is made once per second."""
        now = self._now_ns()
        second = now // 1_000_000_000
        if second != self._second:
            self._stamp = datetime.fromtimestamp(second, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.")
            self._second = second
        return f"{self._stamp}{now % 1_000_000_000 // 1000:06d}Z"


def calls_in(folder: Path) -> list[CallId]:
    """The calls that have a journal in this folder. A file that is named otherwise is none of ours."""
    found = []
    for entry in os.scandir(folder):
        with suppress(MalformedInput):
            if entry.name.endswith(".jsonl"):
                found.append(CallId(entry.name.removesuffix(".jsonl")))
    return found


def _write_whole(file: int, line: bytes) -> None:
    """One `write`; on a nearly full disk it may take less, and then the rest is tried until it is refused. Raises `OSError`."""
    written = os.write(file, line)
    while written < len(line):
        written += os.write(file, line[written:])


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _nothing() -> None:
    pass


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
