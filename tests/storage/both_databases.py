"""The same test on SQLite and on PostgreSQL: `database` is an engine with all tables, empty."""

import secrets
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from bench.own_postgres import OwnPostgres
from storage.engine import open_postgres
from storage.tables import metadata
from tests.storage.own_postgres import postgres as postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """One after the other."""
    if request.param == "sqlite":
        yield request.getfixturevalue("engine")
        return
    cluster: OwnPostgres = request.getfixturevalue("postgres")
    engine = open_postgres(cluster.make(f"both_{secrets.token_hex(4)}"))
    metadata.create_all(engine)
    yield engine
    engine.dispose()
