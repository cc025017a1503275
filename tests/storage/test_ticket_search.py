"""How a page is read, on a real SQLite: by which index, and what is asked too much. What is found: tests/checks/check_tickets.py."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.own_postgres import OwnPostgres
from hotline.access import Actor
from hotline.errors import MalformedInput
from storage.ticket_search import MOST, ROUNDS, query_of
from tests.checks.check_tickets import (
    HANDLER,
    NOON,
    OFFICE,
    Stage,
    filed,
    found,
    nobody_finds_what_he_may_not_know_of,
    number,
    ticket,
    words_are_found_where_they_stand,
    words_are_paged_too,
)
from tests.storage.ticket_database import SqliteStage, migrated, postgres, postgres_stage, sqlite_stage
from tickets.moves import TicketState
from tickets.ports import Asked

__all__ = ["migrated", "postgres"]
Check = Callable[[Stage], Coroutine[Any, Any, None]]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SqliteStage]:
    with sqlite_stage(tmp_path) as stage:
        yield stage


@pytest.mark.parametrize("limit", [0, MOST + 1])
def test_a_page_has_its_limits(stage: SqliteStage, limit: int) -> None:
    with pytest.raises(MalformedInput):
        asyncio.run(stage.door.search(Asked(limit=limit), OFFICE))


def test_a_page_that_was_never_told_is_refused(stage: SqliteStage) -> None:
    with pytest.raises(MalformedInput):
        asyncio.run(stage.door.search(Asked(after="0 OR 1=1"), OFFICE))


def test_what_somebody_types_is_no_query_of_the_index(stage: SqliteStage) -> None:
    asyncio.run(stage.door.append([filed(ticket(1, title='路灯" OR "工资'))]))
    assert asyncio.run(found(stage, words=('路灯" OR "工资',))) == [number(1)]
    assert asyncio.run(found(stage, words=('工资" NOT "路灯',))) == []
    assert asyncio.run(found(stage, words=("@u-water",))) == []


def test_many_who_only_seem_to_fit_make_a_short_page_that_goes_on(stage: SqliteStage) -> None:
    many = ROUNDS * 3 + 3
    asyncio.run(stage.door.append([filed(ticket(1, title="路灯坏"))]))
    asyncio.run(stage.door.append([filed(ticket(count, title="路灯，灯坏")) for count in range(2, many)]))
    page = asyncio.run(stage.door.search(Asked(words=("路灯坏",), limit=2), OFFICE))
    assert (page.tickets, page.next != "") == ((), True)
    page = asyncio.run(stage.door.search(Asked(words=("路灯坏",), limit=2, after=page.next), OFFICE))
    assert [each.number for each in page.tickets] == [number(1)]


SENT = frozenset({TicketState.SENT})
OPEN = frozenset({TicketState.SENT, TicketState.RECEIVED})


@pytest.mark.parametrize(
    ("asked", "actor", "first"),
    [
        (Asked(), OFFICE, "SCAN tickets"),
        (Asked(words=("路灯",), code="0301", states=OPEN), OFFICE, "SCAN ticket_words VIRTUAL TABLE"),
        (Asked(words=("路灯",), states=SENT), HANDLER, "SCAN ticket_words VIRTUAL TABLE"),
        (Asked(), HANDLER, "SEARCH u0 USING PRIMARY KEY (unit=?)"),
        (Asked(states=SENT), HANDLER, "SEARCH u0 USING COVERING INDEX ix_ticket_units_state (unit=? AND state=?)"),
        (Asked(states=OPEN), OFFICE, "SEARCH tickets USING INDEX ix_tickets_state (state=?)"),
        (Asked(states=OPEN, after="20261123000009"), OFFICE, "SEARCH tickets USING INDEX ix_tickets_state (state=? AND id<?)"),
        (Asked(code="0301"), OFFICE, "SEARCH tickets USING INDEX ix_tickets_code"),
        (Asked(phone="19900001234"), OFFICE, "SEARCH tickets USING INDEX ix_tickets_phone"),
        (Asked(due_before=NOON), OFFICE, "SEARCH tickets USING INDEX ix_tickets_due"),
        (Asked(provisional=True), OFFICE, "SCAN tickets USING INDEX ix_tickets_provisional"),
        (Asked(published=True), OFFICE, "SCAN tickets USING INDEX ix_tickets_published"),
        (Asked(filed_from=NOON, filed_before=NOON + timedelta(days=1)), OFFICE, "SEARCH tickets USING INTEGER PRIMARY KEY"),
    ],
)
def test_a_page_is_read_by_the_index_that_leads_to_it(stage: SqliteStage, asked: Asked, actor: Actor, first: str) -> None:
    query = query_of(asked, actor, int(asked.after) if asked.after else None, "sqlite")
    with stage.engine.begin() as connection:
        compiled = str(query.compile(stage.engine, compile_kwargs={"literal_binds": True}))
        plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")]
    steps = [step for step in plan if step.startswith(("SCAN", "SEARCH"))]
    assert steps[0].startswith(first), plan


@pytest.mark.parametrize("frequent", [0.0, 1.0])
@pytest.mark.parametrize("check", [words_are_found_where_they_stand, words_are_paged_too, nobody_finds_what_he_may_not_know_of])
def test_postgresql_finds_the_same_whichever_way_it_reads(
    postgres: OwnPostgres,
    migrated: str,
    monkeypatch: pytest.MonkeyPatch,
    frequent: float,
    check: Callable[[Stage], Coroutine[Any, Any, None]],
) -> None:
    """From the newest on where the words are frequent, all that hold them where they are rare: it is told which."""
    monkeypatch.setattr("storage.ticket_search.FREQUENT", frequent)
    with postgres_stage(postgres, migrated) as stage:
        asyncio.run(check(stage))
        with stage.engine.begin() as connection:
            compiled = str(query_of(Asked(words=("路灯",)), OFFICE, None, "postgresql", rare=bool(frequent)).compile(stage.engine))
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            plan = "\n".join(
                connection.exec_driver_sql(
                    f"EXPLAIN {compiled}", {"asked": ["路灯"], "secrecy_1": 2, "param_1": 51, "param_2": 0, "param_3": 51}
                ).scalars()
            )
    assert ("ix_ticket_words" in plan) == bool(frequent), plan
