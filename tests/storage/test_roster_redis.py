"""The roster on a real Redis."""

import asyncio
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from app.places import Places
from hotline.errors import DoorClosed
from routing.ports import Roster
from storage.roster_redis import RosterRedis
from tests.checks.check_roster import CHECKS
from tests.storage.own_redis import own_redis

Given = tuple[Places, "subprocess.Popen[bytes]"]


@pytest.fixture
def given() -> Iterator[Given]:
    with own_redis() as made:
        yield made


@pytest.mark.live
@pytest.mark.parametrize("check", CHECKS)
def test_redis_keeps_the_doors_promises(given: Given, check: Callable[[Roster], Awaitable[None]]) -> None:
    async def run() -> None:
        roster = RosterRedis(given[0].redis_socket, patience_s=1)
        await check(roster)
        await roster.shut()

    asyncio.run(run())


@pytest.mark.live
def test_a_redis_that_is_frozen_closes_the_door_soon_and_opens_it_again(given: Given) -> None:
    async def run() -> None:
        roster = RosterRedis(given[0].redis_socket)
        given[1].send_signal(signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(DoorClosed, match="cannot be written"):
            await roster.keep(1, {"agent:1001": "x"})
        assert time.monotonic() - began < 1
        given[1].send_signal(signal.SIGCONT)
        await roster.keep(1, {"agent:1001": "y"})
        assert await roster.recall(1) == {"agent:1001": "y"}
        await roster.shut()

    asyncio.run(run())


def test_a_redis_that_is_not_there_closes_the_door(tmp_path: Path) -> None:
    async def run() -> None:
        roster = RosterRedis(tmp_path / "none")
        with pytest.raises(DoorClosed, match="cannot be read"):
            await roster.recall(1)
        await roster.shut()

    asyncio.run(run())
