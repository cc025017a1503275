"""`scripts/prompts` in words: check, script, install."""

from pathlib import Path

import pytest

from app.cli import main
from app.prompts_cli import CALLED_FROM


def test_the_shipped_prompts_pass_their_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prompts", "check"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "全部合格 all right"


def test_a_missing_prompt_is_told_with_exit_code_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "hotline.toml").write_text('[[lines]]\nnumber = "12345"\nname = "x"\ngreeting = "welcome-home"\n', encoding="utf-8")
    assert main(["prompts", "check", "--config", str(tmp_path / "hotline.toml")]) == 1
    assert "有 1 处问题 problems:\nwelcome-home: " in capsys.readouterr().out


def test_the_studio_s_script_has_a_line_for_each_prompt(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prompts", "script", "--all"]) == 0
    assert "goodbye\t感谢您的来电，再见。\tzh_CN/goodbye.wav" in capsys.readouterr().out.splitlines()


def test_a_file_is_looked_for_where_the_operator_stood(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CALLED_FROM, str(tmp_path))
    assert main(["prompts", "install", "goodbye", "take.wav"]) == 1
    assert f"{tmp_path}/take.wav: 读不到" in capsys.readouterr().err
