"""What must be true before a process starts; all of it together is in tests/live/test_up.py."""

from pathlib import Path

import pytest

import app.prepare
from app.children import STOP_ORDER
from app.places import Places
from app.prepare import find_programs, supervisor_of
from hotline.errors import BadSettings
from runtime.binaries import AsteriskHome, Program

ASTERISK = AsteriskHome(
    program=Program(argv=("loader", "asterisk"), version="22.10.1", origin="unpacked"), module_dir=Path("m"), data_dir=Path("d")
)
REDIS = Program(argv=("redis-server",), version="8.0.6", origin="system")


def given(monkeypatch: pytest.MonkeyPatch, asterisk: AsteriskHome | None, redis: Program | None) -> None:
    monkeypatch.setattr(app.prepare, "find_asterisk", lambda _var: asterisk)
    monkeypatch.setattr(app.prepare, "find_redis", lambda _var: redis)


@pytest.mark.parametrize(("asterisk", "redis", "named"), [(None, REDIS, "Asterisk"), (ASTERISK, None, "Redis")])
def test_a_missing_program_is_named_with_the_command_that_brings_it(
    asterisk: AsteriskHome | None, redis: Program | None, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch, asterisk, redis)
    with pytest.raises(BadSettings, match=f"{named}.*scripts/up"):
        find_programs(Places(var=tmp_path))


def test_a_supervisor_has_a_probe_for_each_of_its_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, ASTERISK, REDIS)
    (tmp_path / "hotline.toml").touch()
    made = supervisor_of(config=tmp_path / "hotline.toml", places=Places(var=tmp_path))
    assert sorted(made.watches) == sorted(made.probes) == sorted(STOP_ORDER)
    assert next(each for each in made.specs if each.name == "asterisk").argv[:2] == ("loader", "asterisk")
