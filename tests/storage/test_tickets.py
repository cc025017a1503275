"""The stored tickets keep what every `Tickets` door promises, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.checks.check_tickets import CHECKS, Stage
from tests.storage.ticket_database import migrated as migrated
from tests.storage.ticket_database import postgres as postgres
from tests.storage.ticket_database import postgres_stage, sqlite_stage


@pytest.fixture(params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield stack.enter_context(sqlite_stage(tmp_path))
        else:
            yield stack.enter_context(postgres_stage(request.getfixturevalue("postgres"), request.getfixturevalue("migrated")))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_keeps_the_promise(check: Callable[[Stage], Coroutine[Any, Any, None]], stage: Stage) -> None:
    asyncio.run(check(stage))
