"""Starting at boot."""

from pathlib import Path

import pytest

from app.places import Places
from app.service import UNIT, Service, install, service


def chosen(tmp_path: Path, *, root: bool = False, systemd: bool = True) -> Service:
    return service(config=tmp_path / "h.toml", places=Places(var=tmp_path), home=tmp_path, root=root, systemd=systemd)


def test_a_users_unit_survives_its_supervisor_and_stops_in_order(tmp_path: Path) -> None:
    made = chosen(tmp_path)
    assert made.path == tmp_path / ".config/systemd/user" / UNIT
    assert "KillMode=process" in made.text
    assert "Restart=always" in made.text
    assert f"--config {tmp_path}/h.toml --var {tmp_path} --foreground" in made.text
    assert "WantedBy=default.target" in made.text
    assert "enable-linger" in made.advice


def test_root_gets_a_unit_of_the_system(tmp_path: Path) -> None:
    made = chosen(tmp_path, root=True)
    assert made.path == Path("/etc/systemd/system") / UNIT
    assert "WantedBy=multi-user.target" in made.text


def test_without_systemd_nothing_is_written_and_crontab_is_offered(tmp_path: Path) -> None:
    made = chosen(tmp_path, systemd=False)
    said = install(made)
    assert made.path is None
    assert "没有 systemd" in said
    assert "@reboot" in said
    assert "--foreground" not in said
    assert list(tmp_path.iterdir()) == []


def test_installing_writes_the_unit_and_says_what_to_do_next(tmp_path: Path) -> None:
    made = chosen(tmp_path)
    said = install(made)
    assert made.path is not None
    assert made.path.read_text(encoding="utf-8") == made.text
    assert "systemctl --user" in said


def test_a_shared_runtime_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_RUNTIME", "/srv/runtime")
    assert 'Environment="HOTLINE_RUNTIME=/srv/runtime"' in chosen(tmp_path).text
    assert "HOTLINE_RUNTIME=/srv/runtime" in chosen(tmp_path, systemd=False).text
