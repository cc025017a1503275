"""审计日志: who did what to whom, append-only, each line sealed with the hash of all before it (`var/audit/YYYYMMDD.jsonl`, China time).

Whoever changes, removes or inserts a line breaks the chain from there on, and `verify` names the line. What a chain alone cannot show is a
tail that was cut off; so each seal also goes to the process' log, which is kept elsewhere.

Several processes may write (a leader and the one that takes over from him): each append holds a lock on `var/audit/.lock` and reads the
last seal first. Acts are rare, so every line is synced to disk before it counts.
"""

import asyncio
import errno
import fcntl
import hashlib
import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any, Final, TypedDict, cast

from hotline.audit import Act
from hotline.errors import DoorClosed

log = logging.getLogger(__name__)

FOLDER: Final = "audit"
FIRST: Final = "0" * 64
"""What the very first line is sealed with."""

_CHINA: Final = timezone(timedelta(hours=8))


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A line that is not what was written. `line` counts from 1; `trouble`: changed, torn, or not the next one of the chain."""

    file: str
    line: int
    trouble: str


class Line(TypedDict):
    """What a reader needs of a line."""

    seq: int
    before: str
    seal: str


class AuditFiles:
    """The `Audit` door of `routing.ports`."""

    def __init__(self, var: Path) -> None:
        self._folder = var / FOLDER

    async def keep(self, act: Act) -> None:
        """Append it and return when it is on the disk. Raises `DoorClosed`: then it is not written down, and must not be done."""
        try:
            seal = await asyncio.to_thread(self._append, act)
        except OSError as error:
            raise DoorClosed(
                f"审计日志写不进（{error.strerror}），操作未执行；请检查磁盘 var/audit the audit cannot be written, so the act was not done"
            ) from error
        log.info("audit %s by %s: %s, seal %s", act.act, act.by, act.outcome.partition(":")[0], seal[:16])

    def _append(self, act: Act) -> str:
        with self._locked():
            path = self._folder / f"{act.at.astimezone(_CHINA):%Y%m%d}.jsonl"
            files = _files(self._folder)
            if files and files[-1] > path:
                path = files[-1]  # the clock went back over midnight: the order of the chain is the order of the files
            number, before = _last(files)
            words = {"seq": number + 1, **asdict(act), "at": act.at.isoformat(), "before": before}
            seal = seal_of(words)
            line = json.dumps({**words, "seal": seal}, ensure_ascii=False) + "\n"
            _write(path, line.encode())
            return seal

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def seal_of(words: Mapping[str, Any]) -> str:
    """The seal of a line: SHA-256 of all its other words, the seal of the line before among them."""
    plain = {key: value for key, value in words.items() if key != "seal"}
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def acts(var: Path) -> list[dict[str, Any]]:
    """Every line that can be read, in order."""
    return [json.loads(raw) for path in _files(var / FOLDER) for raw in path.read_bytes().splitlines() if _words(raw)]


def verify(var: Path) -> list[Broken]:
    """Every line that is not as it was written; empty = the whole chain holds. Raises `OSError` when a file cannot be read."""
    number, before = 0, FIRST
    found: list[Broken] = []
    for path in _files(var / FOLDER):
        for at, raw in enumerate(path.read_bytes().splitlines(), start=1):
            words = _words(raw)
            trouble = _trouble(words, number, before)
            if trouble:
                found.append(Broken(file=path.name, line=at, trouble=trouble))
            if words is not None:
                number, before = words["seq"], words["seal"]
    return found


def _trouble(words: Line | None, number: int, before: str) -> str:
    if words is None:
        return "torn"
    if seal_of(words) != words["seal"]:
        return "changed"
    return "" if (words["before"], words["seq"]) == (before, number + 1) else "not the next one"


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9]*.jsonl"))


def _last(files: list[Path]) -> tuple[int, str]:
    """Number and seal of the last whole line."""
    for path in reversed(files):
        for raw in reversed(path.read_bytes().splitlines()):
            if words := _words(raw):
                return words["seq"], words["seal"]
    return 0, FIRST


def _words(raw: bytes) -> Line | None:
    """The words of a line, None when it is torn."""
    try:
        words = json.loads(raw)
    except ValueError:
        return None
    whole = (
        isinstance(words, dict) and isinstance(words.get("seq"), int) and all(isinstance(words.get(key), str) for key in ("before", "seal"))
    )
    return cast(Line, words) if whole else None


def _write(path: Path, line: bytes) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            line = b"\n" + line  # what a crash or a full disk tore stays visible, and is glued to nothing
        if os.write(descriptor, line) != len(line):
            raise OSError(errno.ENOSPC, "half a line was written")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
