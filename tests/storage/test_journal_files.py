"""The journal on files: several processes, no waiting for the disk, nothing lost."""

import errno
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hotline.call_facts import Arrived, CallEnded, CallFact, KeysPressed
from hotline.identity import CallId
from records.journal import Journal, decode, merge
from storage import journal_files
from storage.alarm_files import alarms_in, raise_alarm
from storage.ballast import Ballast
from storage.journal_files import JournalFiles, calls_in, new_writer
from storage.journal_waiting import WaitingFacts
from storage.layout import Layout
from tests.checks.check_journal import ARRIVED, CALL, CHECKS, ENDED, OTHER, Stage

NOON_NS = 1_764_000_000_123_456_789


class FileStage:
    """The files as the worker finds them."""

    def __init__(self, var: Path, journal: JournalFiles) -> None:
        self.var = var
        self.journal = journal

    def read(self, call: CallId) -> Journal:
        self.journal.settle()
        return merge(decode(path.read_bytes()) for path in sorted((self.var / "journal").rglob(f"{call}.*jsonl")))

    def facts(self, call: CallId) -> list[CallFact]:
        return [line.fact for line in self.read(call).lines if line.fact]

    def closed(self, call: CallId) -> bool:
        self.journal.settle()
        return (self.var / "journal" / "closed" / f"{call}.jsonl").exists()


def journal_at(var: Path, name: str = "agi") -> JournalFiles:
    ticks = iter(range(NOON_NS, NOON_NS + 10**9, 1000))
    return JournalFiles(var, writer=new_writer(name), now_ns=lambda: next(ticks))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[JournalFiles]:
    journal = journal_at(tmp_path)
    yield journal
    journal.shut()


@pytest.fixture
def stage(tmp_path: Path, journal: JournalFiles) -> FileStage:
    return FileStage(tmp_path, journal)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_door_keeps_its_promise(check: Callable[[Stage], None], stage: FileStage) -> None:
    check(stage)


def test_a_line_says_who_wrote_it_when(stage: FileStage, journal: JournalFiles) -> None:
    journal.write(CALL, ARRIVED)
    [line] = stage.read(CALL).lines
    assert line.writer.startswith("agi-")
    assert (line.seq, line.at.isoformat()) == (1, "2025-11-24T16:00:00.123456+00:00")


def test_two_processes_of_the_same_name_are_two_writers() -> None:
    assert new_writer("agi") != new_writer("agi")


def test_a_writer_who_does_not_know_of_the_close_loses_nothing(tmp_path: Path, stage: FileStage, journal: JournalFiles) -> None:
    routing = journal_at(tmp_path, "routing")
    journal.write(CALL, ARRIVED)
    routing.write(CALL, ENDED)
    routing.close(CALL)
    routing.shut()
    journal.write(CALL, KeysPressed(question="q", digits="1"))
    late = list((tmp_path / "journal" / "late").iterdir())
    assert len(late) == 1
    assert [line.kind for line in decode(late[0].read_bytes()).lines] == ["keys_pressed"]
    assert len(stage.facts(CALL)) == 3


def test_a_fact_is_late_too_when_the_journal_already_rests(tmp_path: Path, stage: FileStage, journal: JournalFiles) -> None:
    journal.write(CALL, ARRIVED)
    journal.close(CALL)
    journal.settle()
    kept = tmp_path / "journal" / "kept" / "20251125"
    kept.mkdir()
    (tmp_path / "journal" / "closed" / f"{CALL}.jsonl").rename(kept / f"{CALL}.jsonl")
    journal.write(CALL, ENDED)
    assert not list((tmp_path / "journal" / "open").iterdir())
    assert len(list((tmp_path / "journal" / "late").iterdir())) == 1


def test_calls_of_two_days_are_looked_for_where_each_rests(tmp_path: Path, journal: JournalFiles) -> None:
    yesterday, today = CallId("hl1-1763900000.1"), CallId("hl1-1764000000.1")
    for call in (yesterday, today):
        kept = Layout(var=tmp_path).journal_kept(call)
        kept.mkdir()
        (kept / f"{call}.jsonl").write_bytes(b"")
    for call in (yesterday, today, yesterday):
        journal.write(call, ENDED)
    assert not calls_in(tmp_path / "journal" / "open")


