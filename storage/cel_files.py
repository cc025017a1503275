"""Reading the switch's event log while it is being written: line by line, across days, and aware of what somebody took away.

The switch opens `calls.csv` anew for every line (measured), so it may be renamed at any time; what is read is held open meanwhile, and its
last lines are not lost. Earlier days are `calls-YYYYMMDD.csv` and go after `KEEP`: callers' numbers stand in them (个人信息保护法).
"""

import json
import logging
import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

from records.cel import CelLine, read_line

log = logging.getLogger(__name__)

NAME = "calls.csv"
KEEP = timedelta(days=30)
AT_ONCE = 1 << 20
"""Bytes of one reading: a worker that comes back after a day must not stand still over it."""

_CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, kw_only=True)
class Place:
    """A point in the log: which file (by inode, a name changes at midnight) and how many bytes into it."""

    inode: int
    offset: int


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was new: each line and where it begins. `troubles`: why some may be lost, in words for a person. `more`: it goes on."""

    lines: tuple[tuple[Place, CelLine], ...] = ()
    troubles: tuple[str, ...] = ()
    more: bool = False


class CelFiles:
    """One reader per data folder: the worker."""

    def __init__(self, folder: Path, kept: Path) -> None:
        """`kept`: the file that remembers how far was read. Nothing is opened yet."""
        self._folder = folder
        self._kept = kept
        self._file: int | None = None
        self._inode = 0
        self._offset = 0
        self._empty = 0
        self._begun = False
        self._written: Place | None = None

    def read(self) -> Reading:
        """What was written since the last reading, up to `AT_ONCE`. Raises `OSError`."""
        troubles = [] if self._file is not None else self._open()
        if self._file is None:
            return Reading(troubles=tuple(troubles))
        chunk = os.pread(self._file, AT_ONCE, self._offset)
        whole = chunk[: chunk.rfind(b"\n") + 1]
        if whole:
            self._empty = 0
            lines, broken = self._lines(whole)
            return Reading(lines=lines, troubles=(*troubles, *broken), more=len(chunk) == AT_ONCE)
        return Reading(troubles=(*troubles, *self._look_around()))

    @property
    def place(self) -> Place:
        """Up to here it is read."""
        return Place(inode=self._inode, offset=self._offset)

    def keep(self, place: Place) -> None:
        """Remember that everything before this place is done with. Raises `OSError`."""
        if place == self._written or not place.inode:
            return
        fresh = self._kept.with_name(self._kept.name + ".new")
        fresh.write_text(json.dumps({"inode": place.inode, "offset": place.offset}), encoding="utf-8")
        fresh.replace(self._kept)
        self._written = place

    def turn_over(self, today: date) -> None:
        """Put a former day's log aside under its day, and let go of the oldest. Raises `OSError`. `today`: in China."""
        current = self._folder / NAME
        began = _first_day(current)
        if began is not None and began < today:
            aside = self._folder / f"calls-{began:%Y%m%d}.csv"
            current.rename(aside if not aside.exists() else aside.with_name(f"calls-{began:%Y%m%d}-{current.stat().st_ino}.csv"))
        for old in self._folder.glob("calls-*.csv"):
            if datetime.fromtimestamp(old.stat().st_mtime, tz=_CHINA).date() < today - KEEP:
                old.unlink()

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _lines(self, whole: bytes) -> tuple[tuple[tuple[Place, CelLine], ...], list[str]]:
        lines, broken = [], 0
        for raw in whole.split(b"\n")[:-1]:
            line = read_line(raw)
            if line is not None:
                lines.append((self.place, line))
            broken += line is None
            self._offset += len(raw) + 1
        return tuple(lines), [f"{broken} 行无法读取 lines cannot be read"] if broken else []

    def _open(self) -> list[str]:
        """The file in which an earlier process stopped, else the oldest of all; later on, the one that has come in place of a lost one."""
        troubles: list[str] = []
        files = self._files()
        if self._begun:
            files = files[-1:]
        else:
            at = self._remembered()
            if at is not None and not any(path.stat().st_ino == at.inode for path in files):
                troubles = ["上次读到的文件不见了 the file that was read last is gone"]
            elif at is not None:
                files = [path for path in files if path.stat().st_ino == at.inode]
                self._offset = at.offset
            self._begun = True
        if files:
            self._file = os.open(files[0], os.O_RDONLY | os.O_CLOEXEC)
            self._inode = os.fstat(self._file).st_ino
        return troubles

    def _look_around(self) -> list[str]:
        """Nothing new stands in the file: was it cut, taken away, or is it a former day's?"""
        assert self._file is not None
        there = os.fstat(self._file)
        if there.st_size < self._offset:
            self._offset = 0
            return ["文件被截短 the file was cut short"]
        files = self._files()
        later = [path for path in files if path.stat().st_ino != self._inode]
        mine = next((place for place, path in enumerate(files) if path.stat().st_ino == self._inode), None)
        later = later if mine is None else files[mine + 1 :]
        if mine is not None and not later:
            return []
        self._empty += 1
        if self._empty < 2:
            return []  # whoever opened it right before it was renamed may still write
        torn = there.st_size > self._offset
        self.close()
        self._offset, self._empty = 0, 0
        if later:
            self._file = os.open(later[-1] if mine is None else later[0], os.O_RDONLY | os.O_CLOEXEC)
            self._inode = os.fstat(self._file).st_ino
        return [*(["文件被删除 the file was removed"] if mine is None else []), *(["末行残缺 its last line is torn"] if torn else [])]

    def _files(self) -> list[Path]:
        """In the order in which they were written: `calls-…` stands before `calls.csv`."""
        return sorted(self._folder.glob("calls*.csv"))

    def _remembered(self) -> Place | None:
        try:
            kept = json.loads(self._kept.read_text(encoding="utf-8"))
            return Place(inode=int(kept["inode"]), offset=int(kept["offset"]))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            log.warning(
                "交换机日志读取位置无法识别，从头读起 %s cannot be read (%s): the log is read from its begin", self._kept.name, error
            )
            return None


def china_day(moment: datetime) -> date:
    """The day by which files are named."""
    return moment.astimezone(_CHINA).date()


def _first_day(path: Path) -> date | None:
    """The day of its first line; None when there is no file or no line yet."""
    try:
        with path.open("rb") as file:
            line = read_line(file.readline(4096).rstrip(b"\n"))
        return china_day(line.at if line else datetime.fromtimestamp(path.stat().st_mtime, tz=UTC))
    except FileNotFoundError:
        return None
