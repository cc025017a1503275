"""`scripts/ledger` and `scripts/alarms` in words."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cli import main
from storage.alarm_files import alarms_in, raise_alarm
from storage.engine import open_for_writing
from storage.layout import Layout
from storage.ledger import LedgerBook
from storage.migrate import migrate
from storage.outbox import Outbox

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
RECORD = {"call": "hl1-1764000000.1", "arrived": "2026-11-23T04:00:00Z", "ended": "", "called": "12345"}


@pytest.fixture
def var(tmp_path: Path) -> Path:
    Layout(var=tmp_path).make()
    return tmp_path


@pytest.fixture
def outbox(var: Path) -> Iterator[Outbox]:
    """One draft that the backend has refused."""
    migrate(Layout(var=var).ledger)
    engine = open_for_writing(Layout(var=var).ledger)
    LedgerBook(engine).keep_record(RECORD, now=NOON)
    outbox = Outbox(engine)
    outbox.refused(RECORD["call"], 1, "400: no such district")
    yield outbox
    engine.dispose()


def test_a_draft_that_needs_a_person_is_shown_and_pushed_again(var: Path, outbox: Outbox, capsys: pytest.CaptureFixture[str]) -> None:
    raise_alarm(var, "drafts-person", "有业务单推送不成功 look")
    assert main(["ledger", "drafts", "--var", str(var)]) == 0
    assert capsys.readouterr().out == "hl1-1764000000.1/1  400: no such district\n"
    assert main(["ledger", "push-again", "--var", str(var)]) == 0
    assert "1 份" in capsys.readouterr().out
    assert outbox.due(datetime.now(UTC)) == [("hl1-1764000000.1", 1, 0)]
    assert alarms_in(var) == []
    assert main(["ledger", "drafts", "--var", str(var)]) == 0
    assert "没有" in capsys.readouterr().out


def test_nothing_is_rebuilt_where_nothing_is_lost(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "rebuild", "--var", str(var)]) == 1
    assert "不需要重建" in capsys.readouterr().err


def test_alarms_are_shown_and_cleared_by_name(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raise_alarm(var, "facts-lost-agi", "通话事实丢失，请核对 check the calls", now=NOON)
    assert main(["alarms", "--var", str(var)]) == 0
    assert "通话事实丢失，请核对" in capsys.readouterr().out
    assert main(["alarms", "--clear", "nothing", "--var", str(var)]) == 1
    assert main(["alarms", "--clear", "facts-lost-agi", "--var", str(var)]) == 0
    assert "没有告警" in capsys.readouterr().out
