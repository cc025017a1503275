"""Running one of our own processes."""

import asyncio
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import app.serve
from app.children import SERVED
from app.pidfile import claim_for, read_claim
from app.places import Places
from app.serve import beat, serve_process, serving
from app.settings import Secrets, Settings


@pytest.fixture(autouse=True)
def _root_logger_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(var=tmp_path)
    made.make()
    made.secrets.write_text('ami_password = "0123456789abcdef01234567"', encoding="utf-8")
    (tmp_path / "hotline.toml").write_text('node = "t1"', encoding="utf-8")
    return made


def run(places: Places) -> int:
    return serve_process("agi", config=places.var / "hotline.toml", places=places)


def test_every_process_has_its_module_with_the_same_door() -> None:
    for name in SERVED:
        assert callable(serving(name))


def test_there_is_no_other_process() -> None:
    with pytest.raises(ValueError, match="no process"):
        serving("dance")


def test_a_process_gets_settings_secrets_and_the_stop_event(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    async def serve(settings: Settings, secrets: Secrets, var: Path, stop: asyncio.Event) -> None:
        seen.extend([settings.node, var, stop.is_set()])
        os.kill(os.getpid(), 15)
        await stop.wait()

    monkeypatch.setattr(app.serve, "serving", lambda _name: serve)
    assert run(places) == 0
    assert seen == ["t1", places.var, False]
    claim = read_claim(places.pid_file("agi"))
    assert claim is not None
    assert claim.pid == os.getpid()
    assert not places.alive_file("agi").exists()


def test_a_process_that_breaks_says_so_in_its_log_and_exits_with_one(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    async def serve(_settings: Settings, _secrets: Secrets, _var: Path, _stop: asyncio.Event) -> None:
        raise RuntimeError("broke")

    monkeypatch.setattr(app.serve, "serving", lambda _name: serve)
    assert run(places) == 1
    assert "broke" in (places.log / "agi.log").read_text(encoding="utf-8")


def test_a_second_process_of_the_same_name_is_refused(places: Places) -> None:
    places.pid_file("agi").write_text(claim_for(os.getppid(), ""), encoding="utf-8")
    assert run(places) == 1
    assert "runs already" in (places.log / "agi.log").read_text(encoding="utf-8")


def test_a_turning_event_loop_touches_its_file(tmp_path: Path) -> None:
    async def one_beat() -> None:
        async with asyncio.TaskGroup() as group:
            beating = group.create_task(beat(tmp_path / "x.alive"))
            while not (tmp_path / "x.alive").exists():  # noqa: ASYNC110
                await asyncio.sleep(0)
            beating.cancel()

    asyncio.run(one_beat())
    assert (tmp_path / "x.alive").stat().st_mode & 0o777 == 0o600
