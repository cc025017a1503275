"""Migrations make exactly the tables that the code speaks of, once, whoever asks."""

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage.engine import open_for_writing
from storage.layout import Layout
from storage.migrate import LedgerGone, migrate, prepare_ledger
from storage.tables import metadata


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("db") / "deep" / "ledger.sqlite"
    migrate(path)
    return path


def test_the_migrated_tables_are_those_of_the_code(migrated: Path) -> None:
    engine = open_for_writing(migrated)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"include_name": _is_ours}), metadata) == []
        assert connection.exec_driver_sql("SELECT rowid FROM ticket_words WHERE ticket_words MATCH '路灯'").all() == []
    engine.dispose()


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """FTS5 keeps the index of words in tables of its own."""
    return kind != "table" or not str(name).startswith("ticket_words")


def test_migrating_again_changes_nothing(migrated: Path) -> None:
    migrate(migrated)


def test_several_at_once_do_it_one_after_the_other(tmp_path: Path) -> None:
    failed: list[BaseException] = []

    def one() -> None:
        try:
            migrate(tmp_path / "ledger.sqlite")
        except BaseException as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


@pytest.fixture
def used(tmp_path: Path) -> Layout:
    """A system that has served a call."""
    layout = Layout(var=tmp_path)
    layout.make()
    prepare_ledger(layout)
    kept = tmp_path / "journal" / "kept" / "20261123"
    kept.mkdir(parents=True)
    (kept / "hl1-1795400000.1.jsonl").write_text("")
    return layout


def test_the_ledger_of_a_new_system_is_made_and_that_of_an_old_one_taken_up(used: Layout) -> None:
    prepare_ledger(used)


@pytest.mark.parametrize("empty", [False, True])
def test_a_ledger_that_is_gone_is_not_made_anew_and_believed(used: Layout, empty: bool) -> None:
    used.ledger.unlink()
    if empty:
        used.ledger.touch()
    with pytest.raises(LedgerGone, match="scripts/ledger rebuild"):
        prepare_ledger(used)
    assert not used.ledger.exists() or used.ledger.stat().st_size == 0
