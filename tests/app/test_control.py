"""The supervisor's door."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from app.control import ask_supervisor, open_door
from hotline.errors import DoorClosed


async def echo(request: dict[str, Any]) -> dict[str, Any]:
    return {"asked": request}


async def asked(path: Path, said: bytes) -> bytes:
    reader, writer = await asyncio.open_unix_connection(str(path))
    writer.write(said)
    answer = await reader.readline()
    writer.close()
    return answer


def test_a_question_is_answered_and_the_socket_is_for_this_user_alone(tmp_path: Path) -> None:
    async def talk() -> dict[str, Any]:
        async with await open_door(tmp_path / "s", echo):
            assert (tmp_path / "s").stat().st_mode & 0o777 == 0o600
            return await ask_supervisor(tmp_path / "s", {"do": "health"})

    assert asyncio.run(talk()) == {"asked": {"do": "health"}}


def test_garbage_is_answered_and_the_door_stays_open(tmp_path: Path) -> None:
    async def talk() -> list[bytes]:
        async with await open_door(tmp_path / "s", echo):
            return [await asked(tmp_path / "s", said) for said in (b"nonsense\n", b"[1]\n", b'{"a": 1}\n')]

    first, second, third = asyncio.run(talk())
    assert b"error" in first
    assert b"error" in second
    assert third == b'{"asked": {"a": 1}}\n'


def test_a_socket_left_by_a_dead_supervisor_is_taken_over(tmp_path: Path) -> None:
    async def talk() -> dict[str, Any]:
        (tmp_path / "s").touch()
        async with await open_door(tmp_path / "s", echo):
            return await ask_supervisor(tmp_path / "s", {})

    assert asyncio.run(talk()) == {"asked": {}}


def test_nobody_there_is_a_closed_door(tmp_path: Path) -> None:
    with pytest.raises(DoorClosed):
        asyncio.run(ask_supervisor(tmp_path / "absent", {}))


def test_a_door_that_closes_without_an_answer_is_a_closed_door(tmp_path: Path) -> None:
    async def talk() -> None:
        async with await asyncio.start_unix_server(lambda _reader, writer: writer.close(), path=str(tmp_path / "s")):
            await ask_supervisor(tmp_path / "s", {})

    with pytest.raises(DoorClosed):
        asyncio.run(talk())
