"""Migrations make exactly the tables that the code speaks of, once, whoever asks."""

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage.engine import open_for_writing
from storage.migrate import migrate
from storage.tables import metadata


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("db") / "deep" / "ledger.sqlite"
    migrate(path)
    return path


def test_the_migrated_tables_are_those_of_the_code(migrated: Path) -> None:
    engine = open_for_writing(migrated)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


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
