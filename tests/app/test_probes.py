"""Is it alive?"""

import asyncio
import os
import socket
from pathlib import Path

import pytest

from app.children import STOP_ORDER
from app.places import Places
from app.probes import STALE_S, Mute, answers, heartbeat, probes
from app.settings import Settings
from app.switch import Switch


async def against(server: bytes | None, said: bytes, expected: bytes) -> None:
    """Probe a server that answers with these bytes; None: it closes at once."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(server or b"")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        await answers("127.0.0.1", listening.sockets[0].getsockname()[1], said, expected)


def test_the_expected_answer_is_a_sign_of_life() -> None:
    asyncio.run(against(b"HTTP/1.1 200 OK\r\n", b"GET / HTTP/1.0\r\n", b"HTTP/1."))


def test_another_answer_is_none() -> None:
    with pytest.raises(Mute, match="another answer"):
        asyncio.run(against(b"SSH-2.0", b"GET / HTTP/1.0\r\n", b"HTTP/1."))


def test_a_closed_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(Mute, match=f"127.0.0.1:{port}"):
        asyncio.run(answers("127.0.0.1", port, b"", b""))


def test_a_fresh_heartbeat_is_a_sign_of_life(tmp_path: Path) -> None:
    (tmp_path / "x.alive").touch()
    os.utime(tmp_path / "x.alive", (1000.0, 1000.0))
    heartbeat(tmp_path / "x.alive", now=1000.0 + STALE_S)


def test_a_stale_or_missing_heartbeat_is_not(tmp_path: Path) -> None:
    (tmp_path / "x.alive").touch()
    os.utime(tmp_path / "x.alive", (1000.0, 1000.0))
    with pytest.raises(Mute, match="7 s ago"):
        heartbeat(tmp_path / "x.alive", now=1007.0)
    with pytest.raises(Mute, match="yet"):
        heartbeat(tmp_path / "absent", now=1000.0)


def test_every_process_has_its_probe(tmp_path: Path) -> None:
    places = Places(var=tmp_path)
    assert set(probes(settings=Settings(), places=places, switch=Switch(asterisk=(), conf=tmp_path))) == set(STOP_ORDER)
