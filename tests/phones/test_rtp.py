"""One end of a voice: packets of 20 ms, and keys as telephone events."""

import asyncio
import socket
import struct

import pytest

from phones.rtp import VoiceEnd
from phones.sip import ask, read


def listening() -> tuple[socket.socket, tuple[str, int]]:
    ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ear.bind(("127.0.0.1", 0))
    ear.setblocking(False)
    return ear, ("127.0.0.1", int(ear.getsockname()[1]))


def drained(ear: socket.socket) -> list[tuple[int, bytes]]:
    """Payload type (with its mark) and body of every packet so far."""
    packets: list[tuple[int, bytes]] = []
    while True:
        try:
            packet = ear.recv(2048)
        except BlockingIOError:
            return packets
        packets.append((struct.unpack("!BBHII", packet[:12])[1], packet[12:]))


def test_a_key_is_told_with_its_end_three_times_and_nothing_is_spoken_meanwhile() -> None:
    async def pressed() -> list[tuple[int, bytes]]:
        ear, there = listening()
        voice = VoiceEnd("127.0.0.1", there)
        before = asyncio.get_running_loop().time()
        moment = await voice.press("*", seconds=0.04)
        voice.close()
        with ear:
            assert moment >= before
            return drained(ear)

    packets = asyncio.run(pressed())
    events = [(kind, body) for kind, body in packets if kind & 0x7F == 101]
    assert [body[0] for _, body in events] == [10] * len(events)
    assert [bool(body[1] & 0x80) for _, body in events][-4:] == [False, True, True, True]
    assert events[0][0] & 0x80
    assert [kind & 0x7F for kind, _ in packets].count(8) <= 1


def test_it_says_where_it_hears_and_counts_what_comes() -> None:
    async def heard() -> int:
        one = VoiceEnd("127.0.0.1")
        two = VoiceEnd("127.0.0.1")
        media = read(ask("INVITE", "sip:x@y", [], two.line).bytes()).media
        assert media is not None
        one.speak_to(media)
        await asyncio.wait_for(two.hears.wait(), 1)
        one.close()
        two.close()
        two.close()
        return two.heard

    assert asyncio.run(heard()) >= 1


def test_its_packets_are_numbered_from_where_it_is_told() -> None:
    async def spoken() -> list[bytes]:
        ear, there = listening()
        voice = VoiceEnd("127.0.0.1", there, first=0xFFFF)
        await voice.press("1", seconds=0.04)
        voice.close()
        with ear:
            return [ear.recv(2048) for _ in range(2)]

    numbers = [struct.unpack("!H", packet[2:4])[0] for packet in asyncio.run(spoken())]
    assert numbers == [0xFFFF, 0]


def test_what_is_no_key_is_refused() -> None:
    async def presses() -> None:
        voice = VoiceEnd("127.0.0.1")
        try:
            await voice.press("x")
        finally:
            voice.close()

    with pytest.raises(KeyError):
        asyncio.run(presses())
