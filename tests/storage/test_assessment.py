"""Facts of a period, read back from the real tables on SQLite and PostgreSQL."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from assessment.model import RatedCall
from assessment.policy import month_of
from hotline.errors import DoorClosed
from storage.assessment import AssessmentFacts, touched
from storage.assessment_facts import handlings
from storage.engine import open_for_writing
from storage.tables import calls, written
from storage.tickets import StoredTickets
from tests.storage.both_databases import database as database
from tests.storage.both_databases import postgres as postgres
from tests.storage.conftest import engine as engine
from tests.tickets.cases import RULES, Life, called_back, filed, sent
from tickets.moments import moments
from tickets.ports import Change

MARCH = month_of(2026, 3)


def keep(database: Engine, life: Life) -> None:
    change = Change(ticket=life.ticket, was=0, entries=tuple(life.history), moments=moments(life.ticket, RULES))
    asyncio.run(StoredTickets(database).append([change]))


def numbered(life: Life, number: str) -> Life:
    """The same life under another number."""
    life.history = [type(entry)(**{**entry.__dict__, "number": number}) for entry in life.history]
    life._ticket = type(life.ticket)(**{**life.ticket.__dict__, "number": number})
    return life


def test_a_period_s_handlings_are_those_of_the_histories(database: Engine) -> None:
    done = numbered(called_back(), "20260302000001")
    late = numbered(sent(), "20260302000002")
    nobody = numbered(filed(), "20260302000003")
    for life in (done, late, nobody):
        keep(database, life)
    found = AssessmentFacts(database).handlings(MARCH)
    assert found == [*handlings(done.ticket, done.history), *handlings(late.ticket, late.history)]


def test_what_is_owed_counts_in_the_month_in_which_its_term_ran_out_though_nothing_was_written_then(database: Engine) -> None:
    late = numbered(sent(), "20260302000002")
    done = numbered(called_back(), "20260302000001")
    for life in (late, done):
        keep(database, life)
    april = month_of(2026, 4)
    assert [it.ticket for it in AssessmentFacts(database).handlings(april)] == [late.ticket.number]


def test_only_what_happened_lately_is_looked_for_however_long_the_history_is(engine: Engine) -> None:
    with engine.connect() as connection:
        asked = str(touched(MARCH).compile(engine, compile_kwargs={"literal_binds": True}))
        plan = [str(row.detail) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")]
    assert any("ix_ticket_entries_at (at>?" in step for step in plan), plan
    assert [step for step in plan if step.startswith("SCAN ticket")] == []


def test_what_was_filed_after_the_period_is_not_read(database: Engine) -> None:
    keep(database, numbered(sent(), "20260302000002"))
    assert AssessmentFacts(database).handlings(month_of(2026, 2)) == []


def test_calls_are_rated_by_the_first_question_of_their_newest_record(database: Engine) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    graded = [("a.1", 1, {"1": 3}), ("a.1", 2, {"1": 2, "2": 3}), ("a.2", 1, {"1": 3}), ("a.3", 1, {"1": None}), ("a.4", 1, None)]
    rows = [
        {
            "call_id": call,
            "revision": revision,
            "arrived": written(at),
            "called": "12345",
            "record": json.dumps({"survey": survey}),
            "created": written(at),
        }
        for call, revision, survey in graded
    ]
    rows.append({**rows[0], "call_id": "a.9", "arrived": written(at - timedelta(days=9))})
    with database.begin() as connection:
        connection.execute(insert(calls), rows)
    found = sorted(AssessmentFacts(database).rated(MARCH), key=lambda each: each.call)
    assert found == [RatedCall(call="a.1", at=at, content=True), RatedCall(call="a.2", at=at, content=False)]


def test_a_database_that_is_gone_is_a_closed_door(tmp_path: Path) -> None:
    gone = open_for_writing(tmp_path / "none.sqlite")
    with pytest.raises(DoorClosed):
        AssessmentFacts(gone).handlings(MARCH)
    gone.dispose()
