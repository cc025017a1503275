"""The watchdog process, wired as it runs, against a manager interface that a test holds in its hands."""

import asyncio
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agi.site import watchdog_password
from app.pidfile import claim_for
from app.places import Places
from app.serve_watchdog import FALLEN_FOR_S, START_WITHIN_S, Post, serve
from app.settings import Agi, Asterisk, Secrets, Settings
from tests.fakes.fake_ami import FakeAmi
from tests.fakes.fake_clock import until

PASSWORD = "a-test-has-no-secrets-0000"


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def test_it_logs_in_as_itself_and_tells_the_dialplan_of_a_dead_application(
    tmp_path: Path, dead_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agi.watch_link.BEAT_EVERY_S", 0.001)

    async def run() -> FakeAmi:
        stop = asyncio.Event()
        async with FakeAmi() as ami, asyncio.TaskGroup() as group:
            settings = Settings(asterisk=Asterisk(ami_port=ami.port), agi=Agi(port=dead_port))
            group.create_task(serve(settings, Secrets.model_validate({"ami_password": PASSWORD}), tmp_path, stop))
            await until(lambda: "Setvar" in ami.names())
            stop.set()
        return ami

    ami = asyncio.run(run())
    assert (ami.heard[0]["Username"], ami.heard[0]["Secret"]) == ("watchdog", watchdog_password(PASSWORD))
    said = next(action for action in ami.heard if action["Action"] == "Setvar")
    assert said["Variable"] == "HL_APP_DOWN_UNTIL"
    assert "Channel" not in said


# ── the supervisor's post ────────────────────────────────────────────────────────────────────────


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, int]]:
    """The supervisors that were started: their settings, and instead of whom."""
    made: list[tuple[Path, int]] = []

    def start(*, config: Path, places: Places, instead_of: int) -> int:
        made.append((config, instead_of))
        return 0

    monkeypatch.setattr("app.serve_watchdog.start_supervisor", start)
    return made


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(var=tmp_path)
    made.make()
    return made


def fallen(places: Places) -> int:
    """A supervisor died here; his pid."""
    with subprocess.Popen(["sleep", "60"]) as dying:
        places.pid_file("supervisor").write_text(claim_for(dying.pid, "/etc/hotline.toml"), encoding="utf-8")
        dying.kill()
    return dying.pid


def look(post: Post, *moments: float) -> None:
    for moment in moments:
        post.look(moment)


def test_a_dead_supervisor_is_replaced_after_a_while_with_his_own_settings(places: Places, starts: list[tuple[Path, int]]) -> None:
    pid, post = fallen(places), Post(places=places)
    look(post, 100.0, 100.0 + FALLEN_FOR_S - 0.1)
    assert starts == []
    look(post, 100.0 + FALLEN_FOR_S)
    assert starts == [(Path("/etc/hotline.toml"), pid)]


def test_it_is_tried_again_only_when_the_new_one_had_its_time(places: Places, starts: list[tuple[Path, int]]) -> None:
    fallen(places)
    post = Post(places=places)
    look(post, 100.0, 105.0, 106.0, 105.0 + START_WITHIN_S - 0.1)
    assert len(starts) == 1
    look(post, 105.0 + START_WITHIN_S)
    assert len(starts) == 2


def test_nobody_is_started_where_a_supervisor_lives_or_none_was(places: Places, starts: list[tuple[Path, int]]) -> None:
    look(Post(places=places), 100.0, 200.0)
    places.pid_file("supervisor").write_text(claim_for(os.getpid(), "h.toml"), encoding="utf-8")
    look(Post(places=places), 100.0, 200.0)
    assert starts == []


def test_somebody_else_who_takes_the_post_makes_the_waiting_begin_anew(places: Places, starts: list[tuple[Path, int]]) -> None:
    fallen(places)
    post = Post(places=places)
    look(post, 100.0)
    places.pid_file("supervisor").write_text(claim_for(os.getpid(), "h.toml"), encoding="utf-8")
    look(post, 104.0)
    fallen(places)
    look(post, 105.0, 109.0)
    assert starts == []


def test_a_machine_that_starts_nothing_is_asked_again_later(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(**_words: object) -> int:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr("app.serve_watchdog.start_supervisor", refusing)
    fallen(places)
    look(Post(places=places), 100.0, 106.0)
