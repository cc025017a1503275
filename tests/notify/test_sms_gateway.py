"""The SMS gateway door against a real HTTP server on loopback that fails, hangs, forgets keys and loses replies."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import httpx
import pytest

from hotline.errors import DoorClosed
from hotline.notices import NoticeRefused, Sent
from notify.sms_gateway import PAUSES_S, SmsGateway
from tests.checks.check_notifier import CHECKS, LETTER, Stage
from tests.notify.gateway_server import SECRET, Gateway, running


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with running() as gateway:
        yield gateway


async def no_time(_seconds: float) -> None:
    """Pauses take none."""


class HttpStage:
    """Shut: the server answers 503."""

    def __init__(self, gateway: Gateway, notifier: SmsGateway) -> None:
        self._gateway = gateway
        self.notifier = notifier

    def texts(self) -> list[str]:
        return [letter["text"] for letter in self._gateway.telephones]

    def shut(self) -> None:
        self._gateway.statuses = [503] * 99

    def reopen(self) -> None:
        self._gateway.statuses = []


async def send(gateway: Gateway, *, asks: bool = False, secret: str = SECRET, timeout: float = 5.0) -> Sent:
    limits = httpx.Timeout(timeout)
    async with SmsGateway(gateway.url, secret, asks=asks, sleep=no_time, timeout=limits) as notifier:
        return await notifier.send(LETTER)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_gateway_keeps_its_promise(check: Callable[[Stage], Coroutine[Any, Any, None]], gateway: Gateway) -> None:
    async def run() -> None:
        async with SmsGateway(gateway.url, SECRET, sleep=no_time) as notifier:
            await check(HttpStage(gateway, notifier))

    asyncio.run(run())


def test_the_number_goes_in_the_body_alone_and_the_reference_comes_back(gateway: Gateway) -> None:
    assert asyncio.run(send(gateway)) == Sent(reference="sms-1")
    assert gateway.telephones[0]["to"] == LETTER.number
    assert gateway.requests == ["POST /sms"]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
def test_a_trouble_of_the_gateway_s_is_tried_again(gateway: Gateway, status: int) -> None:
    gateway.statuses = [status] * len(PAUSES_S)
    asyncio.run(send(gateway))
    assert len(gateway.telephones) == 1


def test_a_gateway_that_stays_in_trouble_is_a_closed_door(gateway: Gateway) -> None:
    gateway.statuses = [500] * 9
    with pytest.raises(DoorClosed, match="500"):
        asyncio.run(send(gateway))
    assert len(gateway.requests) == len(PAUSES_S) + 1


def test_a_gateway_that_hangs_is_left_after_the_time_limit(gateway: Gateway) -> None:
    gateway.gate.clear()
    with pytest.raises(DoorClosed, match="没有回答"):
        asyncio.run(send(gateway, timeout=0.05))


def test_a_lost_reply_costs_no_second_sms(gateway: Gateway) -> None:
    gateway.lose = 2
    asyncio.run(send(gateway))
    assert len(gateway.requests) == 3
    assert len(gateway.telephones) == 1


def test_a_gateway_that_knows_no_keys_is_asked_before_anything_is_sent_again(gateway: Gateway) -> None:
    gateway.knows_keys, gateway.lose = False, 1
    asyncio.run(send(gateway, asks=True))
    asyncio.run(send(gateway, asks=True))
    assert len(gateway.telephones) == 1


def test_without_asking_such_a_gateway_would_send_twice(gateway: Gateway) -> None:
    gateway.knows_keys, gateway.lose = False, 1
    asyncio.run(send(gateway))
    assert len(gateway.telephones) == 2


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_no_is_not_asked_twice(gateway: Gateway, status: int) -> None:
    gateway.statuses = [status]
    with pytest.raises(NoticeRefused, match=str(status)) as refused:
        asyncio.run(send(gateway))
    assert len(gateway.requests) == 1
    assert LETTER.number not in str(refused.value)


def test_a_wrong_secret_is_refused(gateway: Gateway) -> None:
    with pytest.raises(NoticeRefused, match="401"):
        asyncio.run(send(gateway, secret="another"))
    assert (gateway.forged, gateway.telephones) == (1, [])


def test_nobody_there_is_a_closed_door() -> None:
    async def run() -> None:
        async with SmsGateway("http://127.0.0.1:9/sms", SECRET, sleep=no_time) as notifier:
            await notifier.send(LETTER)

    with pytest.raises(DoorClosed):
        asyncio.run(run())
