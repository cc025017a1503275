"""One city for all of these tests. `HOTLINE_RULES_OFF=own` (bench/articles.py) switches off, in each test, the clause that it guards."""

import os
import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import event

from storage.engine import open_for_reading, open_for_writing
from storage.migrate import migrate
from tests.regulation.world import World, settle, stocked


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "guards(clause): the one clause of the regulation that this test guards (tickets/clauses.py)")


def _hasty(connection: sqlite3.Connection, _: object) -> None:
    """No test here pulls the plug: nobody waits for the disk."""
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The city, with everybody in it."""
    path = stocked(tmp_path_factory.mktemp("city"))
    migrate(path)
    writing, reading = open_for_writing(path), open_for_reading(path)
    event.listen(writing, "connect", _hasty)
    writing.dispose()
    settle(writing)
    world = World(writing, reading)
    yield world
    world.shut()
    writing.dispose()
    reading.dispose()


@pytest.fixture
def world(city: World, request: pytest.FixtureRequest) -> World:
    """The city on a Monday morning."""
    mark = request.node.get_closest_marker("guards")
    if mark:
        request.node.user_properties.append(("guards", mark.args[0]))
    return city.begin(off=mark.args if mark and os.environ.get("HOTLINE_RULES_OFF") == "own" else ())
