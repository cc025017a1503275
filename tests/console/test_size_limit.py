"""What is too long is refused before it is read."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request

from console.size_limit import SizeLimit


def app() -> FastAPI:
    made = FastAPI()
    made.add_middleware(SizeLimit, most=1024)

    @made.post("/")
    async def length(request: Request) -> int:
        return len(await request.body())

    return made


async def pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * 100


@pytest.mark.parametrize(("count", "status"), [(10, 200), (11, 413)])
def test_bytes_are_counted_as_they_come_when_nobody_announced_them(count: int, status: int) -> None:
    async def run() -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app()), base_url="http://console") as client:
            return (await client.post("/", content=pieces(count))).status_code

    assert asyncio.run(run()) == status


@pytest.mark.parametrize("announced", ["1025", "-1", "x", "9" * 400])
def test_what_is_announced_as_too_long_or_as_nonsense_is_not_read(announced: str) -> None:
    async def run() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app()), base_url="http://console") as client:
            return await client.post("/", content=b"x", headers={"Content-Length": announced})

    answer = asyncio.run(run())
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
