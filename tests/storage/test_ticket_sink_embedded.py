"""The embedded ticket sink keeps what every ticket sink promises."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from storage.layout import Layout
from storage.ledger import Ledger
from storage.ticket_sink_embedded import EmbeddedTicketSink
from tests.checks.check_ticket_sink import CHECKS, DRAFT, NEWER, Stage
from tests.fakes.fake_ticket_sink import FakeTicketSink

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


class EmbeddedStage:
    """Shut: somebody else holds the database."""

    def __init__(self, engine: Engine, layout: Layout) -> None:
        self.engine = engine
        self.sink = EmbeddedTicketSink(engine, now=lambda: NOON)
        self.other = sqlite3.connect(layout.ledger, isolation_level=None)

    def stands(self, key: str) -> dict[str, Any] | None:
        return Ledger(self.engine).draft_of(key)

    def shut(self) -> None:
        self.other.execute("BEGIN IMMEDIATE")

    def reopen(self) -> None:
        self.other.execute("ROLLBACK")


class FakeStage:
    def __init__(self) -> None:
        self.sink = FakeTicketSink()

    def stands(self, key: str) -> dict[str, Any] | None:
        return vars(self.sink.drafts[key]) if key in self.sink.drafts else None

    def shut(self) -> None:
        self.sink.closed = True

    def reopen(self) -> None:
        self.sink.closed = False


@pytest.fixture
def stage(engine: Engine, layout: Layout) -> Iterator[EmbeddedStage]:
    stage = EmbeddedStage(engine, layout)
    yield stage
    stage.other.close()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_embedded_sink_keeps_its_promise(check: Callable[[Stage], Coroutine[Any, Any, None]], stage: EmbeddedStage) -> None:
    asyncio.run(check(stage))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_fake_keeps_the_same_promise(check: Callable[[Stage], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(check(FakeStage()))


def test_a_draft_says_when_it_came(stage: EmbeddedStage) -> None:
    asyncio.run(stage.sink.push(DRAFT))
    asyncio.run(stage.sink.push(NEWER))
    stands = stage.stands(DRAFT.key)
    assert stands is not None
    assert stands["created"] == stands["updated"] == "2026-11-23T04:00:00.000000Z"
    assert stands["channel"] == "电话"
