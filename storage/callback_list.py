"""The list of calls that are owed, from the worker to routing: one file, `var/callbacks.json`, for the owner's eyes only (0600)."""

import json
import logging
import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from hotline.callbacks import Owed
from hotline.errors import HotlineError
from hotline.identity import CallId

log = logging.getLogger(__name__)


class _Ledger(Protocol):
    def owed(self) -> Sequence[Owed]: ...


class CallbackList:
    """The worker's side: written when it says something else."""

    def __init__(self, path: Path, ledger: _Ledger) -> None:
        """Nothing is read or written yet."""
        self._path = path
        self._ledger = ledger
        self._told = ""

    def round(self, _wall: datetime) -> None:
        """Write it anew when it says something else. Raises `OSError` and what the database raises."""
        text = json.dumps([asdict(each) for each in self._ledger.owed()])
        if text == self._told:
            return
        fresh = self._path.with_name(self._path.name + ".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        fresh.replace(self._path)
        self._told = text


class CallbackFile:
    """`routing.ports.Debtors`: the same file, as routing reads it."""

    def __init__(self, path: Path) -> None:
        """Nothing is read yet."""
        self._path = path
        self._seen: tuple[int, int] | None = None

    def news(self) -> tuple[Owed, ...] | None:
        """As `Debtors.news`: one look at the file's date costs nothing."""
        try:
            there = self._path.stat()
            seen = (there.st_mtime_ns, there.st_ino)
            if seen == self._seen:
                return None
            self._seen = seen
            return tuple(_read(row) for row in json.loads(self._path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, HotlineError) as error:
            log.error("回拨任务读不到 %s cannot be read, nobody new is called back: %s", self._path.name, type(error).__name__)
            return None


def _read(row: dict[str, Any]) -> Owed:
    return Owed(**{**row, "call": CallId(row["call"]), "skills": tuple(row["skills"])})
