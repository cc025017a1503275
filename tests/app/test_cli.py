"""The command line; what it starts is tested in tests/live/test_up.py."""

from pathlib import Path

import pytest

from app.cli import main, parser


def test_every_command_has_settings_and_a_directory_of_its_own() -> None:
    for words in (["up"], ["serve", "agi"], ["supervise"], ["health"], ["trunk", "check"], ["calls", "latest"], ["record", "hl1-1.1"]):
        asked = parser().parse_args([*words, "--config", "c.toml", "--var", "v"])
        assert (asked.config, asked.var) == (Path("c.toml"), Path("v"))


def test_wrong_settings_are_said_plainly_with_exit_code_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "hotline.toml"
    config.write_text("[sip]\nport = 0\n", encoding="utf-8")
    assert main(["up", "--config", str(config), "--var", str(tmp_path / "v")]) == 1
    said = capsys.readouterr().err
    assert f"{config}:2: sip.port" in said
    assert "Traceback" not in said


def test_a_directory_that_does_not_run_is_reported_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "journal").mkdir()
    assert main(["health", "--var", str(tmp_path)]) == 1
    assert '"state": "alone"' in capsys.readouterr().out


def test_an_unknown_command_is_refused_with_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["dance"])
    assert refused.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_the_status_of_what_was_never_started_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", "--status", "--var", str(tmp_path / "var")]) == 1
    assert "scripts/up" in capsys.readouterr().out