def test_a_late_file_taken_away_by_the_worker_is_begun_anew(tmp_path: Path, journal: JournalFiles) -> None:
    journal.write(CALL, ARRIVED)
    journal.close(CALL)
    journal.settle()
    late = tmp_path / "journal" / "late"
    for taken in ("one", "two"):
        journal.write(CALL, ENDED)
        next(path for path in late.iterdir()).rename(tmp_path / taken)
    assert [line.seq for line in merge(decode((tmp_path / name).read_bytes()) for name in ("one", "two")).lines] == [2, 3]


def test_a_second_journal_of_a_finished_call_does_not_overwrite_the_first(tmp_path: Path, stage: FileStage, journal: JournalFiles) -> None:
    journal.write(CALL, ARRIVED)
    journal.close(CALL)
    journal.settle()
    (tmp_path / "journal" / "open" / f"{CALL}.jsonl").write_bytes(b"")
    journal.close(CALL)
    assert stage.facts(CALL) == [ARRIVED]
    assert len(list((tmp_path / "journal" / "late").iterdir())) == 1


def test_more_calls_than_descriptors_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: FileStage) -> None:
    monkeypatch.setattr(journal_files, "MOST_OPEN", 3)
    calls = [CallId(f"hl1-1764000000.{number}") for number in range(20)]
    for _ in range(3):
        for call in calls:
            stage.journal.write(call, ARRIVED)
    assert [len(stage.facts(call)) for call in calls] == [3] * 20


