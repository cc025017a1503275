"""SQLite the way we want it."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from storage.engine import open_for_reading, open_for_writing
from storage.layout import Layout


def test_writing_is_durable_and_lets_readers_pass(layout: Layout) -> None:
    engine = open_for_writing(layout.ledger, busy_ms=50, make=True)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 50
    engine.dispose()


def test_a_transaction_takes_the_write_lock_at_once(engine: Engine, layout: Layout) -> None:
    other = sqlite3.connect(layout.ledger, timeout=0, isolation_level=None)
    with engine.begin(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"), engine.begin():
        pass
    other.close()


def test_a_reader_changes_nothing_and_does_not_wait(engine: Engine, layout: Layout) -> None:
    reader = open_for_reading(layout.ledger)
    with engine.begin(), reader.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM calls")).scalar() == 0
    with pytest.raises(OperationalError, match="readonly"), reader.begin() as connection:
        connection.execute(text("DELETE FROM calls"))
    reader.dispose()


def test_a_failed_transaction_leaves_nothing(engine: Engine, layout: Layout) -> None:
    def fail() -> None:
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO journal_seen VALUES ('a', 1, 1, 0, '')"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    other = open_for_writing(layout.ledger)
    with other.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM journal_seen")).scalar() == 0
    other.dispose()


def test_a_failed_transaction_gives_its_lock_back_while_its_error_is_still_known(engine: Engine, layout: Layout) -> None:
    other = sqlite3.connect(layout.ledger, timeout=0, isolation_level=None)
    with pytest.raises(OperationalError, match="no such table") as raised:
        _delete(engine, "calls", "nowhere")
    other.execute("BEGIN IMMEDIATE")
    other.close()
    assert "nowhere" in str(raised.value)


def _delete(engine: Engine, *tables: str) -> None:
    with engine.begin() as connection:
        for table in tables:
            connection.execute(text(f"DELETE FROM {table}"))


def test_an_error_shows_no_values(engine: Engine) -> None:
    with pytest.raises(OperationalError) as failed, engine.begin() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:number)"), {"number": "19900000001"})
    assert "19900000001" not in str(failed.value)


def test_a_database_that_was_read_only_for_a_while_is_written_again(engine: Engine, layout: Layout) -> None:
    def claim(version: bytes) -> None:
        """The header's write version: SQLite takes a file of the future for read-only."""
        with layout.ledger.open("r+b") as file:
            file.seek(18)
            file.write(version)

    engine.dispose()
    claim(b"\x03")
    with pytest.raises(OperationalError, match="readonly"), engine.begin() as connection:
        connection.execute(text("DELETE FROM calls"))
    claim(b"\x02")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM calls"))


@pytest.mark.parametrize("opened", [open_for_reading, open_for_writing])
def test_a_database_that_is_not_there_is_not_made_by_the_way(layout: Layout, opened: Callable[[Path], Engine]) -> None:
    engine = opened(layout.ledger)
    with pytest.raises(OperationalError, match="unable to open"), engine.connect():
        pass
    assert not layout.ledger.exists()
    engine.dispose()


def test_nothing_is_written_into_a_file_that_was_taken_away_and_it_goes_on_when_it_is_back(engine: Engine, layout: Layout) -> None:
    def write(call: str) -> None:
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO journal_seen VALUES (:call, 1, 1, 0, '')"), {"call": call})

    write("before")
    away = layout.ledger.rename(layout.ledger.with_name("away.sqlite"))
    with pytest.raises(OperationalError, match="unable to open"):
        write("meanwhile")
    assert not layout.ledger.exists()
    away.rename(layout.ledger)
    write("after")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT call_id FROM journal_seen ORDER BY call_id")).scalars().all() == ["after", "before"]


def test_another_file_of_the_same_name_is_opened_anew(engine: Engine, layout: Layout, tmp_path: Path) -> None:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO journal_seen VALUES ('before the backup', 1, 1, 0, '')"))
    engine.dispose()
    shutil.copy(layout.ledger, tmp_path / "backup")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO journal_seen VALUES ('after it', 1, 1, 0, '')"))
    for path in layout.ledger.parent.glob("ledger.sqlite*"):
        path.rename(path.with_name(f"old-{path.name}"))
    shutil.copy(tmp_path / "backup", layout.ledger)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT call_id FROM journal_seen")).scalars().all() == ["before the backup"]
