"""Calls that a desk asks for."""

import asyncio
from collections.abc import Mapping

import httpx
import pytest
from fastapi import FastAPI

from console.api_calls import router
from hotline.wishes import CallOut, Transfer, TransferStep, Wish, WishAnswer


def asked(path: str, body: Mapping[str, object]) -> tuple[int, list[Wish]]:
    wishes: list[Wish] = []

    async def ask(wish: Wish) -> WishAnswer:
        wishes.append(wish)
        return WishAnswer(done=True, words="好的 done")

    async def run() -> int:
        app = FastAPI()
        app.include_router(router(ask))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://console") as client:
            return (await client.post(path, json=body)).status_code

    return asyncio.run(run()), wishes


@pytest.mark.parametrize(
    ("path", "body", "wish"),
    [
        ("call", {"number": "19900000002", "ticket": "T-1"}, CallOut(agent="1001", number="19900000002", ticket="T-1")),
        ("transfer", {"to": "agent:1002", "how": "attended"}, Transfer(agent="1001", to="agent:1002", how="attended")),
        ("transfer", {"to": "queue"}, Transfer(agent="1001", to="queue")),
        ("transfer/step", {"step": "complete"}, TransferStep(agent="1001", step="complete")),
    ],
)
def test_each_wish_is_asked_as_it_is(path: str, body: Mapping[str, object], wish: Wish) -> None:
    assert asked(f"/api/agents/1001/{path}", body) == (200, [wish])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("call", {"number": "199,System(x)"}),
        ("call", {"number": "19900000002", "ticket": "T 1"}),
        ("call", {}),
        ("transfer", {"to": "agent:1002", "how": "sideways"}),
        ("transfer", {"to": "queue", "unknown": 1}),
        ("transfer/step", {"step": "explode"}),
    ],
)
def test_what_means_nothing_is_wished_by_nobody(path: str, body: Mapping[str, object]) -> None:
    assert asked(f"/api/agents/1001/{path}", body) == (422, [])
