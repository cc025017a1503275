"""One worker per data folder, and plain words when something is wrong. With real processes: tests/live/test_worker.py."""

import asyncio
import os
from pathlib import Path

import pytest

from app.serve_worker import AnotherWorker, only_worker, serve
from app.settings import Secrets, Settings, Tickets
from hotline.errors import BadSettings
from storage.layout import Layout

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
