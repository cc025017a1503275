import subprocess
import sys
from pathlib import Path

import pytest

from runtime.errors import SetupError
from runtime.places import OVERRIDE, locked, runtime_home

_TRY_LOCK = "import fcntl, sys; fcntl.flock(open(sys.argv[1]), fcntl.LOCK_EX | fcntl.LOCK_NB)"


def can_lock(lock: Path) -> bool:
    return subprocess.run([sys.executable, "-I", "-S", "-c", _TRY_LOCK, str(lock)], capture_output=True, check=False).returncode == 0


def test_the_runtime_lives_below_var_unless_told_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(OVERRIDE, raising=False)
    assert runtime_home(tmp_path) == tmp_path / "runtime"
    monkeypatch.setenv(OVERRIDE, str(tmp_path / "shared"))
    assert runtime_home(tmp_path) == tmp_path / "shared"


def test_another_process_cannot_take_the_lock_while_it_is_held(tmp_path: Path) -> None:
    lock = tmp_path / "made" / "lock"
    with locked(lock):
        assert not can_lock(lock)
    assert can_lock(lock)


def test_a_folder_that_cannot_be_made_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match=OVERRIDE), locked(tmp_path / "file" / "lock"):
        pass
