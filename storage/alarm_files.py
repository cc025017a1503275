"""Alarms, 告警: what a person must look at. One small JSON file per trouble in `var/alarms/`, so that every process may raise one and the
console, `health` and `scripts/up` show it whoever is dead.

    raise_alarm(var, "disk-full", "磁盘已满：… what to do …")     as often as the trouble is met
    clear_alarm(var, "disk-full")                                 when it is over; costs next to nothing when there was none

A trouble is one CRITICAL line in the log, however often it is met. When the file cannot be written (the disk is full, too) the alarm stands
in this process' memory, and is written as soon as that works again. Nothing here ever raises for a disk.
"""

import json
import logging
import os
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hotline.errors import OurMistake

log = logging.getLogger(__name__)

FOLDER = "alarms"

WRITE_AGAIN = timedelta(seconds=5)
"""A trouble that is met a thousand times a second rewrites its file this seldom; in between it is counted in memory."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,47}")


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One trouble: `since` when, `last` met when (both aware), how often. `words`: Chinese first, what to do, nothing of a citizen."""

    name: str
    words: str
    since: datetime
    last: datetime
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class _Mine:
    """What this process said: `tried` to write when, and whether that worked."""

    alarm: Alarm
    tried: datetime
    written: bool


_LOCK = threading.Lock()
_MINE: dict[tuple[Path, str], _Mine] = {}
"""By folder and name: to log once, to write seldom, and to hold what no disk would take."""


def raise_alarm(var: Path, name: str, words: str, *, now: datetime | None = None) -> None:
    """There is this trouble. `name`: small letters, digits, hyphens; `words` as in `Alarm`. Never raises for a disk."""
    if not _NAME.fullmatch(name):
        raise OurMistake(f"{name!r} is no name of an alarm: small letters, digits and hyphens")
    now = now or datetime.now(UTC)
    with _LOCK:
        mine, path = _MINE.get((var, name)), _path(var, name)
        if mine and mine.written and not _exists(path):
            mine = None  # somebody else cleared it: a new trouble
        known = _newer(mine.alarm if mine else None, _read(path) if mine is None or now - mine.tried >= WRITE_AGAIN else None)
        if known is None:
            log.critical("告警 ALARM %s: %s", name, words)
        alarm = (
            replace(known, words=words, last=now, count=known.count + 1) if known else Alarm(name=name, words=words, since=now, last=now)
        )
        if mine and now - mine.tried < WRITE_AGAIN and mine.alarm.words == words:
            _MINE[var, name] = replace(mine, alarm=alarm)
        else:
            _MINE[var, name] = _Mine(alarm=alarm, tried=now, written=_write(path, alarm))


def clear_alarm(var: Path, name: str) -> None:
    """The trouble is over. Never raises for a disk."""
    with _LOCK:
        mine = _MINE.pop((var, name), None)
        try:
            _path(var, name).unlink()
        except FileNotFoundError:
            if mine is None or mine.written:
                return
        except OSError as error:
            log.error("告警文件无法删除 the file of alarm %s cannot be removed: %s", name, error)
            return
        log.warning("告警解除 alarm %s is over", name)


def alarms_in(var: Path) -> list[Alarm]:
    """Every trouble that stands, the oldest first; with those of this process that no disk would take."""
    found = {alarm.name: alarm for alarm in _read_all(var / FOLDER)}
    with _LOCK:
        for (folder, name), mine in _MINE.items():
            if folder == var and not mine.written:
                found.setdefault(name, mine.alarm)
    return sorted(found.values(), key=lambda alarm: (alarm.since, alarm.name))


def _path(var: Path, name: str) -> Path:
    return var / FOLDER / f"{name}.json"


def _newer(mine: Alarm | None, there: Alarm | None) -> Alarm | None:
    """Several processes may meet the same trouble: the larger count goes on."""
    if mine is None or there is None:
        return mine or there
    return mine if mine.count >= there.count else there


def _write(path: Path, alarm: Alarm) -> bool:
    """A reader sees the old file or the new one, never half of it. Returns whether the disk took it."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    words = {
        "name": alarm.name,
        "since": alarm.since.isoformat(),
        "last": alarm.last.isoformat(),
        "count": alarm.count,
        "words": alarm.words,
    }
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        new.write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        new.replace(path)
    except OSError as error:
        log.debug("alarm %s stays in memory: %s", alarm.name, error)
        with suppress(OSError):
            new.unlink()
        return False
    return True


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return True


def _read_all(folder: Path) -> Iterator[Alarm]:
    with suppress(OSError):
        for path in sorted(folder.glob("*.json")):
            alarm = _read(path)
            if alarm is not None:
                yield alarm


def _read(path: Path) -> Alarm | None:
    """None when it is not there. A file that nobody can read is an alarm all the same."""
    try:
        words = json.loads(path.read_text(encoding="utf-8"))
        since, last = datetime.fromisoformat(words["since"]), datetime.fromisoformat(words["last"])
        return Alarm(name=path.stem, words=str(words["words"]), since=since, last=last, count=int(words["count"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        return _unreadable(path, error)


def _unreadable(path: Path, error: Exception) -> Alarm | None:
    try:
        at = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    except OSError:
        return None
    words = f"告警 {path.stem}：文件无法读取（{type(error).__name__}），请看日志 its file cannot be read, see the logs"
    return Alarm(name=path.stem, words=words, since=at, last=at)
