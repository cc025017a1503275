"""From what the supervisor knows to a report."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.health import MANY_RESTARTS, as_json, as_text, from_json, report_of
from app.places import Places
from app.restarts import Watch, heard, started, unheard
from console.model import HealthReport
from hotline.errors import DoorClosed
from storage.alarm_files import raise_alarm
from storage.node_lock import NodeLock

WELL = heard(started(Watch(), 0.0, adopted=False), 1.0)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(var=tmp_path)
    made.make()
    return made


def report(places: Places, **watches: Watch) -> HealthReport:
    return report_of(state="running", watches=watches, pids={"agi": 7}, live_calls=2, places=places, notes=())


def test_a_report_survives_its_json(places: Places) -> None:
    made = report(places, agi=WELL, worker=unheard(WELL, "mute"))
    assert from_json(json.loads(json.dumps({"born": 1.0, **as_json(made)}))) == made


def test_who_leads_is_said_by_name_and_term(places: Places) -> None:
    assert report(places, routing=WELL).leader == ""
    NodeLock(places.run).begin(4)
    made = report_of(state="running", watches={"standby": WELL}, pids={"standby": os.getpid()}, live_calls=0, places=places, notes=())
    assert made.leader == "standby（第 4 任 term 4）"
    assert "leads: standby" in as_text(made)


def test_something_else_than_a_report_is_a_closed_door() -> None:
    with pytest.raises(DoorClosed):
        from_json({"error": "not a request"})


def test_all_well_is_healthy(places: Places) -> None:
    assert report(places, agi=WELL).healthy


@pytest.mark.parametrize("watch", [Watch(), started(Watch(), 0.0, adopted=False), unheard(WELL, "mute")])
def test_a_process_that_does_not_answer_says_why(places: Places, watch: Watch) -> None:
    made = report(places, agi=watch)
    assert not made.healthy
    assert made.processes[0].words


def test_journals_are_counted_and_old_ones_alarm(places: Places) -> None:
    (places.journal / "open" / "hl1-1.1.jsonl").touch()
    (places.journal / "closed" / "hl1-1.2.jsonl").touch()
    made = report(places, agi=WELL)
    assert (made.open_journals, made.backlog, made.alarms) == (1, 1, ())
    os.utime(places.journal / "closed" / "hl1-1.2.jsonl", (1000.0, 1000.0))
    assert "worker" in report(places, agi=WELL).alarms[0]


def test_an_alarm_that_somebody_raised_is_shown_with_its_time_in_china_and_is_not_healthy(places: Places) -> None:
    raise_alarm(places.var, "disk-full", "磁盘已满：请清理", now=datetime(2026, 11, 23, 16, 0, tzinfo=UTC))
    made = report(places, agi=WELL)
    assert made.alarms == ("磁盘已满：请清理（11-24 00:00:00 起，1 次 disk-full）",)
    assert not made.healthy


def test_the_status_for_a_terminal_tells_each_process_and_each_alarm(places: Places) -> None:
    raise_alarm(places.var, "disk-full", "磁盘已满：请清理")
    text = as_text(report(places, agi=WELL, worker=unheard(WELL, "mute")))
    assert text.startswith("需要处理")
    assert "异常 mute" in text
    assert "告警 alarm: 磁盘已满：请清理" in text


def test_many_restarts_alarm_and_name_the_log(places: Places) -> None:
    watch = Watch(started_at=0.0, heard_at=1.0, restarts=MANY_RESTARTS)
    assert "agi.log" in report(places, agi=watch).alarms[0]
