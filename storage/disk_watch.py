"""Room on the disks, looked at every few seconds: alarms, the ballast made anew, and whether new recordings go to the second volume.

The switch asks nobody: for each new call its dialplan looks for the marker `spool/room`. Where the first volume has none (nearly full) and
the second one has, the recording goes to the second. A marker is taken away, never made, when a disk is full, so that always works.
"""

import logging
import os
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from hotline.errors import BadSettings
from storage.alarm_files import clear_alarm, raise_alarm
from storage.ballast import FULL_WORDS, MIB, Ballast
from storage.layout import Layout

log = logging.getLogger(__name__)

REST_S = 180.0
"""The ballast is made anew when there has been room for so long: not in the middle of an operator's clearing up."""

FULL = MIB
"""With less room than this somebody is refused already: the ballast is released, whoever it was."""

BACK = 1.2
"""Recordings return to the first volume when there is this much more room than it takes to leave it: no going to and fro."""


class Level(IntEnum):
    """How much room there is."""

    FINE = 0
    LOW = 1
    SHORT = 2


@dataclass(frozen=True, kw_only=True)
class Limits:
    """When room is low (an operator should look) and when it is short (recordings are at stake): shares, and always below `least`."""

    low: float = 0.20
    short: float = 0.10
    least: int = 2048 * MIB
    ballast_mib: int = 64


@dataclass(frozen=True, kw_only=True)
class Room:
    """Bytes of one disk. `free` is what we may use."""

    free: int
    total: int

    @property
    def share(self) -> float:
        """The free part, 0 to 1."""
        return self.free / self.total if self.total else 0.0


def level_of(room: Room, limits: Limits, *, before: Level = Level.FINE) -> Level:
    """What to make of it. What was short stays so until there is some more room."""
    more = BACK if before is Level.SHORT else 1.0
    if room.share < limits.short * more or room.free < limits.least * more:
        return Level.SHORT
    return Level.LOW if room.share < limits.low else Level.FINE


def room_of(place: Path) -> Room:
    """The disk that holds this place. Raises `OSError`."""
    stat = os.statvfs(place)
    return Room(free=stat.f_bavail * stat.f_frsize, total=stat.f_blocks * stat.f_frsize)


def join_second_volume(layout: Layout, place: str) -> None:
    """Make `var/second` lead to the second volume, and its folders; empty: none is used. Raises `BadSettings` when it cannot be used."""
    link = layout.second
    try:
        if not place:
            layout.second_room.unlink(missing_ok=True)  # what lies there stays readable; nothing new goes there
            return
        if link.is_symlink() and link.readlink() != Path(place):
            link.unlink()
        if not link.is_symlink():
            link.symlink_to(place, target_is_directory=True)
        for folder in (layout.second_spool, link / "recordings", link / "cel"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSettings(
            f"storage.second_volume: 第二存储卷 {place} 不可用（{error.strerror}），请检查挂载和权限 cannot be used: check mount and rights"
        ) from None


@dataclass(kw_only=True)
class DiskWatch:
    """Used by one process, from one thread at a time. `second`: the settings' second volume, empty for none."""

    layout: Layout
    limits: Limits
    second: str = ""
    _first_level: Level = Level.FINE
    _second_level: Level = Level.FINE
    _fine_since: float | None = field(default=None)

    def look(self, now: float) -> None:
        """Look at the disks. `now`: seconds that only grow. Never raises for a disk."""
        try:
            room = room_of(self.layout.var)
        except OSError as error:
            log.error("磁盘空间无法读取 the room on the disk cannot be read: %s", error)
            return
        self._first_level = level_of(room, self.limits, before=self._first_level)
        _mark(self.layout.first_room, present=self._first_level is not Level.SHORT)
        self._tell(room)
        if room.free < FULL and not Ballast(self.layout.var).release():
            raise_alarm(self.layout.var, "disk-full", FULL_WORDS)
        if self.second:
            self._look_at_second()
        self._keep_ballast(now)

    def _tell(self, room: Room) -> None:
        if self._first_level is Level.FINE:
            clear_alarm(self.layout.var, "disk-low")
            return
        urgent = self._first_level is Level.SHORT
        what = (
            "磁盘即将写满：录音会不完整，请立即清理 the disk is nearly full, recordings are at stake: make room now"
            if urgent
            else "磁盘空间不足两成，请尽快清理或扩容 the disk has less room than it should: make room soon"
        )
        if urgent and self.second and self._second_level is not Level.SHORT:
            what = "主磁盘即将写满，新录音已改写到第二存储卷，请清理 the first disk is nearly full, new recordings go to the second volume"
        raise_alarm(self.layout.var, "disk-low", what)
        log.debug("room: %.1f %%", room.share * 100)

    def _look_at_second(self) -> None:
        try:
            join_second_volume(self.layout, self.second)
            room = room_of(self.layout.second)
        except (BadSettings, OSError) as error:
            self._second_level = Level.SHORT
            raise_alarm(self.layout.var, "second-volume", str(error))
            return
        self._second_level = level_of(room, self.limits, before=self._second_level)
        _mark(self.layout.second_room, present=self._second_level is not Level.SHORT)
        if self._second_level is Level.SHORT:
            words = "第二存储卷即将写满，请清理 the second volume is nearly full: make room"
            raise_alarm(self.layout.var, "second-volume", words)
        else:
            clear_alarm(self.layout.var, "second-volume")

    def _keep_ballast(self, now: float) -> None:
        if self._first_level is Level.SHORT:
            self._fine_since = None
            return
        self._fine_since = now if self._fine_since is None else self._fine_since
        ballast = Ballast(self.layout.var)
        if ballast.mib == self.limits.ballast_mib:
            clear_alarm(self.layout.var, "disk-full")
        elif now - self._fine_since >= REST_S:
            try:
                ballast.make(self.limits.ballast_mib)
            except OSError as error:
                self._fine_since = now
                log.warning("预留空间暂时无法恢复 the ballast cannot be made anew yet: %s", error)


def _mark(path: Path, *, present: bool) -> None:
    try:
        if present and not path.exists():
            path.touch(mode=0o600)
        elif not present:
            path.unlink(missing_ok=True)
    except OSError as error:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        log.debug("%s: %s", path.name, error)
