"""`scripts/line` in words."""

from pathlib import Path

import pytest

from app.cli import main
from app.places import PROJECT
from app.prompts_cli import CALLED_FROM

SHIPPED = (PROJECT / "config" / "line.toml").read_text(encoding="utf-8")


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv(CALLED_FROM, str(tmp_path))
    (tmp_path / "mine.toml").write_text(SHIPPED.replace('"2026.1"', '"2026.2"'), encoding="utf-8")
    return ["--var", str(tmp_path / "var")]


def test_the_shipped_menu_passes_its_check(var: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["line", "check", *var]) == 0
    assert "可以发布" in capsys.readouterr().out


def test_publish_versions_back_show(var: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert [main(["line", *words, *var]) for words in (["publish"], ["publish", "mine.toml"], ["versions"], ["back"], ["show"])] == [0] * 5
    said = capsys.readouterr().out
    assert "2026.2           " in said
    assert "已退回 back to：版本 2026.1" in said
    assert SHIPPED.splitlines()[0] in said


def test_what_is_wrong_is_exit_code_one_without_a_trace(var: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.toml").write_text("version = 3", encoding="utf-8")
    assert main(["line", "check", "mine.toml", *var]) == 1
    assert "第 1 行" in capsys.readouterr().err


def test_a_picture_lands_where_the_clerk_stood(var: list[str], tmp_path: Path) -> None:
    assert main(["line", "draw", "menu.svg", *var]) == 0
    assert main(["line", "draw", "mine.toml", "mine.svg", *var]) == 0
    assert {path.name for path in tmp_path.glob("*.svg")} == {"menu.svg", "mine.svg"}


def test_a_try_plays_what_is_typed(var: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["0", ""])
    monkeypatch.setattr("builtins.input", lambda _question: next(typed))
    assert main(["line", "try", "--at", "2026-12-01T10:00", *var]) == 0
    assert "转人工" in capsys.readouterr().out


def test_a_call_to_nobody_is_refused(var: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secrets.toml").write_text(f'ami_password = "{"x" * 24}"\n', encoding="utf-8")
    assert main(["line", "call", "mine.toml", "1999", *var]) == 1
    assert "没有这个坐席" in capsys.readouterr().err
