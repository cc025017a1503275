"""The machine's own clock keeps the Clock door's promises."""

import asyncio
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

import pytest

from app.wall_clock import WallClock


def test_now_has_its_zone_and_is_now() -> None:
    now = WallClock().now()
    assert now.tzinfo is UTC
    assert abs(datetime.now(tz=UTC) - now) < timedelta(seconds=5)


def test_a_time_of_day_that_is_set_back_stops_nobodys_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    class SetBack(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) - timedelta(hours=1)

    clock = WallClock()
    began = clock.now()
    monkeypatch.setattr("app.wall_clock.datetime", SetBack)
    assert began <= clock.now() < began + timedelta(seconds=5)


def test_sleep_returns_not_before_its_time() -> None:
    async def run() -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await WallClock().sleep(0.005)
        return loop.time() - began

    assert asyncio.run(run()) >= 0.005
