"""The book of the line's menus (来电菜单的版本簿): every version for ever, which one counts from when, and drafts that somebody tries.

    VAR/line/versions/VERSION.toml    written once, never changed
    VAR/line/drafts/DRAFT.toml        the file of a try-it call
    VAR/line/published.json           who published what, from when; in the order of their decisions

Every write is whole or not at all; whoever reads meanwhile sees the former state. Publishing needs no restart (app/line_shelf.py).
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from hotline.errors import MalformedInput
from ivr.line_values import VERSION

DRAFT = "draft-"
"""Begins the version that a call on a draft records; no published version may begin like it."""


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A decision: this version counts from `since` on. `by` is a user of this machine. Moments are aware."""

    version: str
    since: datetime
    by: str
    decided: datetime


class LineBook:
    """The book in this folder (`Places.var / "line"`). Reading a folder that is not there finds nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def published(self) -> Path:
        """The list of publications: it changes whenever somebody publishes."""
        return self._folder / "published.json"

    # ── reading ─────────────────────────────────────────────────────────────────────────────────

    def publications(self) -> tuple[Publication, ...]:
        """All of them in the order in which they were decided. Raises `MalformedInput` when the list is broken."""
        try:
            rows = json.loads(self.published.read_text(encoding="utf-8"))["publications"]
            return tuple(_publication(row) for row in rows)
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, KeyError, TypeError) as error:
            trouble = (
                f"{self.published}: 读不懂 cannot be read ({type(error).__name__})；再发布一次 publish once more, and it is written anew"
            )
            raise MalformedInput(trouble) from error

    def text_of(self, version: str) -> str | None:
        """What stands in this version, or in this draft; None when there is none."""
        if not VERSION.fullmatch(version):
            return None
        try:
            return self._file_of(version).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def versions(self) -> tuple[str, ...]:
        """Every version that was ever kept, the oldest first."""
        files = sorted(self._folder.glob("versions/*.toml"), key=lambda path: (path.stat().st_mtime_ns, path.name))
        return tuple(path.stem for path in files)

    # ── writing ─────────────────────────────────────────────────────────────────────────────────

    def keep(self, version: str, text: str) -> None:
        """Keep a version for ever. Raises `MalformedInput` when another text is kept under this name: calls have recorded it."""
        if not VERSION.fullmatch(version) or version.startswith((DRAFT, ".")):
            raise MalformedInput(f"version = {version!r}：不能用作版本名，请换一个 no name for a version; take another")
        kept = self.text_of(version)
        if kept is not None and kept != text:
            raise MalformedInput(
                f'版本 {version} 已经有了，内容不同：请把文件里的 version 换成新的（例如 "{after(version)}"） '
                "this version is kept with other words: give the file a new one"
            )
        if kept is None:
            _write(self._file_of(version), text)

    def keep_draft(self, version: str, text: str) -> str:
        """Keep a draft for its try-it call; returns the name under which that call runs it."""
        name = f"{DRAFT}{version[:24]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        _write(self._file_of(name), text)
        return name

    def publish(self, version: str, *, since: datetime, by: str, now: datetime) -> None:
        """This version counts from `since` on. Raises `MalformedInput` when it is not kept."""
        if self.text_of(version) is None:
            raise MalformedInput(f"没有版本 {version} no such version；有 there are：{'、'.join(self.versions()) or '—'}")
        with self._locked():
            self._list([*self._readable(), Publication(version=version, since=since, by=by, decided=now)])

    def back(self, *, by: str, now: datetime) -> str:
        """Undo: what is to come is dropped; with nothing to come, the version before the present one counts again. Returns the one that
        counts now. Raises `MalformedInput`."""
        with self._locked():
            publications = self._readable()
            past = in_order(each for each in publications if each.since <= now)
            earlier = [each.version for each in past if each.version != past[-1].version]
            if past and len(past) < len(publications):
                self._list(each for each in publications if each.since <= now)
                return past[-1].version
            if not earlier:
                raise MalformedInput("没有更早的版本可以退回 there is no earlier version")
            self._list([*publications, Publication(version=earlier[-1], since=now, by=by, decided=now)])
            return earlier[-1]

    def _readable(self) -> tuple[Publication, ...]:
        """A list that somebody broke is begun anew: the versions themselves are all there."""
        try:
            return self.publications()
        except MalformedInput:
            return ()

    def _list(self, publications: Iterable[Publication]) -> None:
        rows = [_row(each) for each in publications]
        _write(self.published, json.dumps({"publications": rows}, ensure_ascii=False, indent=1) + "\n")

    def _file_of(self, version: str) -> Path:
        return self._folder / ("drafts" if version.startswith(DRAFT) else "versions") / f"{version}.toml"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Two who publish at the same time: one after the other."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def in_order(publications: Iterable[Publication]) -> list[Publication]:
    """By the moment from which they count; of two at the same moment the later decision is the last."""
    return sorted(publications, key=lambda each: each.since)


def in_force(publications: Iterable[Publication], now: datetime) -> Publication | None:
    """The one that counts at this moment."""
    begun = in_order(each for each in publications if each.since <= now)
    return begun[-1] if begun else None


def after(version: str) -> str:
    """A name for the version after this one: 2026.1 → 2026.2."""
    head, dot, tail = version.rpartition(".")
    return f"{head}{dot}{int(tail) + 1}" if tail.isdecimal() and tail.isascii() else f"{version}.2"


def _publication(row: dict[str, Any]) -> Publication:
    since, decided = datetime.fromisoformat(row["from"]), datetime.fromisoformat(row["decided"])
    if since.tzinfo is None or not VERSION.fullmatch(row["version"]):
        raise ValueError("a moment without its zone, or no version")
    return Publication(version=row["version"], since=since, by=str(row["by"]), decided=decided)


def _row(each: Publication) -> dict[str, str]:
    return {"version": each.version, "from": each.since.isoformat(), "by": each.by, "decided": each.decided.isoformat()}


def _write(path: Path, text: str) -> None:
    """Whole and on the disk, or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
