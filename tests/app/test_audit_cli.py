"""`scripts/audit` in words."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from app.cli import main
from hotline.access import Access
from hotline.audit import Act
from storage.access_log import AccessLogTable
from storage.audit_files import AuditFiles
from storage.engine import open_for_writing
from storage.layout import Layout
from storage.migrate import prepare_ledger
from tests.fakes.fake_clock import NOON


def act(var: Path, what: str) -> Path:
    asyncio.run(AuditFiles(var).keep(Act(at=NOON, by="1009", act=what, agent="1001", call="hl1-1764000000.1")))
    [path] = (var / "audit").glob("*.jsonl")
    return path


def test_the_last_acts_are_shown_and_the_chain_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    act(tmp_path, "listen")
    act(tmp_path, "take_over")
    assert main(["audit", "--var", str(tmp_path), "--count", "1"]) == 0
    said = capsys.readouterr().out
    assert "1009  take_over  1001  hl1-1764000000.1  done" in said
    assert "listen" not in said
    assert "审计日志完整" in said


def test_a_log_that_was_touched_is_told_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = act(tmp_path, "listen")
    path.write_text(path.read_text().replace("1001", "1002"))
    assert main(["audit", "--var", str(tmp_path)]) == 1
    assert f"{path.name}:1 changed" in capsys.readouterr().err


def test_where_nothing_was_ever_done_there_is_nothing_to_tell(tmp_path: Path) -> None:
    assert main(["audit", "--var", str(tmp_path)]) == 0


def seen(var: Path) -> str:
    """One line of the access log. Returns what `audit` tells to be noted."""
    layout = Layout(var=var)
    prepare_ledger(layout)
    engine = open_for_writing(layout.ledger)
    AccessLogTable(engine).write(Access(at=NOON, actor="p-1001", act="tickets.read"), Access(at=NOON, actor="p-1002", act="tickets.read"))
    number, seal = AccessLogTable(engine).head()
    engine.dispose()
    return f"{number}:{seal[:16]}"


def test_the_access_log_is_looked_through_too_and_its_last_seal_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    noted = seen(tmp_path)
    assert main(["audit", "--var", str(tmp_path)]) == 0
    assert noted in capsys.readouterr().out
    assert main(["audit", "--var", str(tmp_path), "--noted", noted]) == 0


def test_an_access_log_whose_tail_was_cut_off_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    noted = seen(tmp_path)
    with sqlite3.connect(Layout(var=tmp_path).ledger) as database:
        database.execute("DROP TRIGGER access_log_no_delete")
        database.execute("DELETE FROM access_log WHERE seq = 2")
    database.close()
    assert main(["audit", "--var", str(tmp_path), "--noted", noted]) == 1
    assert "access_log:2 missing" in capsys.readouterr().err
    Layout(var=tmp_path).ledger.unlink()
    assert main(["audit", "--var", str(tmp_path), "--noted", noted]) == 1


def test_a_seal_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["audit", "--var", str(tmp_path), "--noted", "2:"])
    assert "NUMBER:SEAL" in capsys.readouterr().err
