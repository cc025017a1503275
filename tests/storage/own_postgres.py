"""PostgreSQL for tests: one cluster for a test run (each xdist worker), one database for each test that asks."""

from collections.abc import Iterator

import pytest

from app.places import PROJECT
from bench.own_postgres import OwnPostgres, own_postgres
from runtime.postgres import find_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[OwnPostgres]:
    """The cluster. A test that kills it must start it again. Skips on a laptop that has none; in CI that is a failure."""
    home = find_postgres(PROJECT / "var")
    if home is None:
        pytest.skip("no PostgreSQL >= 14 on this machine: run scripts/test once, or python3 -m runtime ensure --test")
    with own_postgres(home) as cluster:
        yield cluster
