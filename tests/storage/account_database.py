"""A database with the tables of accounts for a test: SQLite, migrated once for a module. And who asks."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from hotline.access import Actor, Role
from storage.engine import open_for_reading, open_for_writing
from storage.migrate import migrate
from storage.passwords import Passwords

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
ADMINISTRATOR = Actor(id="p-admin", roles=frozenset({Role.ADMINISTRATOR}))
OFFICE = Actor(id="p-3001", roles=frozenset({Role.OFFICE}))
QUICK = Passwords(passes=1, memory_kib=8, lanes=1)
"""Argon2 all the same, at the least cost that there is."""

Engines = tuple[Engine, Engine]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Empty tables."""
    migrate(path := tmp_path_factory.mktemp("db") / "ledger.sqlite")
    return path


@pytest.fixture
def engines(fresh: Path, tmp_path: Path) -> Iterator[Engines]:
    """One for writing and one for reading, of a database of the test's own."""
    shutil.copy(fresh, tmp_path / "ledger.sqlite")
    both = open_for_writing(tmp_path / "ledger.sqlite"), open_for_reading(tmp_path / "ledger.sqlite")
    yield both
    for engine in both:
        engine.dispose()
