"""The HTTP ticket sink against a real server on this machine."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import httpx
import pytest

from hotline.errors import DoorClosed
from hotline.messages import Receipt
from storage.ticket_sink_http import PAUSES_S, HttpTicketSink
from tests.checks.check_ticket_sink import CHECKS, DRAFT, Stage
from tests.storage.ticket_backend import Backend, running
from tickets.model import DraftRefused


class HttpStage:
    """Shut: the server answers 503."""

    def __init__(self, backend: Backend, sink: HttpTicketSink) -> None:
        self.backend = backend
        self.sink = sink

    def stands(self, key: str) -> dict[str, Any] | None:
        return self.backend.drafts.get(key)

    def shut(self) -> None:
        self.backend.status = 503

    def reopen(self) -> None:
        self.backend.status = 0


@pytest.fixture
def backend() -> Iterator[Backend]:
    with running() as backend:
        yield backend


async def no_time(_seconds: float) -> None:
    """Pauses take none."""


async def push(url: str, *, timeout: float = 5.0, sleep: Callable[[float], Coroutine[Any, Any, None]] = no_time) -> Receipt:
    async with HttpTicketSink(url, "a-token", sleep=sleep, timeout=httpx.Timeout(timeout)) as sink:
        return await sink.push(DRAFT)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_http_sink_keeps_its_promise(check: Callable[[Stage], Coroutine[Any, Any, None]], backend: Backend) -> None:
    async def run() -> None:
        async with HttpTicketSink(backend.url, "a-token", sleep=no_time) as sink:
            await check(HttpStage(backend, sink))

    asyncio.run(run())


def test_a_push_carries_its_key_and_its_token(backend: Backend) -> None:
    receipt = asyncio.run(push(backend.url))
    assert backend.requests == [{"key": f"{DRAFT.key}/1", "token": "Bearer a-token"}]
    assert receipt == Receipt(reference=f"city-{DRAFT.key}", fresh=True)


def test_a_lost_reply_is_asked_for_again_with_the_same_key(backend: Backend) -> None:
    backend.lose = 1
    receipt = asyncio.run(push(backend.url))
    assert [each["key"] for each in backend.requests] == [f"{DRAFT.key}/1"] * 2
    assert receipt.reference == f"city-{DRAFT.key}"
    assert len(backend.drafts) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 302])
def test_a_no_is_not_asked_again(backend: Backend, status: int) -> None:
    backend.status = status
    with pytest.raises(DraftRefused, match=str(status)):
        asyncio.run(push(backend.url))


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
def test_a_backend_in_trouble_is_asked_again_and_then_left_for_later(backend: Backend, status: int) -> None:
    pauses: list[float] = []

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    backend.status = status
    with pytest.raises(DoorClosed, match=str(status)):
        asyncio.run(push(backend.url, sleep=note))
    assert tuple(pauses) == PAUSES_S


def test_a_backend_that_does_not_answer_in_time_is_a_closed_door(backend: Backend) -> None:
    backend.seconds = 0.5
    with pytest.raises(DoorClosed):
        asyncio.run(push(backend.url, timeout=0.02))


def test_nobody_at_the_address_is_a_closed_door() -> None:
    with running() as backend:
        url = backend.url
    with pytest.raises(DoorClosed):
        asyncio.run(push(url))


@pytest.mark.parametrize("text", ["thank you", "[]", '"ok"', "{}"])
def test_a_backend_of_few_words_has_still_accepted(backend: Backend, text: str) -> None:
    backend.text = text
    assert asyncio.run(push(backend.url)) == Receipt(reference=DRAFT.key, fresh=True)


def test_an_error_names_no_citizen(backend: Backend) -> None:
    backend.status = 400
    with pytest.raises(DraftRefused) as refused:
        asyncio.run(push(backend.url))
    assert DRAFT.contact_phone not in str(refused.value)
