"""`scripts/agents` in words, on a system that does not run."""

from pathlib import Path

import pytest

import app.agents_command
import app.prepare
from app.cli import main
from runtime.binaries import AsteriskHome, Program


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    program = Program(argv=("asterisk",), version="22.10.1", origin="system")
    home = AsteriskHome(program=program, module_dir=tmp_path, data_dir=tmp_path)
    for room in (app.prepare, app.agents_command):
        monkeypatch.setattr(room, "find_asterisk", lambda _var: home)
    monkeypatch.setattr(app.prepare, "find_redis", lambda _var: program)
    (tmp_path / "hotline.toml").write_text('[[agents]]\nid = "1001"\nname = "甲"\n')
    (tmp_path / "secrets.toml").write_text('ami_password = "of-a-test-and-24-signs-long"\n[agent_passwords]\n"1001" = "first"\n')
    return ["--config", str(tmp_path / "hotline.toml"), "--var", str(tmp_path)]


def test_an_agent_is_added_changed_disabled_and_shown(house: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agents", "add", "1005", "--name", "新", "--skills", "tax:3", *house]) == 0
    assert "没有运行" in capsys.readouterr().err
    assert main(["agents", "change", "1005", "--skills", "teochew", "--supervisor", *house]) == 0
    assert main(["agents", "disable", "1001", *house]) == 0
    assert main(["agents", "list", *house]) == 0
    assert capsys.readouterr().out == "1001  甲  —  已停用 disabled\n1005  新  teochew  班长 supervisor\n"


def test_a_password_is_shown_only_on_request_and_a_new_one_is_another(house: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agents", "password", "1001", *house]) == 0
    assert capsys.readouterr().out == "first\n"
    assert main(["agents", "password", "1001", "--new", *house]) == 0
    assert len(capsys.readouterr().out.strip()) >= 24
    assert main(["agents", "password", "1009", *house]) == 1
    assert "1009" in capsys.readouterr().err


def test_a_file_from_where_the_operator_stands_is_imported_whole(
    house: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_CALLED_FROM", str(tmp_path))
    (tmp_path / "new.csv").write_text("id,name\n1005,新\n1001,谁\n")
    assert main(["agents", "import", "new.csv", *house]) == 1
    assert "1001" in capsys.readouterr().err
    (tmp_path / "new.csv").write_text("id,name\n1005,新\n1006,旧\n")
    assert main(["agents", "import", "new.csv", *house]) == 0
    assert main(["agents", "list", *house]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["1001", "1005", "1006"]
