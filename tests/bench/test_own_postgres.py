from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from bench.own_postgres import OwnPostgres, PostgresSilent, own_postgres
from tests.storage.own_postgres import postgres as postgres


def test_what_was_committed_survives_its_violent_death(postgres: OwnPostgres) -> None:
    engine = create_engine(postgres.make("survivor"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept (word text)"))
        connection.execute(text("INSERT INTO kept VALUES ('诉求')"))
    with engine.connect() as connection:
        postgres.kill()
        with pytest.raises(OperationalError):
            connection.execute(text("SELECT 1"))
    engine.dispose()
    postgres.start()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT word FROM kept")).scalar() == "诉求"
    engine.dispose()


def test_one_that_cannot_start_says_why_and_leaves_nothing(postgres: OwnPostgres) -> None:
    with pytest.raises(PostgresSilent, match="no_such_thing"), own_postgres(postgres.home, no_such_thing="1") as cluster:
        pytest.fail(f"it runs in {cluster.folder}")


def test_its_folder_is_gone_with_it(postgres: OwnPostgres) -> None:
    with own_postgres(postgres.home) as cluster:
        folder = Path(cluster.folder)
        assert folder.exists()
    assert not folder.exists()
