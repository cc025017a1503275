"""Where things lie."""

from pathlib import Path

import pytest

from app.places import LONGEST_VAR, Places
from hotline.errors import BadSettings


def test_everything_is_made_for_this_user_alone(tmp_path: Path) -> None:
    places = Places(var=tmp_path / "v")
    places.make()
    folders = [path for path in (tmp_path / "v", *(tmp_path / "v").rglob("*")) if path.is_dir()]
    assert {oct(path.stat().st_mode & 0o777) for path in folders} == {"0o700"}
    assert (places.journal / "closed").is_dir()


def test_making_twice_changes_nothing(tmp_path: Path) -> None:
    places = Places(var=tmp_path / "v")
    places.make()
    (places.log / "x.log").write_text("kept", encoding="utf-8")
    places.make()
    assert (places.log / "x.log").read_text(encoding="utf-8") == "kept"


def test_a_directory_too_deep_for_sockets_is_refused_with_the_option_to_change() -> None:
    with pytest.raises(BadSettings, match="--var"):
        Places(var=Path("/") / ("x" * LONGEST_VAR))


def test_the_longest_directory_leaves_room_for_every_socket() -> None:
    places = Places(var=Path("/") / ("x" * (LONGEST_VAR - 1)))
    longest = max(len(str(path)) for path in (places.redis_socket, places.supervisor_socket, places.var / "asterisk/run/asterisk.ctl"))
    assert longest <= 107