class FullDisk:
    """`os.write` and the making of files, on a disk that has so many bytes left. Everything else is real."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
        self.room = room
        self.refused = 0
        self._write, self._open = os.write, os.open
        monkeypatch.setattr(os, "write", self.write)
        monkeypatch.setattr(os, "open", self.open)

    def write(self, file: int, text: bytes) -> int:
        taken = min(self.room, len(text))
        if text and not taken:
            self.refused += 1
            raise OSError(errno.ENOSPC, "No space left on device")
        self.room -= taken
        return self._write(file, text[:taken])

    def open(self, path: str, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_CREAT and not self.room and not Path(path).exists():
            self.refused += 1
            raise OSError(errno.ENOSPC, "No space left on device")
        return self._open(path, flags, mode)


EVERYTHING = 10**9


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch, stage: FileStage) -> FullDisk:
    """Room for everything, until a test says otherwise. (The stage first: its own folders and threads are made before.)"""
    return FullDisk(monkeypatch, EVERYTHING)


def whole_lines(stage: FileStage) -> list[dict[str, Any]]:
    """The lines of the open journal that any reader of JSON can read, as they stand there."""
    found = []
    for line in (stage.var / "journal" / "open" / f"{CALL}.jsonl").read_bytes().split(b"\n"):
        with suppress(ValueError):
            found.append(json.loads(line))
    return found


def alarms(stage: FileStage) -> list[str]:
    return [alarm.name for alarm in alarms_in(stage.var)]


def test_on_a_full_disk_facts_wait_in_order_and_arrive_once_when_there_is_room(
    disk: FullDisk, journal: JournalFiles, stage: FileStage, caplog: pytest.LogCaptureFixture
) -> None:
    written: list[CallFact] = [ARRIVED, *(KeysPressed(question="q", digits=str(number)) for number in range(5)), ENDED]
    journal.write(CALL, written[0])
    disk.room = 0
    for fact in written[1:]:
        journal.write(CALL, fact)
    assert (journal.waiting, journal.lost, alarms(stage)) == (6, 0, ["facts-wait-agi"])
    assert [record.levelno for record in caplog.records if record.levelno == logging.CRITICAL] == [logging.CRITICAL]
    disk.room = EVERYTHING
    journal.write(CALL, ENDED)  # there is room, but the others were first
    assert stage.facts(CALL) == [*written, ENDED]
    assert (journal.waiting, alarms(stage), stage.read(CALL).unreadable) == (0, [], 0)
    assert [item["seq"] for item in whole_lines(stage)] == list(range(1, 9))


def test_a_new_call_on_a_full_disk_arrives_later_too(disk: FullDisk, journal: JournalFiles, stage: FileStage) -> None:
    disk.room = 0
    journal.write(CALL, ARRIVED)
    journal.write(OTHER, ARRIVED)
    assert (journal.waiting, stage.facts(CALL)) == (2, [])
    disk.room = EVERYTHING
    assert (stage.facts(CALL), stage.facts(OTHER)) == ([ARRIVED], [ARRIVED])


@pytest.mark.parametrize("room", range(1, 200, 13))
def test_a_line_torn_by_the_full_disk_is_glued_to_nothing_and_comes_again_whole(
    disk: FullDisk, journal: JournalFiles, stage: FileStage, tmp_path: Path, room: int
) -> None:
    journal.write(CALL, ARRIVED)
    disk.room = room
    journal.write(CALL, ENDED)
    disk.room = EVERYTHING
    routing = journal_at(tmp_path, "routing")
    routing.write(CALL, KeysPressed(question="q", digits="1"))  # right behind the torn line
    routing.shut()
    assert sorted(fact.kind for fact in stage.facts(CALL)) == ["arrived", "call_ended", "keys_pressed"]


def test_what_was_torn_ends_before_the_line_comes_again(disk: FullDisk, journal: JournalFiles, stage: FileStage) -> None:
    journal.write(CALL, ARRIVED)
    disk.room = 20
    journal.write(CALL, ENDED)
    disk.room = EVERYTHING
    journal.settle()
    assert [item["fact"] for item in whole_lines(stage)] == ["arrived", "call_ended"]


def test_a_journal_is_closed_only_after_its_waiting_facts(disk: FullDisk, journal: JournalFiles, stage: FileStage) -> None:
    journal.write(CALL, ARRIVED)
    disk.room = 0
    journal.write(CALL, ENDED)
    journal.close(CALL)
    assert not stage.closed(CALL)
    disk.room = EVERYTHING
    assert stage.closed(CALL)
    assert len(decode((stage.var / "journal" / "closed" / f"{CALL}.jsonl").read_bytes()).lines) == 2


def test_facts_that_waited_while_another_process_closed_the_journal_come_late(
    disk: FullDisk, journal: JournalFiles, stage: FileStage, tmp_path: Path
) -> None:
    routing = journal_at(tmp_path, "routing")
    routing.write(CALL, ENDED)
    disk.room = 0
    journal.write(CALL, ARRIVED)
    routing.close(CALL)
    routing.shut()
    disk.room = EVERYTHING
    assert len(stage.facts(CALL)) == 2
    assert len(list((tmp_path / "journal" / "late").iterdir())) == 1


def test_facts_that_are_written_while_the_journal_is_closed_come_late(
    disk: FullDisk, journal: JournalFiles, stage: FileStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.write(CALL, ARRIVED)
    disk.room = 0
    journal.write(CALL, ENDED)
    disk.room = EVERYTHING
    whole = journal_files._write_whole

    def closed_meanwhile(file: int, line: bytes) -> None:
        path = stage.var / "journal" / "open" / f"{CALL}.jsonl"
        if path.exists():
            path.rename(stage.var / "journal" / "closed" / path.name)
        whole(file, line)

    monkeypatch.setattr(journal_files, "_write_whole", closed_meanwhile)
    journal.settle()
    [late] = (stage.var / "journal" / "late").iterdir()
    assert [line.fact for line in decode(late.read_bytes()).lines] == [ENDED]


def test_the_ballast_is_released_before_anything_waits(
    disk: FullDisk, journal: JournalFiles, stage: FileStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ballast(stage.var).make(1)
    whole = Ballast.release

    def makes_room(ballast: Ballast) -> bool:
        disk.room = EVERYTHING
        return whole(ballast)

    monkeypatch.setattr(Ballast, "release", makes_room)
    disk.room = 0
    journal.write(CALL, ARRIVED)
    assert (journal.waiting, Ballast(stage.var).mib) == (0, 0)
    assert stage.facts(CALL) == [ARRIVED]


def test_a_disk_that_is_broken_in_another_way_keeps_its_ballast(
    journal: JournalFiles, stage: FileStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ballast(stage.var).make(1)
    with monkeypatch.context() as broken:
        broken.setattr(os, "write", lambda *_: (_ for _ in ()).throw(OSError(errno.EIO, "Input/output error")))
        journal.write(CALL, ARRIVED)
    assert (journal.waiting, Ballast(stage.var).mib) == (1, 1)
    assert stage.facts(CALL) == [ARRIVED]


def test_a_journal_that_cannot_be_renamed_is_closed_later(journal: JournalFiles, stage: FileStage, monkeypatch: pytest.MonkeyPatch) -> None:
    journal.write(CALL, ARRIVED)
    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")))
        journal.close(CALL)
        journal.settle()
        assert alarms(stage) == ["facts-wait-agi"]
    assert stage.closed(CALL)
    assert alarms(stage) == []


def test_when_memory_is_full_too_facts_are_lost_and_it_is_said(disk: FullDisk, journal: JournalFiles, stage: FileStage) -> None:
    journal._waiting = WaitingFacts(most_bytes=500)
    disk.room = 0
    for _ in range(10):
        journal.write(CALL, ENDED)
    assert journal.lost + journal.waiting == 10
    assert journal.lost > 0
    assert alarms(stage) == ["facts-wait-agi", "facts-lost-agi"]
    disk.room = EVERYTHING
    assert stage.facts(CALL) == [ENDED] * (10 - journal.lost)


def test_a_process_that_ends_on_a_full_disk_says_what_is_lost(disk: FullDisk, journal: JournalFiles, stage: FileStage) -> None:
    disk.room = 0
    journal.write(CALL, ARRIVED)
    journal.shut()
    assert (journal.lost, alarms(stage)) == (1, ["facts-lost-agi"])


def test_the_next_process_says_that_the_one_before_died_with_facts_in_its_memory(stage: FileStage, tmp_path: Path) -> None:
    raise_alarm(tmp_path, "facts-wait-agi", "写不进磁盘 cannot be written")
    journal_at(tmp_path).shut()
    assert alarms(stage) == ["facts-lost-agi"]


def test_orphans_are_open_journals_without_a_channel(journal: JournalFiles, tmp_path: Path) -> None:
    journal.write(CALL, ARRIVED)
    journal.write(OTHER, ARRIVED)
    (tmp_path / "journal" / "open" / "notes.txt").write_text("left by somebody")
    assert journal.orphans({OTHER}) == [CALL]
    assert sorted(calls_in(tmp_path / "journal" / "open")) == [CALL, OTHER]


def test_shutting_leaves_journals_of_calls_that_go_on_open(tmp_path: Path) -> None:
    journal = journal_at(tmp_path)
    journal.write(CALL, ARRIVED)
    journal.shut()
    assert calls_in(tmp_path / "journal" / "open") == [CALL]


WRITER = """
import sys
from pathlib import Path
from hotline.call_facts import KeysPressed
from hotline.identity import CallId
from storage.journal_files import JournalFiles, new_writer
journal = JournalFiles(Path(sys.argv[1]), writer=new_writer("w"))
for number in range(400):
    journal.write(CallId(sys.argv[2]), KeysPressed(question="q" * (number % 50), digits=str(number)))
    if sys.argv[3] == "close" and number == 200:
        journal.close(CallId(sys.argv[2]))
journal.shut()
"""


@pytest.mark.slow
def test_three_processes_at_one_call_while_it_is_closed_lose_no_line(tmp_path: Path, stage: FileStage) -> None:
    def start(what: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), CALL, what], cwd=Path(__file__).parents[2])

    writers = [start(what) for what in ("write", "close", "write")]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    journal = stage.read(CALL)
    assert (len(journal.lines), journal.unreadable) == (1200, 0)


def test_facts_from_an_arrival_to_an_end_are_what_the_worker_reads(stage: FileStage) -> None:
    for fact in (Arrived(called="12345", caller="19900000001", trunk="t"), CallEnded(by="us")):
        stage.journal.write(CALL, fact)
    stage.journal.close(CALL)
    assert [type(fact) for fact in stage.facts(CALL)] == [Arrived, CallEnded]
