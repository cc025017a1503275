"""Progress over HTTP: state and dates, and nothing else."""

import asyncio
from datetime import date

import httpx
from fastapi import FastAPI

from console.api_progress import PATH, router
from console.problems import with_problems
from console.progress import Known, ProgressDesk
from tests.fakes.fake_clock import AloneClock

FILED = date(2026, 3, 2)
KNOWN = Known(number="202603020001", contacts=("19900001234",), state="办理中", steps=(("已派单", FILED),))


def asked(method: str, *, body: object = None, query: dict[str, str] | None = None) -> httpx.Response:
    async def find(number: str) -> Known | None:
        return KNOWN if number == KNOWN.number else None

    app = with_problems(FastAPI())
    app.include_router(router(ProgressDesk(find=find, clock=AloneClock(), area_code="0663")))

    async def run() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://console") as client:
            return await client.request(method, PATH, params=query, json=body)

    return asyncio.run(run())


def test_the_state_is_told_to_who_knows_number_and_ending() -> None:
    answer = asked("GET", query={"number": KNOWN.number, "last4": "1234"})
    assert answer.status_code == 200
    assert set(answer.json()) == {"number", "state", "due", "steps"}
    assert "1990" not in answer.text


def test_the_whole_number_is_posted() -> None:
    assert (
        asked("POST", body={"number": KNOWN.number, "contact": "19900001234"}).json()
        == asked("GET", query={"number": KNOWN.number, "last4": "1234"}).json()
    )


def test_a_wrong_ending_and_a_number_that_is_not_there_are_answered_alike() -> None:
    wrong = asked("GET", query={"number": KNOWN.number, "last4": "4321"})
    unknown = asked("GET", query={"number": "202603029999", "last4": "1234"})
    assert (wrong.status_code, wrong.content, dict(wrong.headers)) == (404, unknown.content, dict(unknown.headers))


def test_a_whole_number_does_not_belong_into_an_address() -> None:
    assert asked("GET", query={"number": KNOWN.number, "last4": "19900001234"}).status_code == 422
