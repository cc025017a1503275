"""`scripts/surge` in words."""

from pathlib import Path

import pytest

from app.cli import main
from storage.layout import Layout
from storage.surge_files import SurgeFiles


def told(capsys: pytest.CaptureFixture[str], var: Path, *words: str) -> str:
    assert main(["surge", *words, "--var", str(var)]) == 0
    return capsys.readouterr().out


def test_a_notice_goes_on_is_shown_and_goes_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "没有公告" in told(capsys, tmp_path)
    assert "正在播报 is on: typhoon-" in told(capsys, tmp_path, "on", "typhoon", "--sms", "请勿外出。")
    notice = SurgeFiles(Layout(var=tmp_path).surge).now()
    assert notice
    assert notice.text == "请勿外出。"
    wanted = Layout(var=tmp_path).sms / "wanted"
    wanted.mkdir(parents=True)
    (wanted / "hl1-1764000000.1-typhoon-1.json").write_text("{}", encoding="utf-8")
    shown = told(capsys, tmp_path, "show")
    assert "请勿外出。" in shown
    assert "waiting to be sent: 1" in shown
    assert "没有公告" in told(capsys, tmp_path, "off")
    assert "本来就没有" in told(capsys, tmp_path, "off")


def test_a_notice_without_a_kind_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["surge", "on", "--var", str(tmp_path)]) == 1
    assert "请写明公告类型" in capsys.readouterr().err


def test_a_text_that_no_sms_can_carry_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["surge", "on", "water", "--sms", "两\n行", "--var", str(tmp_path)]) == 1
    assert "短信内容" in capsys.readouterr().err
    assert SurgeFiles(Layout(var=tmp_path).surge).now() is None
