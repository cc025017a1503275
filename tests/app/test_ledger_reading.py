"""Reading the ledger for people: numbers are masked."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.ledger_reading import one_line, reading, recorded_in
from app.places import Places
from records.model import CallRecord, Joined, to_json
from storage.engine import open_for_writing
from storage.layout import Layout
from storage.ledger import LedgerBook
from storage.migrate import migrate

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
RECORD = to_json(
    CallRecord(
        call="hl1-1764000000.12",
        called="12345",
        caller="19900000123",
        trunk="telecom",
        arrived=NOW,
        joined=(Joined(agent="1001", leg="leg-1", began=NOW),),
    )
)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(var=tmp_path)
    made.make()
    migrate(Layout(var=tmp_path).ledger)
    return made


def test_a_call_is_found_once_it_is_recorded(places: Places) -> None:
    recorded = recorded_in(places)
    assert asyncio.run(recorded(RECORD["call"])) is None
    engine = open_for_writing(Layout(var=places.var).ledger)
    LedgerBook(engine).keep_record(RECORD, now=NOW)
    engine.dispose()
    kept = asyncio.run(recorded(RECORD["call"]))
    assert kept is not None
    assert kept["revision"] == 1
    with reading(places) as ledger:
        assert len(ledger.latest(5)) == 1


def test_a_line_of_the_list_masks_the_caller() -> None:
    line = one_line(RECORD)
    assert "hl1-1764000000.12" in line
    assert "1001" in line
    assert "19900000123" not in line
    assert "199****0123" in line


def test_a_withheld_caller_and_an_unknown_time_are_said_to_be_so() -> None:
    line = one_line({**RECORD, "caller": "", "arrived": None})
    assert line.startswith("?")
    assert "withheld" in line
