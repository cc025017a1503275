"""The agents who work, from the table to those who open no database: one file, `var/agents.json`, for the owner's eyes only (0600)."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hotline.identity import AgentId
from hotline.staff import Employee
from storage.news_file import NewsFile


def write_agents(path: Path, staff: Iterable[Employee]) -> None:
    """Whole or not at all. Raises `OSError`."""
    fresh = path.with_name(path.name + ".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump([asdict(each) for each in staff], file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


class AgentFile(NewsFile[Employee]):
    """`routing.ports.Staff`: the same file, as routing reads it."""

    def __init__(self, path: Path) -> None:
        """Nothing is read yet."""
        super().__init__(path, _read, "坐席名册读不到 %s cannot be read, no agent is added or removed: %s")


def _read(row: dict[str, Any]) -> Employee:
    return Employee(**{**row, "id": AgentId(row["id"]), "skills": tuple(row["skills"])})
