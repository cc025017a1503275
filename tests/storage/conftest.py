"""A ledger of its own for each test."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from storage.engine import open_for_writing
from storage.layout import Layout
from storage.tables import metadata


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A data folder with its folders."""
    layout = Layout(var=tmp_path)
    layout.make()
    return layout


@pytest.fixture
def engine(layout: Layout) -> Iterator[Engine]:
    """A fresh ledger's database. Made from the tables, not by migrating: `test_migrate.py` shows that both are the same."""
    layout.ledger.touch()
    engine = open_for_writing(layout.ledger, busy_ms=50)
    event.listen(engine, "connect", _hurry)
    metadata.create_all(engine)
    yield engine
    engine.dispose()


def _hurry(connection: sqlite3.Connection, _record: object) -> None:
    """No test pulls the plug: without syncing it takes a tenth of the time."""
    connection.execute("PRAGMA synchronous = OFF")
