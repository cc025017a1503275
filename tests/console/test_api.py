"""What a desk may ask for: the wish that goes out, and the answer in words."""

import asyncio
from collections.abc import Mapping

import httpx
import pytest
from fastapi import FastAPI

from console.api import with_api
from hotline.errors import DoorClosed
from hotline.wishes import AgentWants, ForcePresence, Wish, WishAnswer

DONE = WishAnswer(done=True, words="已示忙 paused")


def asked(path: str, body: Mapping[str, str] | None, answer: WishAnswer | DoorClosed = DONE) -> tuple[httpx.Response, list[Wish]]:
    """POST this, or GET without a body."""
    wishes: list[Wish] = []

    async def ask(wish: Wish) -> WishAnswer:
        wishes.append(wish)
        if isinstance(answer, DoorClosed):
            raise answer
        return answer

    async def live() -> dict[str, object] | None:
        return {"waiting": 3} if answer is DONE else None

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(app=with_api(FastAPI(), ask, live))
        async with httpx.AsyncClient(transport=transport, base_url="http://console") as client:
            return await (client.get(path) if body is None else client.post(path, json=body))

    return asyncio.run(run()), wishes


def test_an_agents_wish_goes_out_and_its_answer_comes_back_in_words() -> None:
    answer, wishes = asked("/api/agents/1001/presence", {"what": "paused", "reason": "meal"})
    assert wishes == [AgentWants(agent="1001", what="paused", reason="meal")]
    assert (answer.status_code, answer.json()) == (200, {"done": True, "words": "已示忙 paused"})


def test_a_supervisor_forces_with_his_number_and_his_reason() -> None:
    answer, wishes = asked("/api/agents/1001/force", {"what": "logged_off", "by": "1009", "why": "下班"})
    assert wishes == [ForcePresence(agent="1001", what="logged_off", by="1009", why="下班")]
    assert answer.status_code == 200


def test_a_refusal_is_told_as_one() -> None:
    answer, _ = asked("/api/agents/1001/presence", {"what": "ready"}, WishAnswer(done=False, words="请先签入 log on first"))
    assert (answer.status_code, answer.json()) == (409, {"done": False, "words": "请先签入 log on first"})


def test_nobody_who_leads_is_told_as_that() -> None:
    answer, _ = asked("/api/agents/1001/presence", {"what": "ready"}, DoorClosed("现在没有人主持分配"))
    assert (answer.status_code, answer.json()["words"]) == (503, "现在没有人主持分配")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/agents/1001/presence", {"reason": "meal"}),
        ("/api/agents/1001/presence", {"what": "paused", "id": "phone:PJSIP/1002-00000001"}),
        ("/api/agents/1001/presence", {"what": "x" * 201}),
        ("/api/agents/1001/force", {"what": "ready", "why": "培训"}),
        ("/api/agents/1001/force", {"what": "ready", "why": "培训", "by": "system"}),
    ],
)
def test_what_is_no_wish_goes_nowhere(path: str, body: Mapping[str, str]) -> None:
    answer, wishes = asked(path, body)
    assert (answer.status_code, wishes) == (422, [])


def test_a_page_of_another_site_cannot_wish_for_its_reader() -> None:
    """A form of a foreign page is posted as text without asking; only JSON makes a browser ask first, and nobody says yes."""

    async def run() -> int:
        async def ask(wish: Wish) -> WishAnswer:
            raise AssertionError(wish)

        async def live() -> dict[str, object] | None:
            return None

        transport = httpx.ASGITransport(app=with_api(FastAPI(), ask, live))
        async with httpx.AsyncClient(transport=transport, base_url="http://console") as client:
            text = {"Content-Type": "text/plain"}
            return (await client.post("/api/agents/1001/presence", content=b'{"what": "ready"}', headers=text)).status_code

    assert asyncio.run(run()) == 422


def test_the_board_has_a_page_that_says_so_when_it_is_empty() -> None:
    answer, _ = asked("/board", None, DoorClosed("x"))
    assert (answer.status_code, "看板暂缺" in answer.text) == (200, True)


def test_the_board_is_shown_as_it_is_and_said_to_be_empty_when_it_is() -> None:
    answer, _ = asked("/api/board", None)
    assert (answer.status_code, answer.json()) == (200, {"waiting": 3})
    answer, _ = asked("/api/board", None, DoorClosed("x"))
    assert (answer.status_code, "看板暂缺" in answer.json()["words"]) == (503, True)
