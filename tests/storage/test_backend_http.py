"""The city's ticket system is asked and told over real HTTP, signed, and no silence is taken for an answer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest

from hotline.errors import DoorClosed
from hotline.messages import Receipt, TicketDraft
from storage.backend_http import Backend, CannotList, Held, signature
from storage.ticket_sink_http import HttpTicketSink
from tests.checks.check_ticket_sink import DRAFT, NEWER, OTHER
from tests.storage.city_backend import CityBackend, running
from tickets.model import DraftRefused, InDoubt

SECRET = "a-secret-for-this-test-only"
DAY = date(2026, 11, 23)


@pytest.fixture
def city() -> Iterator[CityBackend]:
    """One that knows no keys and takes only what is signed."""
    with running(CityBackend(knows_keys=False, secret=SECRET, hang_s=0.2)) as city:
        yield city


def asked(city: CityBackend, do: Callable[[Backend], Awaitable[Any]], *, secret: str = SECRET, url: str = "") -> Any:  # noqa: ANN401 - what the backend says
    async def ask() -> Any:  # noqa: ANN401 - the same
        backend = Backend(url or city.url, "a-token", secret)
        try:
            return await do(backend)
        finally:
            await backend.close()

    return asyncio.run(ask())


def push(city: CityBackend, *drafts: TicketDraft, **more: Any) -> list[Receipt]:  # noqa: ANN401 - options of the sink
    async def run() -> list[Receipt]:
        async with HttpTicketSink(city.url, "a-token", **{"secret": SECRET, "asks_first": True, **more}) as sink:
            return [await sink.push(draft) for draft in drafts]

    return asyncio.run(run())


def test_what_is_not_signed_by_the_secret_is_refused(city: CityBackend) -> None:
    with pytest.raises(DoorClosed, match="401"):
        push(city, DRAFT, secret="another")
    with pytest.raises(DraftRefused, match="401"):
        push(city, DRAFT, secret="another", asks_first=False)
    assert city.tickets == []


def test_an_old_signature_is_worth_nothing(city: CityBackend) -> None:
    with pytest.raises(DraftRefused, match="401"):
        push(city, DRAFT, asks_first=False, now=lambda: 1764000000.0)


def test_a_signature_holds_for_its_method_address_and_body_only() -> None:
    one = signature(b"s", "1", "POST", "/a", b"x")
    assert one != signature(b"s", "1", "PUT", "/a", b"x")
    assert one != signature(b"s", "1", "POST", "/b", b"x")
    assert one != signature(b"s", "1", "POST", "/a", b"y")
    assert one != signature(b"s", "2", "POST", "/a", b"x")


def test_a_backend_without_keys_gets_a_record_once_and_its_next_revision_in_the_same_place(city: CityBackend) -> None:
    first, again, newer, late = push(city, DRAFT, DRAFT, NEWER, DRAFT)
    assert [each.reference for each in (first, again, newer, late)] == [first.reference] * 4
    assert [each.fresh for each in (first, again, newer, late)] == [True, False, True, False]
    assert [(each["draft"]["key"], each["draft"]["revision"]) for each in city.tickets] == [(DRAFT.key, 2)]
    assert (city.requests["POST"], city.requests["PUT"]) == (1, 1)


def test_without_asking_such_a_backend_would_have_it_twice(city: CityBackend) -> None:
    push(city, DRAFT, DRAFT, asks_first=False)
    assert len(city.tickets) == 2


@pytest.mark.parametrize("behaviour", ["drops", "hangs", "fails", "fails_after"])
def test_what_became_of_a_lost_reply_is_asked_and_not_sent_again(city: CityBackend, behaviour: str) -> None:
    city.odds = {behaviour: 1.0}
    with pytest.raises(InDoubt):
        push(city, DRAFT, timeout=httpx.Timeout(0.1 if behaviour == "hangs" else 5.0))
    assert city.requests["POST"] == 1, "one push sends once"
    while not city.still():
        city.ended.wait(0.02)
    taken = behaviour != "fails"
    assert len(city.tickets) == taken
    city.odds = {}
    assert push(city, DRAFT) == [Receipt(reference="city/1", fresh=not taken)]
    assert len(city.tickets) == 1


def test_a_second_answer_is_not_taken_for_that_to_the_next_request(city: CityBackend) -> None:
    city.odds = {"twice": 1.0}
    receipts = push(city, DRAFT, OTHER, asks_first=False)
    assert [each.reference for each in receipts] == ["city/1", "city/2"]


def test_what_stands_there_twice_is_for_a_person(city: CityBackend) -> None:
    push(city, DRAFT, DRAFT, asks_first=False)
    with pytest.raises(DraftRefused, match=r"city/1、city/2"):
        push(city, NEWER)


def test_who_cannot_be_asked_is_sent_nothing(city: CityBackend) -> None:
    """A wrong address says 404 to everything: it must not mean "I do not have it"."""
    with pytest.raises(DoorClosed, match="404"):
        asked(city, lambda backend: backend.by_number(DRAFT.key), url=city.url.replace("/api/drafts", "/api/wrong/path"))
    assert city.requests["POST"] == 0


def test_nobody_there_is_certain_to_have_taken_nothing(city: CityBackend) -> None:
    with running(CityBackend()) as other:
        url = other.url
    with pytest.raises(DoorClosed) as closed:
        asked(city, lambda backend: backend.send("POST", DRAFT), url=url)
    assert not isinstance(closed.value, InDoubt)


def test_a_day_is_listed_page_by_page(city: CityBackend) -> None:
    for place in range(1001):
        city.file({"key": f"hl1-1764000000.{place}", "revision": 1, "received_at": "2026-11-22T16:00:00.000000Z"})
    city.file({"key": "hl1-1.1", "revision": 1, "received_at": "2026-11-22T15:59:59.000000Z"})
    held = asked(city, lambda backend: backend.received(DAY))
    assert len(held) == 1001
    assert held[-1] == Held(number="hl1-1764000000.1000", reference="city/1001", revision=1)


def test_who_lists_no_days_says_so(city: CityBackend) -> None:
    city.lists_days = False
    with pytest.raises(CannotList):
        asked(city, lambda backend: backend.received(DAY))


def test_a_reference_is_one_step_of_the_address_whatever_stands_in_it(city: CityBackend) -> None:
    push(city, DRAFT)
    assert city.tickets[0]["reference"] == "city/1"
    push(city, NEWER, replace(NEWER, revision=3))
    assert city.tickets[0]["draft"]["revision"] == 3
