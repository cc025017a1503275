"""The worker's look at its databases: real files, really locked, gone and replaced."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import database_watch
from storage.alarm_files import alarms_in
from storage.database_watch import DatabaseWatch, trouble_of
from storage.layout import Layout


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    monkeypatch.setattr(database_watch, "PATIENCE_S", 0.0)
    layout = Layout(var=tmp_path)
    layout.make()
    for path in (layout.ledger, layout.workflows):
        make(path)
    return layout


def make(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("CREATE TABLE t (x)")
    connection.close()


@pytest.fixture
def watch(layout: Layout) -> DatabaseWatch:
    watch = DatabaseWatch(layout)
    watch.opened()
    return watch


@pytest.fixture
def holder(layout: Layout) -> Iterator[sqlite3.Connection]:
    """Another program that holds the ledger's write lock."""
    connection = sqlite3.connect(layout.ledger, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


def alarms(layout: Layout) -> list[str]:
    return [alarm.words for alarm in alarms_in(layout.var)]


def test_usable_databases_are_no_trouble(layout: Layout, watch: DatabaseWatch) -> None:
    assert watch.look()
    assert alarms(layout) == []


def test_a_lock_alarms_at_the_second_look_and_is_over_when_it_is_over(
    layout: Layout, watch: DatabaseWatch, holder: sqlite3.Connection
) -> None:
    found = []
    for _ in range(2):
        assert watch.look()
        found.append(len(alarms(layout)))
    assert found == [0, 1]
    assert "ledger.sqlite 被占用" in alarms(layout)[0]
    holder.execute("ROLLBACK")
    assert watch.look()
    assert alarms(layout) == []


def test_a_lock_now_and_another_later_are_no_alarm(layout: Layout, watch: DatabaseWatch, holder: sqlite3.Connection) -> None:
    for begin in ("ROLLBACK", "BEGIN IMMEDIATE", "ROLLBACK"):
        watch.look()
        holder.execute(begin)
    watch.look()
    assert alarms(layout) == []


def test_a_ledger_that_is_gone_alarms_and_is_waited_for(layout: Layout, watch: DatabaseWatch) -> None:
    away = layout.ledger.rename(layout.ledger.with_name("away"))
    assert watch.look()
    assert "不见了" in alarms(layout)[0]
    assert not layout.ledger.exists()
    away.rename(layout.ledger)
    assert watch.look()
    assert alarms(layout) == []


def test_another_ledger_in_its_place_means_to_begin_anew(layout: Layout, watch: DatabaseWatch) -> None:
    layout.ledger.rename(layout.ledger.with_name("away"))
    make(layout.ledger)
    assert not watch.look()


def test_the_workflows_database_gone_means_to_begin_anew(layout: Layout, watch: DatabaseWatch) -> None:
    layout.workflows.unlink()
    assert not watch.look()
    assert not layout.workflows.exists()


def test_a_workflows_database_that_is_still_to_be_made_is_no_trouble(layout: Layout) -> None:
    layout.workflows.unlink()
    watch = DatabaseWatch(layout)
    assert watch.look()
    make(layout.workflows)
    watch.opened()
    assert watch.look()
    assert alarms(layout) == []


def test_what_is_read_only_or_no_database_says_so(layout: Layout) -> None:
    with layout.ledger.open("r+b") as file:
        file.seek(18)
        file.write(b"\x03")  # the header's write version: SQLite takes a file of the future for read-only
    layout.workflows.write_bytes(b"not a database, but long enough to look like one" * 100)
    assert "只读" in trouble_of(layout.ledger)
    assert "not a database" in trouble_of(layout.workflows)
