import io
from pathlib import Path

import pytest

from runtime.binaries import ASTERISK, REDIS, ROOT
from runtime.errors import SetupError
from runtime.places import OVERRIDE
from runtime.progress import Progress
from runtime.provisioning import bring, ensure_asterisk, ensure_redis, machine_apt, upgrade
from runtime.unpacking import Record, write_record


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runtime that holds Asterisk and Redis already, with this machine's own programs out of sight."""
    home = tmp_path / "shared"
    for wanted in (ASTERISK, REDIS):
        program = home / ROOT / wanted.path
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("")
    write_record(home, ROOT, Record(suite="sid", programs={"asterisk": "99.0", "redis-server": "99.0"}))
    monkeypatch.setenv(OVERRIDE, str(home))
    monkeypatch.setattr("runtime.binaries._SYSTEM_FOLDERS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    return home


def test_what_is_there_is_not_brought_again(shared: Path, tmp_path: Path) -> None:
    out = io.StringIO()
    assert ensure_asterisk(tmp_path, Progress(out)).program.version == "99.0"
    assert ensure_redis(tmp_path, Progress(out)).version == "99.0"
    bring(ROOT, tmp_path, Progress(out))
    assert out.getvalue() == ""
    assert not list(shared.glob("apt*"))


def test_what_is_noted_but_gone_is_brought_again(shared: Path, tmp_path: Path) -> None:
    (shared / ROOT / ASTERISK.path).unlink()
    with pytest.raises(SetupError, match="no apt"):
        ensure_asterisk(tmp_path, Progress(io.StringIO()))


def test_without_apt_the_way_by_hand_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match="by hand"):
        machine_apt(tmp_path)


def test_an_upgrade_of_nothing_unpacked_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OVERRIDE, str(tmp_path / "empty"))
    upgrade(tmp_path, Progress(io.StringIO()))
    assert not (tmp_path / "empty").exists()
