"""Alarms: one file per trouble, seen by everybody, never in the way of anything."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hotline.errors import OurMistake
from storage import alarm_files
from storage.alarm_files import FOLDER, WRITE_AGAIN, Alarm, alarms_in, clear_alarm, raise_alarm

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
WORDS = "磁盘已满：请清理 the disk is full: make room"


def full(path: Path) -> None:
    """No folder can be made, no file written: what a full disk looks like to a small file."""
    (path / FOLDER).write_text("")


def test_an_alarm_tells_since_when_how_often_and_what_to_do(tmp_path: Path) -> None:
    raise_alarm(tmp_path, "disk-full", WORDS, now=NOON)
    raise_alarm(tmp_path, "disk-full", WORDS, now=NOON + WRITE_AGAIN)
    [alarm] = alarms_in(tmp_path)
    assert (alarm.name, alarm.words, alarm.since, alarm.last, alarm.count) == ("disk-full", WORDS, NOON, NOON + WRITE_AGAIN, 2)


def test_a_trouble_is_one_critical_line_however_often_it_is_met(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for second in range(100):
        raise_alarm(tmp_path, "disk-full", WORDS, now=NOON + timedelta(seconds=second))
    assert [(record.levelno, WORDS in record.getMessage()) for record in caplog.records] == [(logging.CRITICAL, True)]


def test_a_trouble_that_is_met_in_a_rush_writes_its_file_seldom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    whole = alarm_files._write

    def noticed(path: Path, alarm: Alarm) -> bool:
        written.append(alarm.count)
        return whole(path, alarm)

    monkeypatch.setattr(alarm_files, "_write", noticed)
    for millisecond in range(0, 10_001, 10):
        raise_alarm(tmp_path, "disk-full", WORDS, now=NOON + timedelta(milliseconds=millisecond))
    assert written == [1, 501, 1001]
    assert alarms_in(tmp_path)[0].count == 1001


def test_another_trouble_under_the_same_name_is_told_at_once(tmp_path: Path) -> None:
    raise_alarm(tmp_path, "disk-full", WORDS, now=NOON)
    raise_alarm(tmp_path, "disk-full", "记录暂存内存 facts wait in memory", now=NOON)
    assert alarms_in(tmp_path)[0].words.startswith("记录")


def test_an_alarm_goes_on_in_the_next_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    raise_alarm(tmp_path, "disk-full", WORDS, now=NOON)
    monkeypatch.setattr(alarm_files, "_MINE", {})
    raise_alarm(tmp_path, "disk-full", WORDS, now=NOON + timedelta(hours=1))
    [alarm] = alarms_in(tmp_path)
    assert (alarm.since, alarm.count, len(caplog.records)) == (NOON, 2, 1)


def test_a_cleared_alarm_is_gone_and_the_next_is_a_new_one(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    raise_alarm(tmp_path, "disk-full", WORDS, now=NOON)
    clear_alarm(tmp_path, "disk-full")
    assert alarms_in(tmp_path) == []
    raise_alarm(tmp_path, "disk-full", WORDS, now=NOON + timedelta(hours=1))
    assert alarms_in(tmp_path)[0].since == NOON + timedelta(hours=1)
    assert [record.levelno for record in caplog.records] == [logging.CRITICAL, logging.WARNING, logging.CRITICAL]


def test_an_alarm_that_another_process_cleared_is_raised_anew_at_once(tmp_path: Path) -> None:
    raise_alarm(tmp_path, "disk-full", WORDS, now=NOON)
    (tmp_path / FOLDER / "disk-full.json").unlink()
    raise_alarm(tmp_path, "disk-full", WORDS, now=NOON + timedelta(seconds=1))
    assert alarms_in(tmp_path)[0].since == NOON + timedelta(seconds=1)


def test_clearing_what_was_never_raised_says_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    clear_alarm(tmp_path, "disk-full")
    assert not caplog.records
    assert not (tmp_path / FOLDER).exists()


def test_an_alarm_that_no_disk_takes_stands_in_memory_until_one_does(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    full(tmp_path)
    raise_alarm(tmp_path, "disk-full", WORDS, now=NOON)
    assert [alarm.name for alarm in alarms_in(tmp_path)] == ["disk-full"]
    (tmp_path / FOLDER).unlink()
    raise_alarm(tmp_path, "disk-full", WORDS, now=NOON + WRITE_AGAIN)
    assert (tmp_path / FOLDER / "disk-full.json").exists()
    [alarm] = alarms_in(tmp_path)
    assert (alarm.since, alarm.count, len(caplog.records)) == (NOON, 2, 1)


def test_an_alarm_in_memory_can_be_cleared(tmp_path: Path) -> None:
    full(tmp_path)
    raise_alarm(tmp_path, "disk-full", WORDS, now=NOON)
    (tmp_path / FOLDER).unlink()
    clear_alarm(tmp_path, "disk-full")
    assert alarms_in(tmp_path) == []


@pytest.mark.parametrize("torn", ["", "{", "[]", '{"since": "2026-11-23"}'])
def test_a_file_that_nobody_can_read_is_an_alarm_all_the_same(tmp_path: Path, torn: str) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "disk-full.json").write_text(torn)
    assert "disk-full" in alarms_in(tmp_path)[0].words


def test_the_oldest_trouble_stands_first(tmp_path: Path) -> None:
    for name, hours in (("b", 2), ("a", 3), ("c", 1)):
        raise_alarm(tmp_path, name, WORDS, now=NOON + timedelta(hours=hours))
    assert [alarm.name for alarm in alarms_in(tmp_path)] == ["c", "b", "a"]


@pytest.mark.parametrize("name", ["", "Disk", "../disk", "disk full", "a" * 60])
def test_a_name_is_a_plain_word(tmp_path: Path, name: str) -> None:
    with pytest.raises(OurMistake):
        raise_alarm(tmp_path, name, WORDS)
