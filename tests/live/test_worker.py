"""The worker as a real process that is killed, doubled, replaced by another version and locked out: everything arrives once in effect.

Needs no Asterisk: journals and sound files are written as the switch and the other processes would have left them.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from dbos import DBOSClient

from hotline import call_facts as facts
from storage.journal_sweep import Part
from storage.workflows import AFTER_CALL, QUEUE, JsonSerializer, workflow_id
from tests.live.worker_trial import PATIENCE_S, PROJECT, Trial, assert_arrived_once
from tests.storage.ticket_backend import running

ROOMS = (
    *("agi", "app", "assessment", "config", "hotline", "ivr", "knowledge", "notify", "recordings", "records", "routing", "runtime"),
    *("storage", "tests", "tickets"),
)
"""What a worker is made of."""
STEPS = ("record", "push", "audio", "record with audio", "put away")


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    with running() as backend:
        trial = Trial(tmp_path, backend)
        yield trial
        trial.shut()


def test_a_call_goes_all_the_way(trial: Trial) -> None:
    trial.start()
    call = trial.call(1)
    trial.until_done(call)
    assert_arrived_once(trial, call)
    assert len(trial.pushes(call)) == len(set(trial.pushes(call)))


@pytest.mark.slow
def test_killed_at_every_step_everything_arrives_once_in_effect(trial: Trial) -> None:
    moments = [(step, what) for step in STEPS for what in ("begins", "ended")]
    calls = []
    for number, moment in enumerate(moments):
        worker = trial.start(*moment)
        calls.append(trial.call(number))
        trial.until_dead(worker)
    trial.start()
    trial.until_done(*calls)
    for call in calls:
        assert_arrived_once(trial, call)
    assert sorted(trial.backend.drafts) == sorted(calls)


def test_a_second_worker_in_the_middle_of_a_slow_push_ends_at_once_and_it_is_one_push(trial: Trial) -> None:
    trial.backend.seconds = 2.0
    first = trial.start()
    call = trial.call(1, recorded=False)
    trial.until(lambda: "push begins" in trial.steps(), "the push")
    second = trial.start()
    assert second.wait(PATIENCE_S) != 0
    assert second.stderr is not None
    assert f"pid {first.pid}" in second.stderr.read().decode()
    trial.until_done(call)
    assert trial.pushes(call) == [f"{call}/1"]


def test_another_process_that_enqueues_the_same_work_in_the_middle_of_a_slow_push_adds_no_push(trial: Trial) -> None:
    trial.backend.gate.clear()
    trial.start()
    call = trial.call(1, recorded=False)
    trial.until(lambda: "push begins" in trial.steps(), "the push")
    client = DBOSClient(system_database_url=f"sqlite:///{trial.layout.workflows}", serializer=JsonSerializer())
    same = workflow_id(Part(call=call, number=1))
    for _ in range(3):
        client.enqueue({"workflow_name": AFTER_CALL, "queue_name": QUEUE, "workflow_id": same}, str(call), 1)
    client.destroy()
    trial.backend.gate.set()
    trial.until_done(call)
    Event().wait(1.5)  # the queue is looked at once a second: a second push would come now
    assert trial.pushes(call) == [f"{call}/1"]


@pytest.mark.slow
@pytest.mark.parametrize("moment", [("record", "ended"), ("push", "begins"), ("audio", "ended")], ids=" ".join)
def test_another_version_with_other_code_finishes_what_the_killed_one_began(
    trial: Trial, tmp_path_factory: pytest.TempPathFactory, moment: tuple[str, str]
) -> None:
    worker = trial.start(*moment, version="one")
    call = trial.call(1)
    trial.until_dead(worker)
    changed = tmp_path_factory.mktemp("changed")
    for room in ROOMS:
        shutil.copytree(PROJECT / room, changed / room, ignore=shutil.ignore_patterns("__pycache__"))
    code = changed / "storage" / "workflows.py"
    text = code.read_text(encoding="utf-8")
    first_step = '        revision = self._noticed("record", self._steps.keep_record, call)\n'
    assert first_step in text
    code.write_text(text.replace(first_step, first_step.replace('"record"', '"record, and a step before"') + first_step), encoding="utf-8")
    trial.start(version="two", project=changed)
    trial.until_done(call)
    assert_arrived_once(trial, call)
    assert "two: record, and a step before ended" in trial.steps()


def test_late_facts_make_a_new_revision_of_the_record_and_of_the_draft(trial: Trial) -> None:
    trial.start()
    call = trial.call(1, recorded=False)
    trial.until_done(call)
    trial.journals.write(call, facts.AgentParted(agent="1001", leg="leg-1", by="agent"))
    trial.journals.write(call, facts.FlowFailed(flow="parted", error="KeyError"))
    trial.until(lambda: trial.record(call)["revision"] == 2, "revision 2")
    trial.until_done(call)
    assert [point["what"] for point in trial.backend.drafts[call]["record"]["track"]] == ["flow_failed"]
    assert trial.pushes(call) == [f"{call}/1", f"{call}/2"]


def test_a_ledger_that_is_locked_for_a_while_delays_the_record_and_says_so(trial: Trial) -> None:
    trial.start()
    first = trial.call(1, recorded=False)
    trial.until_done(first)
    holder = sqlite3.connect(trial.layout.ledger, isolation_level=None, timeout=PATIENCE_S)
    holder.execute("BEGIN IMMEDIATE")
    call = trial.call(2, recorded=False)
    trial.until(lambda: "database is locked" in trial.log(), "a clear log line")
    assert trial.ledger.record_of(call) is None
    holder.execute("ROLLBACK")
    holder.close()
    trial.until_done(call)


def test_a_ledger_that_cannot_be_written_delays_the_start_and_says_so(trial: Trial) -> None:
    with trial.layout.ledger.open("r+b") as file:
        os.pwrite(file.fileno(), b"\x03", 18)  # the header's write version: SQLite takes a file of the future for read-only
    trial.start()
    call = trial.call(1, recorded=False)
    trial.until(lambda: "readonly" in trial.log(), "a clear log line")
    with trial.layout.ledger.open("r+b") as file:
        os.pwrite(file.fileno(), b"\x02", 18)
    trial.until_done(call)


def test_a_backend_that_is_down_delays_only_the_push(trial: Trial) -> None:
    trial.backend.status = 503
    trial.start()
    call = trial.call(1)
    trial.until((trial.layout.journal_kept(call) / f"{call}.jsonl").exists, "the journal at rest")
    assert trial.record(call)["recording"]["state"] == "complete"
    trial.backend.status = 0
    trial.until_done(call)
    assert_arrived_once(trial, call)
