"""What `scripts/up` says; what it does is in tests/live/test_up.py."""

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest

from app.control import open_door
from app.places import Places
from app.settings import Agent, Secrets, Settings
from app.supervisor import hold_lock
from app.up import NotHealthy, dial_in, down, is_supervised, phones, wait_until_healthy
from runtime.progress import Progress

SETTINGS = Settings(agents=(Agent(id="1001", name="坐席1001"),))
SECRETS = Secrets.model_validate({"ami_password": "a" * 24, "agent_passwords": {"1001": "open-sesame-open-sesame-1"}})


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(var=tmp_path)
    made.make()
    return made


def test_the_last_words_say_how_to_dial_in_and_no_password(places: Places) -> None:
    said = dial_in(SETTINGS, places, took_s=7.25)
    for word in (
        "sip:12345@127.0.0.1:5060",
        "1001",
        "--show-phones",
        "http://127.0.0.1:8345/",
        "scripts/demo-call",
        "scripts/up --stop",
        "7.2 s",
    ):
        assert word in said
    assert "sesame" not in said


def test_the_agents_accounts_are_shown_on_request() -> None:
    assert "1001  坐席1001  open-sesame-open-sesame-1" in phones(SETTINGS, dict(SECRETS.agent_passwords))


def test_a_free_lock_means_that_nobody_supervises(places: Places) -> None:
    assert asyncio.run(is_supervised(places)) is False


def test_a_supervisor_that_answers_is_there(places: Places) -> None:
    async def ask() -> bool:
        async with await open_door(places.supervisor_socket, _well):
            return await is_supervised(places)

    with hold_lock(places):
        assert asyncio.run(ask()) is True


async def _well(_request: dict[str, Any]) -> dict[str, Any]:
    return {
        "processes": [
            {"name": name, "healthy": True, "words": "", "restarts": 0}
            for name in ("redis", "console", "worker", "agi", "watchdog", "standby", "routing", "asterisk")
        ]
    }


async def _sick(_request: dict[str, Any]) -> dict[str, Any]:
    answer = await _well(_request)
    answer["processes"][2] |= {"healthy": False, "words": "no sign of life", "restarts": 9}
    return answer


def test_each_process_is_shown_as_it_becomes_healthy(places: Places) -> None:
    said = io.StringIO()

    async def wait() -> None:
        async with await open_door(places.supervisor_socket, _well):
            await wait_until_healthy(places, Progress(said))

    asyncio.run(wait())
    names = [line.split()[1] for line in said.getvalue().splitlines()]
    assert names == ["redis", "console", "worker", "agi", "watchdog", "standby", "routing", "asterisk"]


def test_a_process_that_does_not_come_up_is_named_with_its_last_words(places: Places) -> None:
    (places.log / "worker.log").write_text("begins\nERROR the disk is full\n", encoding="utf-8")

    async def wait() -> None:
        async with await open_door(places.supervisor_socket, _sick):
            await wait_until_healthy(places, Progress(io.StringIO()))

    with pytest.raises(NotHealthy, match="worker: no sign of life") as refused:
        asyncio.run(wait())
    assert "the disk is full" in str(refused.value)
    assert "worker.out" in str(refused.value)


def test_stopping_what_does_not_run_only_says_so(places: Places) -> None:
    said = io.StringIO()
    asyncio.run(down(config=places.var / "h.toml", places=places, within_s=1.0, progress=Progress(said)))
    assert "没有在运行" in said.getvalue()
