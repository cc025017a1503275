"""The watchdog process, wired as it runs, against a manager interface that a test holds in its hands."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from agi.site import watchdog_password
from app.serve_watchdog import serve
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
