"""The console process, asked over a real socket."""

import asyncio
import os
import socket
from pathlib import Path

import httpx
import pytest

from app.control import open_door
from app.health import as_json
from app.pidfile import claim_for
from app.places import Places
from app.serve_console import current_report, serve
from app.settings import Console, Secrets, Settings
from console.model import HealthReport, ProcessHealth

WELL = HealthReport(
    state="running",
    processes=(ProcessHealth(name="agi", pid=7, healthy=True, restarts=0),),
    live_calls=1,
    open_journals=1,
    backlog=0,
)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(var=tmp_path)
    made.make()
    return made


def test_it_answers_on_loopback_until_it_is_told_to_stop(places: Places) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = Settings(console=Console(port=port))
    secrets = Secrets.model_validate({"ami_password": "x" * 24})

    async def story() -> httpx.Response:
        stop = asyncio.Event()
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            group.create_task(serve(settings, secrets, places.var, stop))
            answer = await _get(f"http://127.0.0.1:{port}/healthz")
            stop.set()
        return answer

    answer = asyncio.run(story())
    assert answer.status_code == 503
    assert answer.json()["state"] == "alone"


async def _get(url: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                return await client.get(url)
            except httpx.ConnectError:
                await asyncio.sleep(0.01)


def test_the_supervisor_is_asked(places: Places) -> None:
    async def answering(_request: object) -> dict[str, object]:
        return {"born": 1.0, **as_json(WELL)}

    async def story() -> HealthReport:
        async with await open_door(places.supervisor_socket, answering):
            return await current_report(places)

    assert asyncio.run(story()) == WELL


def test_without_a_supervisor_the_pid_files_tell_who_is_alive(places: Places) -> None:
    places.pid_file("agi").write_text(claim_for(os.getpid(), ""), encoding="utf-8")
    report = asyncio.run(current_report(places))
    words = {each.name: each.words for each in report.processes}
    assert report.state == "alone"
    assert "not supervised" in words["agi"]
    assert "not running" in words["worker"]
    assert not report.healthy
