"""The worker's rounds find what has to be done, whatever was killed, refused or late."""

import logging
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from hotline.identity import CallId
from records.model import CallRecord, to_json
from storage.journal_sweep import JournalSweep, Part
from storage.layout import Layout
from storage.ledger import LedgerBook
from storage.outbox import FIRST_GRACE_S, Outbox
from storage.rounds import AT_ONCE, KEEP_FINISHED, RESTART_S, Rounds
from storage.tables import written

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
CALL = CallId("hl1-1764000001.1")
PART = Part(call=CALL, number=1)


@dataclass(kw_only=True)
class FakeWorkflows:
    """Remembers what was begun; `over` says how a part's workflow ended."""

    begun: list[Part] = field(default_factory=list)
    pushes: list[tuple[str, int]] = field(default_factory=list)
    over: dict[Part, str] = field(default_factory=dict)
    swept: list[str] = field(default_factory=list)

    def begin_after_call(self, part: Part) -> None:
        self.begun.append(part)

    def begin_push(self, call: str, revision: int) -> None:
        self.pushes.append((call, revision))

    def is_over(self, part: Part) -> str:
        return self.over.get(part, "")

    def forget(self, part: Part) -> None:
        self.over.pop(part)

    def sweep_finished(self, before: str) -> int:
        self.swept.append(before)
        return 0


@pytest.fixture
def workflows() -> FakeWorkflows:
    return FakeWorkflows()


@pytest.fixture
def rounds(layout: Layout, engine: Engine, workflows: FakeWorkflows) -> Rounds:
    return Rounds(sweep=JournalSweep(layout), outbox=Outbox(engine), workflows=workflows)


def hand_over(layout: Layout, *numbers: int) -> list[Part]:
    parts = [Part(call=CallId(f"hl1-1764000001.{number}"), number=1) for number in numbers]
    for part in parts:
        path = layout.journal_closed / part.name
        path.write_bytes(b"")
        os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    return parts


def test_what_was_handed_over_is_begun_once(rounds: Rounds, workflows: FakeWorkflows, layout: Layout) -> None:
    parts = hand_over(layout, 1, 2)
    rounds.quick(0.0)
    rounds.quick(0.1)
    assert workflows.begun == parts


def test_a_new_worker_begins_it_again_and_leaves_it_to_the_workflows_to_know(layout: Layout, engine: Engine) -> None:
    [part] = hand_over(layout, 1)
    for _ in range(2):
        workflows = FakeWorkflows()
        Rounds(sweep=JournalSweep(layout), outbox=Outbox(engine), workflows=workflows).quick(0.0)
        assert workflows.begun == [part]


def test_only_so_many_are_begun_at_once(rounds: Rounds, workflows: FakeWorkflows, layout: Layout) -> None:
    parts = sorted(hand_over(layout, *range(AT_ONCE + 3)))
    rounds.quick(0.0)
    assert workflows.begun == parts[:AT_ONCE]
    (layout.journal_closed / parts[0].name).unlink()
    rounds.quick(0.1)
    assert workflows.begun == parts[: AT_ONCE + 1]


def test_thousands_that_wait_are_listed_once_and_begun_in_order(
    rounds: Rounds, workflows: FakeWorkflows, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    listings: list[int] = []
    closed = rounds.sweep.closed

    def counted() -> list[Part]:
        listings.append(1)
        return closed()

    monkeypatch.setattr(rounds.sweep, "closed", counted)
    parts = sorted(hand_over(layout, *range(10 * AT_ONCE)))
    for begun in range(10):
        rounds.quick(float(begun))
        for part in workflows.begun:
            (layout.journal_closed / part.name).unlink(missing_ok=True)
    assert workflows.begun == parts
    assert len(listings) == 1
    later = hand_over(layout, 1, 1000)
    rounds.quick(20.0)
    assert sorted(workflows.begun[-2:]) == sorted(later)


def test_what_failed_is_begun_anew_after_a_pause_that_grows(
    rounds: Rounds, workflows: FakeWorkflows, layout: Layout, caplog: pytest.LogCaptureFixture
) -> None:
    hand_over(layout, 1)
    rounds.quick(0.0)
    now = 0.0
    for tries, pause in enumerate((*RESTART_S, RESTART_S[-1]), start=2):
        workflows.over[PART] = "ERROR"
        now += 1.0
        rounds.slow(now, NOON)
        rounds.slow(now + pause - 0.1, NOON)
        assert len(workflows.begun) == tries - 1
        now += pause
        rounds.slow(now, NOON)
        assert len(workflows.begun) == tries
    assert "begun anew" in caplog.text


def test_what_has_just_begun_is_not_asked_after(rounds: Rounds, workflows: FakeWorkflows, layout: Layout) -> None:
    hand_over(layout, 1)
    rounds.quick(0.0)
    workflows.over[PART] = "SUCCESS"
    rounds.slow(0.5, NOON)
    rounds.slow(100.0, NOON)
    assert workflows.begun == [PART]


def test_ten_minutes_are_worth_one_alarm(rounds: Rounds, layout: Layout, caplog: pytest.LogCaptureFixture) -> None:
    hand_over(layout, 1)
    rounds.quick(0.0)
    with caplog.at_level(logging.CRITICAL):
        rounds.slow(0.1, NOON + timedelta(minutes=9))
        assert caplog.records == []
        for minute in (11, 12):
            rounds.slow(0.1, NOON + timedelta(minutes=minute))
    assert len(caplog.records) == 1
    assert "pending for 11 minutes" in caplog.text


def test_late_facts_are_taken_in(rounds: Rounds, workflows: FakeWorkflows, layout: Layout) -> None:
    kept = layout.journal_kept(CALL)
    kept.mkdir(parents=True)
    (kept / PART.name).write_bytes(b"")
    late = layout.journal_late / f"{CALL}.agi-1.jsonl"
    late.write_bytes(b"")
    os.utime(late, (NOON.timestamp(), NOON.timestamp()))
    rounds.slow(0.0, NOON + timedelta(seconds=1))
    rounds.quick(0.1)
    assert workflows.begun == [Part(call=CALL, number=2)]


def test_a_draft_that_is_due_is_pushed_once_per_lease(rounds: Rounds, workflows: FakeWorkflows, engine: Engine) -> None:
    LedgerBook(engine).keep_record(to_json(CallRecord(call=CALL)), now=NOON)
    due = NOON + timedelta(seconds=FIRST_GRACE_S)
    for _ in range(2):
        rounds.slow(0.0, due)
    assert workflows.pushes == [(CALL, 1)]


def test_old_finished_workflows_go(rounds: Rounds, workflows: FakeWorkflows) -> None:
    rounds.tidy(NOON)
    assert workflows.swept == [written(NOON - KEEP_FINISHED)]


def test_what_else_is_looked_after_comes_round_and_hears_of_each_call_once(
    layout: Layout, engine: Engine, workflows: FakeWorkflows
) -> None:
    looked: list[datetime] = []
    told: list[CallId] = []
    rounds = Rounds(sweep=JournalSweep(layout), outbox=Outbox(engine), workflows=workflows, besides=(looked.append,), told=told.append)
    [part] = hand_over(layout, 1)
    rounds.quick(0.0)
    rounds.quick(0.1)
    rounds.slow(0.1, NOON)
    assert (looked, told) == ([NOON], [part.call])
