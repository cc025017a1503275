"""`scripts/simulate` from the command line."""

from pathlib import Path

import pytest

from app.cli import main
from app.prompts_cli import CALLED_FROM


def test_a_day_beside_the_planner_is_simulated_and_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.toml").write_text('name = "春节"\nafter_call_s = 0\n', encoding="utf-8")
    monkeypatch.setenv(CALLED_FROM, str(tmp_path))
    assert main(["simulate", "mine.toml", "--calls", "30", "--days", "1", "--draw", "out.svg"]) == 0
    told = capsys.readouterr().out
    assert "春节：30 个来电" in told
    assert (tmp_path / "out.svg").exists()


def test_a_missed_target_is_an_exit_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.toml").write_text(f"agents = {[0] * 24}\n", encoding="utf-8")
    monkeypatch.setenv(CALLED_FROM, str(tmp_path))
    assert main(["simulate", "mine.toml", "--calls", "30", "--days", "1"]) == 1
