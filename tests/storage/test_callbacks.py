"""Who was cut off is owed one call, until he gets through by himself."""

import stat
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from records.model import Callback, CallRecord, Joined, to_json
from storage.callbacks import Callbacks, FirstInLine
from storage.layout import Layout
from storage.ledger import LedgerBook

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
PHONE, OTHER = "19900000001", "19900000002"


def cut_off(number: int, minute: int = 0, phone: str = PHONE) -> dict[str, Any]:
    arrived = NOON + timedelta(minutes=minute)
    return to_json(CallRecord(call=f"hl1-1764000000.{number}", caller=phone, trunk="t", arrived=arrived, completeness="cut_off"))


def talked(number: int, minute: int, phone: str = PHONE) -> dict[str, Any]:
    arrived = NOON + timedelta(minutes=minute)
    talk = Joined(agent="1001", leg="leg-1", began=arrived)
    return to_json(
        CallRecord(call=f"hl1-1764000000.{number}", caller=phone, trunk="t", arrived=arrived, completeness="complete", joined=(talk,))
    )


class Desk:
    """Tasks and ledger together, as the worker uses them."""

    def __init__(self, engine: Engine) -> None:
        self.tasks = Callbacks(engine)
        self.book = LedgerBook(engine)

    def keep(self, record: dict[str, Any]) -> list[str]:
        changed = self.tasks.take(record, NOON)
        self.book.keep_record(record, now=NOON)
        return sorted(changed)

    def states(self, *numbers: int) -> list[tuple[str, str]]:
        found = [self.tasks.of(f"hl1-1764000000.{number}") for number in numbers]
        return [(task.state, task.closed_by.rpartition(".")[2]) for task in found if task]


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk(engine)


def test_who_was_cut_off_is_owed_a_call_once(desk: Desk) -> None:
    assert desk.keep(cut_off(1)) == ["hl1-1764000000.1"]
    assert desk.keep(cut_off(1)) == []
    assert desk.tasks.of("hl1-1764000000.1") == Callback(reason="cut_off", priority=60, due=NOON)
    assert desk.tasks.first_in_line() == {PHONE}


def test_who_was_not_cut_off_leaves_no_task(desk: Desk) -> None:
    assert desk.keep(talked(1, 0)) == []
    assert (desk.tasks.of("hl1-1764000000.1"), desk.tasks.first_in_line()) == (None, frozenset())


def test_who_gets_through_by_himself_is_owed_none_any_more(desk: Desk) -> None:
    desk.keep(cut_off(1))
    desk.keep(cut_off(2, phone=OTHER))
    for _ in range(2):  # the worker may die before the first call's record says so
        assert desk.keep(talked(3, minute=5)) == ["hl1-1764000000.1"]
    assert desk.states(1, 2) == [("closed", "3"), ("open", "")]
    assert desk.tasks.first_in_line() == {OTHER}


def test_a_talk_before_he_was_cut_off_settles_nothing(desk: Desk) -> None:
    desk.keep(cut_off(1, minute=5))
    assert desk.keep(talked(2, minute=0)) == []
    assert desk.states(1) == [("open", "")]


def test_a_call_whose_end_had_to_be_found_may_be_settled_before_it_is_known(desk: Desk) -> None:
    desk.keep(talked(2, minute=5))
    desk.keep(talked(3, minute=5, phone=OTHER))
    desk.keep(cut_off(1))
    assert desk.states(1) == [("closed", "2")]


def test_who_was_cut_off_twice_is_called_once(desk: Desk) -> None:
    desk.keep(cut_off(1))
    desk.keep(cut_off(2, minute=1))
    assert desk.states(1, 2) == [("open", ""), ("closed", "1")]


# ── the file that the agi process reads ──────────────────────────────────────────────────────────


def test_the_numbers_of_open_tasks_stand_in_a_file_for_the_owner_only(desk: Desk, layout: Layout) -> None:
    first = FirstInLine(layout.first_in_line, desk.tasks)
    desk.keep(cut_off(2, phone=OTHER))
    desk.keep(cut_off(1))
    first.round(NOON)
    assert layout.first_in_line.read_text() == f"{PHONE}\n{OTHER}\n"
    assert stat.S_IMODE(layout.first_in_line.stat().st_mode) == 0o600
    written = layout.first_in_line.stat().st_mtime_ns
    first.round(NOON)
    assert layout.first_in_line.stat().st_mtime_ns == written
    desk.keep(talked(3, minute=5))
    first.round(NOON)
    assert layout.first_in_line.read_text() == f"{OTHER}\n"


def test_a_new_worker_corrects_the_file_of_the_former_one(desk: Desk, layout: Layout) -> None:
    layout.first_in_line.write_text(f"{PHONE}\n")
    FirstInLine(layout.first_in_line, desk.tasks).round(NOON)
    assert layout.first_in_line.read_text() == ""
