"""Asterisk's side of many visits that are held in a prompt: what one call costs the FastAGI process in memory.

The server is the real one; only the far end of its sockets is played here, since 1,000 real calls would measure Asterisk.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

HOLDING = (b"GET DATA", b"STREAM FILE")


@contextlib.asynccontextmanager
async def held_in_prompt(port: int, calls: int, *, flow: str = "menu") -> AsyncIterator[None]:
    """So many visits stand in their first prompt as long as the context lasts. Raises TimeoutError when they do not get there."""
    loop = asyncio.get_running_loop()
    lines = [_HeldLine(_head(flow, number)) for number in range(calls)]
    try:
        for first in range(0, calls, 50):
            await asyncio.gather(*(_connect(loop, port, line) for line in lines[first : first + 50]))
        async with asyncio.timeout(30):
            for line in lines:
                await line.holding.wait()
        yield
    finally:
        for line in lines:
            line.leave()


class _HeldLine(asyncio.Protocol):
    """Says yes to every command until the first one that plays; to that one it never answers."""

    def __init__(self, head: bytes) -> None:
        self._head = head
        self._transport: asyncio.Transport | None = None
        self.holding = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._head)

    def data_received(self, data: bytes) -> None:
        if data.startswith(HOLDING):
            self.holding.set()
        elif self._transport is not None:
            self._transport.write(b"200 result=0\n")

    def leave(self) -> None:
        """The citizen hangs up."""
        if self._transport is not None:
            self._transport.write(b"HANGUP\n")
            self._transport.close()


async def _connect(loop: asyncio.AbstractEventLoop, port: int, line: _HeldLine) -> None:
    await loop.create_connection(lambda: line, "127.0.0.1", port)


def _head(flow: str, number: int) -> bytes:
    arguments = (f"bench-1764000000.{number}", "12345", "19900000000", "bench", "", "")
    words = {
        "agi_network": "yes",
        "agi_network_script": flow,
        "agi_request": f"agi://127.0.0.1/{flow}",
        "agi_channel": f"PJSIP/bench-{number:08x}",
        "agi_language": "zh_CN",
        "agi_type": "PJSIP",
        "agi_uniqueid": f"bench-1764000000.{number}",
        "agi_version": "22.10.1",
        "agi_callerid": "19900000000",
        "agi_calleridname": "unknown",
        "agi_callingpres": "0",
        "agi_callingani2": "0",
        "agi_callington": "0",
        "agi_callingtns": "0",
        "agi_dnid": "12345",
        "agi_rdnis": "unknown",
        "agi_context": "line",
        "agi_extension": "12345",
        "agi_priority": "12",
        "agi_enhanced": "0.0",
        "agi_accountcode": "",
        "agi_threadid": "140000000000000",
        **{f"agi_arg_{place}": argument for place, argument in enumerate(arguments, 1)},
    }
    return "".join(f"{key}: {value}\n" for key, value in words.items()).encode() + b"\n"
