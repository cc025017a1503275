"""One worker per data folder, and plain words when something is wrong. With real processes: tests/live/test_worker.py."""

import asyncio
import os
import threading
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from app.backend_settings import Backend
from app.serve_worker import AnotherWorker, _go_round, _sink, only_worker, serve
from app.settings import Secrets, Settings, Tickets
from hotline.errors import BadSettings
from storage.layout import Layout
from storage.rounds import Rounds
from tests.checks.check_ticket_sink import DRAFT
from tests.storage.city_backend import CityBackend, running

SECRETS = Secrets.model_validate({"ami_password": "x" * 24})


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(var=tmp_path)
    layout.make()
    return layout


def test_a_second_worker_is_told_who_the_first_is(layout: Layout) -> None:
    with only_worker(layout), pytest.raises(AnotherWorker, match=f"pid {os.getpid()}"), only_worker(layout):
        pass


def test_the_lock_is_free_when_the_worker_ends(layout: Layout) -> None:
    for _ in range(2):
        with only_worker(layout):
            assert layout.worker_lock.read_text() == f"{os.getpid()}\n"


def test_a_second_worker_touches_nothing(layout: Layout) -> None:
    with only_worker(layout), pytest.raises(AnotherWorker):
        asyncio.run(serve(Settings(), SECRETS, layout.var, asyncio.Event()))
    assert not layout.ledger.exists()


@pytest.mark.parametrize("url", ["", "tickets.example", "ftp://tickets.example"])
def test_a_ticket_backend_without_an_address_is_a_mistake_in_the_settings(layout: Layout, url: str) -> None:
    settings = Settings(tickets=Tickets(sink="http", url=url))
    with pytest.raises(BadSettings, match=r"tickets\.url"):
        asyncio.run(serve(settings, SECRETS, layout.var, asyncio.Event()))


class Passes(threading.Event):
    """Lets so many rounds pass, a second each, without waiting."""

    def __init__(self, most: int, clock: list[float]) -> None:
        super().__init__()
        self._left = most
        self._clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        self._left -= 1
        self._clock[0] += 1.0
        return self._left < 0


class OldWork:
    """Rounds with so many portions of finished work to delete."""

    def __init__(self, portions: int) -> None:
        self.portions = portions
        self.asked = 0

    def quick(self, now: float) -> None: ...

    def slow(self, now: float, wall: datetime) -> None: ...

    def tidy(self, wall: datetime) -> int:
        self.asked += 1
        self.portions -= 1
        return 500 if self.portions >= 0 else 0


def test_finished_work_is_tidied_up_until_nothing_is_left_and_then_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("app.serve_worker.time", SimpleNamespace(monotonic=lambda: clock[0]))
    rounds = OldWork(portions=60)
    _go_round(cast(Rounds, rounds), Passes(3600, clock))
    assert rounds.asked == 61


def test_drafts_are_signed_and_a_backend_without_keys_is_asked_first_when_the_settings_say_so(layout: Layout) -> None:
    secrets = Secrets.model_validate({"ami_password": "x" * 24, "ticket_token": "a-token", "ticket_secret": "s" * 24})

    async def push_twice(settings: Settings) -> None:
        async with _sink(settings, secrets, layout) as sink:
            assert [(await sink.push(DRAFT)).fresh for _ in range(2)] == [True, False]

    with running(CityBackend(knows_keys=False, secret="s" * 24)) as city:
        asyncio.run(push_twice(Settings(tickets=Tickets(sink="http", url=city.url), backend=Backend(asks_first=True))))
        assert len(city.tickets) == 1
