"""The list of calls that are owed, from the worker to routing: one file, `var/callbacks.json`, for the owner's eyes only (0600)."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from hotline.callbacks import Owed
from hotline.identity import CallId
from storage.news_file import NewsFile


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


class CallbackFile(NewsFile[Owed]):
    """`routing.ports.Debtors`: the same file, as routing reads it."""

    def __init__(self, path: Path) -> None:
        """Nothing is read yet."""
        super().__init__(path, _read, "回拨任务读不到 %s cannot be read, nobody new is called back: %s")


def _read(row: dict[str, Any]) -> Owed:
    return Owed(**{**row, "call": CallId(row["call"]), "skills": tuple(row["skills"])})
