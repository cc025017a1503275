"""What a supervisor asks for at his desk."""

import asyncio
from collections.abc import Mapping

import httpx
import pytest
from fastapi import FastAPI

from console.api_supervision import router
from hotline.wishes import MoveCaller, Supervise, Wish, WishAnswer

CALL = "hl1-1764000000.1"


def asked(path: str, body: Mapping[str, object]) -> tuple[int, list[Wish]]:
    wishes: list[Wish] = []

    async def ask(wish: Wish) -> WishAnswer:
        wishes.append(wish)
        return WishAnswer(done=True, words="已调整 moved")

    async def run() -> int:
        app = FastAPI()
        app.include_router(router(ask))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://console") as client:
            return (await client.post(path, json=body)).status_code

    return asyncio.run(run()), wishes


def test_to_be_at_a_talk() -> None:
    assert asked("/api/supervise", {"by": "1009", "agent": "1001", "mode": "whisper"}) == (
        200,
        [Supervise(by="1009", agent="1001", mode="whisper")],
    )


def test_to_move_a_caller() -> None:
    code, wishes = asked(f"/api/callers/{CALL}/move", {"by": "1009", "skills": ["teochew"], "why": "听不懂"})
    assert (code, wishes) == (200, [MoveCaller(by="1009", call=CALL, skills=("teochew",), why="听不懂")])


@pytest.mark.parametrize("body", [{"agent": "1001", "mode": "listen"}, {"by": "x", "agent": "1001", "mode": "listen"}, {}])
def test_who_does_not_say_who_he_is_wishes_nothing(body: Mapping[str, object]) -> None:
    assert asked("/api/supervise", body) == (422, [])
