"""`scripts/emergency` on the command line."""

from pathlib import Path

import pytest

from app.cli import main, parser
from app.places import PROJECT

SHIPPED = str(PROJECT / "config" / "hotline.toml")


def test_every_action_is_known_and_a_service_may_be_named() -> None:
    for words in (["check"], ["try"], ["try", "110"], ["self-test"]):
        assert parser().parse_args(["emergency", *words]).run
    with pytest.raises(SystemExit):
        parser().parse_args(["emergency", "try", "911"])


def test_the_check_says_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emergency", "check", "--config", SHIPPED, "--var", str(tmp_path)]) == 0
    assert "紧急求助键只转值班坐席" in capsys.readouterr().out
    broken = tmp_path / "hotline.toml"
    broken.write_text("[emergency]\nself_test = '04:30'\n", encoding="utf-8")
    assert main(["emergency", "check", "--config", str(broken), "--var", str(tmp_path)]) == 1
    assert f"✗ {broken}:1: emergency.services: 缺少 110" in capsys.readouterr().out


def test_there_is_nothing_to_try_without_targets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emergency", "try", "--config", SHIPPED, "--var", str(tmp_path)]) == 1
    assert "拨不到 110、120、119、122" in capsys.readouterr().err


def test_a_self_test_that_fails_says_where_its_alarm_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emergency", "self-test", "--config", SHIPPED, "--var", str(tmp_path)]) == 1
    assert f"emergency-self-test in {tmp_path}/alarms" in capsys.readouterr().out
