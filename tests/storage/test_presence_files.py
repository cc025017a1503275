"""Agents' days on the disk."""

import logging
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hotline.identity import AgentId
from routing.moves import Presence
from routing.turn import PresenceMoved
from storage.presence_files import FOLDER, PresenceFiles, day_of

LATE = datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)
"""One second before midnight in China."""
READY = PresenceMoved(at=LATE, agent=AgentId("1001"), presence=Presence.READY, there=True)
PAUSED = PresenceMoved(at=LATE, agent=AgentId("1002"), presence=Presence.PAUSED, there=False, reason="meal", by="1009")
NEXT = PresenceMoved(at=LATE.replace(hour=16, minute=0, second=0), agent=AgentId("1001"), presence=Presence.TALKING, there=True)


def test_each_line_comes_back_on_its_day_in_china(tmp_path: Path) -> None:
    days = PresenceFiles(tmp_path)
    days.write([READY, PAUSED])
    days.write([])
    days.write([NEXT])
    assert list(day_of(tmp_path, date(2026, 11, 23))) == [READY, PAUSED]
    assert list(day_of(tmp_path, date(2026, 11, 24))) == [NEXT]
    assert list(day_of(tmp_path, date(2026, 11, 25))) == []


def test_a_torn_line_is_left_out_and_the_rest_is_read(tmp_path: Path) -> None:
    days = PresenceFiles(tmp_path)
    days.write([READY])
    path = tmp_path / FOLDER / "20261123.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + '{"at": "2026-11-2\n', encoding="utf-8")
    days.write([PAUSED])
    assert list(day_of(tmp_path, date(2026, 11, 23))) == [READY, PAUSED]


def test_a_disk_that_takes_nothing_is_said_once_and_stops_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FOLDER).write_text("no folder", encoding="utf-8")
    days = PresenceFiles(tmp_path)
    with caplog.at_level(logging.ERROR):
        days.write([READY])
        days.write([READY])
    assert [record.getMessage().partition("（")[0] for record in caplog.records] == ["坐席轨迹写不进"]
    (tmp_path / FOLDER).unlink()
    days.write([READY])
    assert list(day_of(tmp_path, date(2026, 11, 23))) == [READY]
