"""考核指标 over HTTP: what is asked for is passed on, and what goes wrong is said in words."""

import asyncio
from typing import Any

import httpx
from fastapi import FastAPI

from console.api_measures import router
from hotline.errors import DoorClosed, MalformedInput


def asked(path: str, fails: Exception | None = None) -> tuple[int, Any]:
    def read(day: str, by: str, clock: str) -> list[dict[str, Any]]:
        if fails:
            raise fails
        return [{"group": "", "asked": [day, by, clock]}]

    async def run() -> httpx.Response:
        app = FastAPI()
        app.include_router(router(read, lambda day, figure: [day, figure]))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://console") as client:
            return await client.get(path)

    answer = asyncio.run(run())
    return answer.status_code, answer.json()


def test_a_board_asks_for_a_day_a_group_and_a_clock_or_for_today() -> None:
    assert asked("/api/measures?day=2026-11-23&by=hour&clock=wait") == (200, [{"group": "", "asked": ["2026-11-23", "hour", "wait"]}])
    assert asked("/api/measures") == (200, [{"group": "", "asked": ["", "", ""]}])


def test_the_calls_behind_a_figure_can_be_asked_for() -> None:
    assert asked("/api/measures/gave_up/calls?day=2026-11-23") == (200, ["2026-11-23", "gave_up"])


def test_a_wrong_question_and_a_closed_ledger_are_told_apart() -> None:
    for wrong in (ValueError("day"), KeyError("figure"), MalformedInput("group")):
        assert asked("/api/measures", wrong)[0] == 400
    assert asked("/api/measures", DoorClosed("台账暂时读不到")) == (503, {"words": "台账暂时读不到"})
