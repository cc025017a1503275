"""The board on Redis: the door's promises on a real one, and none of its troubles reach a call."""

import asyncio
import logging
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from app.children import redis_argv
from app.places import PROJECT, Places
from routing.ports import Board
from runtime.binaries import find_redis
from storage.alarm_files import alarms_in
from storage.board_redis import FRESH_S, KEY, BoardRedis
from tests.checks.check_board import CHECKS, VIEW


@pytest.fixture
def redis(frozen: tuple[Path, "subprocess.Popen[bytes]"]) -> Path:
    """The socket of a Redis of our own."""
    return frozen[0]


@pytest.fixture
def frozen() -> Iterator[tuple[Path, "subprocess.Popen[bytes]"]]:
    """A Redis of our own and its process, which may be frozen; its socket's path must be short (unix(7))."""
    found = find_redis(PROJECT / "var")
    if found is None:
        pytest.skip("no Redis >= 6.2 on this machine: run scripts/up")
    with TemporaryDirectory(prefix="hl-") as folder:
        places = Places(var=Path(folder))
        places.make()
        with subprocess.Popen(redis_argv(found.argv, places), stdout=subprocess.DEVNULL) as running:
            _await_socket(places.redis_socket, time.monotonic() + 10)
            yield places.redis_socket, running
            running.send_signal(signal.SIGCONT)
            running.terminate()


def _await_socket(socket: Path, until: float) -> None:
    while not socket.exists():
        assert time.monotonic() < until, "Redis does not come up"


@pytest.mark.live
@pytest.mark.parametrize("check", CHECKS)
def test_redis_keeps_the_doors_promises(redis: Path, check: Callable[[Board], Awaitable[None]]) -> None:
    async def run() -> None:
        board = BoardRedis(redis)
        await check(board)
        await board.shut()

    asyncio.run(run())


@pytest.mark.live
def test_the_board_forgets_what_is_old_and_does_not_show_what_it_cannot_read(redis: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        board = BoardRedis(redis)
        await board.publish(VIEW)
        assert 0 < await board._redis.ttl(KEY) <= FRESH_S
        await board._redis.set(KEY, "{}")
        assert await board.latest() is None
        await board.shut()

    asyncio.run(run())
    assert "the board is out of order (KeyError)" in caplog.text


def test_a_redis_that_is_not_there_is_logged_once_and_hinders_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        board = BoardRedis(tmp_path / "redis.sock")
        for _ in range(3):
            await board.publish(VIEW)
            assert await board.latest() is None
        await board.shut()

    asyncio.run(run())
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_a_redis_that_does_not_answer_costs_a_moment_and_no_more(tmp_path: Path) -> None:
    async def run() -> float:
        async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        async with await asyncio.start_unix_server(mute, tmp_path / "s"):
            board = BoardRedis(tmp_path / "s")
            began = time.monotonic()
            await board.publish(VIEW)
            took = time.monotonic() - began
            await board.shut()
            return took

    assert asyncio.run(run()) < 1


@pytest.mark.live
def test_a_redis_that_is_frozen_alarms_costs_little_and_is_used_again_when_it_thaws(frozen: tuple[Path, "subprocess.Popen[bytes]"]) -> None:
    socket, process = frozen
    var = socket.parent.parent

    async def run() -> None:
        board = BoardRedis(socket, var=var)
        await board.publish(VIEW)
        process.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        for _ in range(5):
            await board.publish(VIEW)  # two questions, 0.2 s each
            assert await board.latest() is None
        assert time.monotonic() - began < 5
        assert [alarm.name for alarm in alarms_in(var)] == ["redis-mute"]
        process.send_signal(signal.SIGCONT)
        while alarms_in(var):
            assert time.monotonic() - began < 30
            await board.publish(VIEW)
        assert await board.latest() == VIEW
        await board.shut()

    asyncio.run(run())


def test_one_publication_that_fails_is_no_alarm(tmp_path: Path) -> None:
    async def run() -> list[int]:
        board = BoardRedis(tmp_path / "redis.sock", var=tmp_path)
        found = []
        for _ in range(3):
            await board.publish(VIEW)
            found.append(len(alarms_in(tmp_path)))
        await board.shut()
        return found

    assert asyncio.run(run()) == [0, 1, 1]
