"""`scripts/audit` in words."""

import asyncio
from pathlib import Path

import pytest

from app.cli import main
from hotline.audit import Act
from storage.audit_files import AuditFiles
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
