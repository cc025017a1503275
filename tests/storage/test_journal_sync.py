"""The thread that brings journals to the disk."""

import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import journal_sync
from storage.journal_sync import JournalSync


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The descriptors that were synced, in order."""
    synced: list[int] = []
    monkeypatch.setattr(os, "fdatasync", synced.append)
    return synced


@pytest.fixture
def sync() -> Iterator[JournalSync]:
    sync = JournalSync()
    yield sync
    sync.shut()


def new_file(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT)


def test_marks_of_one_file_cost_one_sync(sync: JournalSync, synced: list[int], tmp_path: Path) -> None:
    file = new_file(tmp_path / "a")
    go = threading.Event()

    def hold() -> None:
        go.wait()

    sync.then(hold)
    for _ in range(10):
        sync.mark(file, urgent=True)
    go.set()
    sync.settle()
    sync.close(file)
    assert synced == [file]


def test_closing_syncs_only_what_was_written_since(sync: JournalSync, synced: list[int], tmp_path: Path) -> None:
    clean, dirty = new_file(tmp_path / "a"), new_file(tmp_path / "b")
    sync.settle()
    sync.mark(dirty, urgent=False)
    sync.close(clean)
    sync.close(dirty)
    sync.settle()
    assert synced == [dirty]
    for file in (clean, dirty):
        with pytest.raises(OSError, match="descriptor"):
            os.fstat(file)


def until_idle(sync: JournalSync) -> None:
    """All jobs asked for so far are done; unlike `settle`, nothing is synced for it."""
    done = threading.Event()
    sync.then(done.set)
    assert done.wait(5)


def test_hurry_for_one_file_leaves_the_others_for_the_second(sync: JournalSync, synced: list[int], tmp_path: Path) -> None:
    patient, urgent = new_file(tmp_path / "a"), new_file(tmp_path / "b")
    sync.mark(patient, urgent=False)
    sync.mark(urgent, urgent=True)
    until_idle(sync)
    assert synced == [urgent]
    sync.settle()
    assert synced == [urgent, patient]
    for file in (patient, urgent):
        sync.close(file)


def test_in_a_rush_urgent_files_wait_for_each_other(
    sync: JournalSync, synced: list[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(journal_sync, "EVERY_S", 3600.0)
    monkeypatch.setattr(journal_sync, "URGENT_EVERY_S", 3600.0)
    first, second, third = (new_file(tmp_path / name) for name in "abc")
    for file in (first, second, third):
        sync.mark(file, urgent=True)
        until_idle(sync)
    assert synced == [first]
    sync.close(second)  # its own sync, and none any more in the pass
    sync.settle()
    assert synced == [first, second, third]
    for file in (first, third):
        sync.close(file)


def test_after_a_rush_urgent_files_are_synced_though_nobody_asks_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(journal_sync, "EVERY_S", 3600.0)
    monkeypatch.setattr(journal_sync, "URGENT_EVERY_S", 0.01)
    done = threading.Semaphore(0)
    monkeypatch.setattr(os, "fdatasync", lambda _file: done.release())
    sync = JournalSync()
    first, second = new_file(tmp_path / "a"), new_file(tmp_path / "b")
    for file in (first, second):
        sync.mark(file, urgent=True)
        assert done.acquire(timeout=5)
    for file in (first, second):
        sync.close(file)
    sync.shut()


def test_without_hurry_it_is_synced_within_the_second(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    done = threading.Event()
    monkeypatch.setattr(os, "fdatasync", lambda _file: done.set())
    monkeypatch.setattr(journal_sync, "EVERY_S", 0.01)
    sync = JournalSync()
    file = new_file(tmp_path / "a")
    sync.settle()
    sync.mark(file, urgent=False)
    assert done.wait(5)
    sync.close(file)
    sync.shut()


def test_a_disk_that_cannot_sync_alarms_and_the_thread_goes_on(
    sync: JournalSync, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    def broken(_file: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", broken)
    file = new_file(tmp_path / "a")
    with caplog.at_level(logging.CRITICAL):
        sync.mark(file, urgent=True)
        sync.settle()
    sync.close(file)
    assert "Input/output error" in caplog.text


def test_a_job_that_breaks_does_not_stop_the_next(sync: JournalSync, caplog: pytest.LogCaptureFixture) -> None:
    ran: list[str] = []

    def broken() -> None:
        raise KeyError("a job")

    sync.then(broken)
    sync.then(lambda: ran.append("next"))
    sync.settle()
    assert ran == ["next"]
    assert "KeyError" in caplog.text


def test_shutting_what_never_began_is_fine() -> None:
    JournalSync().shut()
