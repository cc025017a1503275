"""Wishes on Redis: the door's promises on a real one, and what happens while it is away."""

import asyncio
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from redis import Redis

from app.children import redis_argv
from app.places import PROJECT, Places
from app.wall_clock import WallClock
from hotline.errors import DoorClosed
from routing.ports import Wishes
from runtime.binaries import find_redis
from storage.wishes_redis import ANSWERED_IN_S, MOST_WAITING, TAKEN, WISHED, WishesRedis
from tests.checks.check_wishes import CHECKS, DONE, FORCE, PAUSE, asked_and_answered
from tests.storage.own_redis import own_redis


@pytest.fixture(scope="module")
def socket() -> Iterator[Path]:
    """A Redis of our own; its socket's path must be short (unix(7))."""
    found = find_redis(PROJECT / "var")
    if found is None:
        pytest.skip("no Redis >= 6.2 on this machine: run scripts/up")
    with TemporaryDirectory(prefix="hl-") as folder:
        places = Places(var=Path(folder))
        places.make()
        with subprocess.Popen(redis_argv(found.argv, places), stdout=subprocess.DEVNULL) as running:
            until = time.monotonic() + 10
            while not places.redis_socket.exists():
                assert time.monotonic() < until, "Redis does not come up"
            yield places.redis_socket
            running.terminate()


@pytest.fixture
def redis(socket: Path) -> Path:
    with Redis(unix_socket_path=str(socket)) as client:
        client.flushall()
    return socket


def on(socket: Path, story: Callable[[WishesRedis], Awaitable[None]]) -> None:
    async def run() -> None:
        wishes = WishesRedis(socket, clock=WallClock(), patience_s=0.3)
        await story(wishes)
        await wishes.shut()

    asyncio.run(run())


@pytest.mark.live
def test_a_redis_that_freezes_holds_up_whoever_answers_for_a_moment_only() -> None:
    with own_redis() as (places, running):

        async def story(wishes: WishesRedis) -> None:
            await wishes.answer("w1", DONE)
            running.send_signal(signal.SIGSTOP)
            began = time.monotonic()
            await wishes.answer("w2", DONE)
            waited = time.monotonic() - began
            running.send_signal(signal.SIGCONT)
            assert ANSWERED_IN_S <= waited < 1

        on(places.redis_socket, story)


@pytest.mark.live
@pytest.mark.parametrize("check", CHECKS)
def test_redis_keeps_the_doors_promises(redis: Path, check: Callable[[Wishes], Awaitable[None]]) -> None:
    on(redis, check)


@pytest.mark.live
def test_what_is_no_wish_of_ours_is_left_out_and_what_came_too_late_is_not_obeyed(redis: Path) -> None:
    with Redis(unix_socket_path=str(redis), decode_responses=True) as client:
        late = '{"kind": "AgentWants", "until": 1.0, "wish": {"id": "x", "agent": "1001", "what": "ready"}}'
        client.rpush(WISHED, "nonsense", '{"kind": "Robbery", "until": 9e9, "wish": {}}', late)

        async def story(wishes: WishesRedis) -> None:
            [heard], told = await asked_and_answered(wishes, PAUSE, DONE)
            assert (type(heard), told) == (type(PAUSE), DONE)
            assert heard.id != "x"

        on(redis, story)
        assert (client.llen(WISHED), client.llen(TAKEN)) == (0, 0)


@pytest.mark.live
def test_a_crowd_of_wishes_that_nobody_takes_is_not_made_longer(redis: Path) -> None:
    with Redis(unix_socket_path=str(redis)) as client:
        client.rpush(WISHED, *["nonsense"] * MOST_WAITING)

    async def story(wishes: WishesRedis) -> None:
        with pytest.raises(DoorClosed, match="请求积压"):
            await wishes.ask(FORCE)

    on(redis, story)


@pytest.mark.live
def test_without_redis_the_asker_is_told_so_and_answering_harms_nobody(tmp_path: Path) -> None:
    async def story(wishes: WishesRedis) -> None:
        with pytest.raises(DoorClosed, match="Redis 没有应答"):
            await wishes.ask(PAUSE)
        await wishes.answer("nobody", DONE)

    on(tmp_path / "absent", story)
