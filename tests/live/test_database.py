"""Databases that are gone, locked, read-only or replaced under a real worker: it waits, says so, goes on by itself; each record once."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from storage.alarm_files import alarms_in
from storage.layout import Layout
from tests.live.small_disk import disk
from tests.live.worker_trial import PATIENCE_S, PROJECT, Trial, assert_arrived_once
from tests.storage.ticket_backend import running

__all__ = ["disk"]


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    with running() as backend:
        trial = Trial(tmp_path, backend)
        yield trial
        trial.shut()


def alarms(layout: Layout) -> dict[str, str]:
    return {alarm.name: alarm.words for alarm in alarms_in(layout.var)}


def until_alarm(trial: Trial, name: str, words: str = "") -> None:
    trial.until(lambda: words in alarms(trial.layout).get(name, "\0"), f"the alarm {name} {words}")


def until_no_alarm(trial: Trial) -> None:
    trial.until(lambda: not alarms(trial.layout), "no alarm any more")


def take_away(path: Path) -> None:
    """The database with all that belongs to it."""
    for each in path.parent.glob(f"{path.name}*"):
        each.rename(each.with_name(f"away-{each.name}"))


def put_back(path: Path) -> None:
    for each in path.parent.glob(f"away-{path.name}*"):
        each.rename(each.with_name(each.name.removeprefix("away-")))


def test_a_ledger_that_was_taken_away_is_waited_for_and_never_made_anew(trial: Trial) -> None:
    trial.start()
    first = trial.call(1)
    trial.until_done(first)
    take_away(trial.layout.ledger)
    second = trial.call(2)
    until_alarm(trial, "database", "不见了")
    Event().wait(3.0)  # long enough for steps and rounds to run into it
    assert not trial.layout.ledger.exists()
    assert (trial.layout.journal_closed / f"{second}.jsonl").exists()
    put_back(trial.layout.ledger)
    trial.until_done(first, second)
    for call in (first, second):
        assert_arrived_once(trial, call)
    until_no_alarm(trial)


def test_a_worker_that_starts_without_the_ledger_of_an_old_system_waits_and_says_what_to_do(trial: Trial) -> None:
    worker = trial.start()
    first = trial.call(1)
    trial.until_done(first)
    worker.kill()
    worker.wait(PATIENCE_S)
    take_away(trial.layout.ledger)
    trial.start()
    second = trial.call(2)
    until_alarm(trial, "ledger-gone", "scripts/ledger rebuild")
    assert not trial.layout.ledger.exists()
    put_back(trial.layout.ledger)
    trial.until_done(first, second)
    assert_arrived_once(trial, second)
    until_no_alarm(trial)


def test_a_backup_in_its_place_makes_the_worker_begin_anew_with_it(trial: Trial) -> None:
    worker = trial.start()
    first = trial.call(1)
    trial.until_done(first)
    with sqlite3.connect(trial.layout.ledger) as ledger, sqlite3.connect(trial.layout.var / "backup") as backup:
        ledger.backup(backup)
    ledger.close()
    backup.close()
    take_away(trial.layout.ledger)
    shutil.move(trial.layout.var / "backup", trial.layout.ledger)
    assert worker.wait(PATIENCE_S) != 0
    assert "beginning anew" in worker.stderr.read().decode() if worker.stderr else ""
    trial.start()
    second = trial.call(2)
    trial.until_done(first, second)
    assert_arrived_once(trial, second)


def test_without_the_workflows_database_the_next_worker_finds_all_work_again(trial: Trial) -> None:
    trial.backend.seconds = 2.0
    worker = trial.start()
    first = trial.call(1)
    trial.until(lambda: "push begins" in trial.steps(), "the push")
    for path in trial.layout.workflows.parent.glob(f"{trial.layout.workflows.name}*"):
        path.unlink()
    assert worker.wait(PATIENCE_S) != 0
    trial.start()
    second = trial.call(2)
    trial.until_done(first, second)
    for call in (first, second):
        assert_arrived_once(trial, call)


def test_a_ledger_that_is_lost_for_good_is_rebuilt_from_the_journals_with_every_record_and_recording(trial: Trial) -> None:
    worker = trial.start()
    calls = [trial.call(number) for number in range(3)]
    trial.until_done(*calls)
    audio = [trial.record(call)["recording"]["sha256"] for call in calls]
    for path in trial.layout.ledger.parent.glob("ledger.sqlite*"):
        path.unlink()
    until_alarm(trial, "database", "不见了")
    words = [sys.executable, "-m", "app.cli", "ledger", "rebuild", "--var", str(trial.layout.var)]
    done = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "3 份通话日志" in done.stdout) == (0, True), done.stderr
    assert worker.wait(PATIENCE_S) != 0
    trial.start()
    trial.until_done(*calls)
    assert [trial.record(call)["recording"]["sha256"] for call in calls] == audio
    assert sorted(trial.backend.drafts) == sorted(calls)
    until_no_alarm(trial)


@pytest.mark.slow
@pytest.mark.parametrize("which", ["ledger", "workflows"])
def test_a_lock_of_some_seconds_delays_and_doubles_nothing(trial: Trial, which: str) -> None:
    trial.start()
    first = trial.call(1)
    trial.until_done(first)
    holder = sqlite3.connect(getattr(trial.layout, which), isolation_level=None, timeout=PATIENCE_S)
    holder.execute("BEGIN EXCLUSIVE")
    calls = [trial.call(number) for number in (2, 3)]
    until_alarm(trial, "database", "被占用")
    holder.execute("ROLLBACK")
    holder.close()
    trial.until_done(first, *calls)
    for call in (first, *calls):
        assert_arrived_once(trial, call)
        assert len(trial.pushes(call)) == len(set(trial.pushes(call)))
    until_no_alarm(trial)
