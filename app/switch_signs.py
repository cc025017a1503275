"""Signs of life of Asterisk (还在不在): its console, its manager interface and its SIP stack, each with threads of its own.

All silent: it is frozen, and its calls are lost already. Some silent: it is slow or sick, carries its calls, and is never killed for that.
A busy one always shows some sign: an OPTIONS needs a millisecond of it, and is asked again and again (asterisk.md §0).
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

from hotline.errors import DoorClosed

Probe = Callable[[], Awaitable[None]]
"""Returns when it answered, raises `Mute` with what was seen instead."""

ASKED_AGAIN_S: Final = (0.0, 0.5, 1.0)
"""When the question is put: a packet may be lost."""
SIP_EVERY_S: Final = 15.0
"""How often SIP is asked while all is well: each question is a line in the security log."""


class Mute(DoorClosed):
    """It did not answer; the message says what was seen."""


class Partly(Mute):
    """It lives, but not every sign was there; the message says which were missing."""


class Signs:
    """A probe. `often` are asked each time; `seldom` every `every_s`, and whenever one of the others is missing.

    Raises `Partly` when some are silent, `Mute` when all are.
    """

    def __init__(
        self,
        *,
        often: Mapping[str, Probe],
        seldom: Mapping[str, Probe],
        every_s: float = SIP_EVERY_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._often = often
        self._seldom = seldom
        self._every_s = every_s
        self._now = now
        self._well_at = float("-inf")

    async def __call__(self) -> None:
        """Ask."""
        silent = await _silent(self._often)
        if not silent and self._now() - self._well_at < self._every_s:
            return
        also = await _silent(self._seldom)
        if not also:
            self._well_at = self._now()
        silent |= also
        if silent:
            all_silent = len(silent) == len(self._often) + len(self._seldom)
            raise (Mute if all_silent else Partly)("；".join(f"{name}: {words}" for name, words in silent.items()))


async def _silent(signs: Mapping[str, Probe]) -> dict[str, str]:
    """Which of them were not there, and what was seen instead."""
    found: dict[str, str] = {}

    async def ask(name: str, sign: Probe) -> None:
        try:
            await sign()
        except Mute as mute:
            found[name] = str(mute)

    async with asyncio.TaskGroup() as group:
        for name, sign in signs.items():
            group.create_task(ask(name, sign))
    return {name: found[name] for name in signs if name in found}


async def sip_answers(host: str, port: int, *, within_s: float) -> None:
    """Any answer to an OPTIONS over UDP, by a socket that belongs to nobody else. Raises `Mute`."""
    loop = asyncio.get_running_loop()
    try:
        transport, ear = await loop.create_datagram_endpoint(_Ear, remote_addr=(host, port))
    except OSError as error:
        raise Mute(f"{host}:{port}/udp: {error.strerror}") from None
    try:
        async with asyncio.timeout(within_s):
            await _ask_again(transport, ear.heard, options(host, port, transport.get_extra_info("sockname")))
    except TimeoutError:
        raise Mute(f"{host}:{port}/udp: no answer to OPTIONS in {within_s:g} s") from None
    finally:
        transport.close()


async def _ask_again(transport: asyncio.DatagramTransport, heard: asyncio.Event, question: bytes) -> None:
    asked = 0.0
    for moment in ASKED_AGAIN_S:
        with suppress(TimeoutError):
            await asyncio.wait_for(heard.wait(), max(0.0, moment - asked))
        if heard.is_set():
            return
        transport.sendto(question)
        asked = moment
    await heard.wait()


class _Ear(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.heard = asyncio.Event()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if data.startswith(b"SIP/2.0 "):
            self.heard.set()


def options(host: str, port: int, us: tuple[str, int]) -> bytes:
    """The question (RFC 3261 §11). From the endpoint self-check: Asterisk wants its password, and does not complain of a stranger."""
    mark = secrets.token_hex(8)
    lines = [
        f"OPTIONS sip:alive@{host}:{port} SIP/2.0",
        f"Via: SIP/2.0/UDP {us[0]}:{us[1]};rport;branch=z9hG4bK{mark}",
        "Max-Forwards: 1",
        f"From: <sip:self-check@{us[0]}>;tag={mark}",
        f"To: <sip:alive@{host}:{port}>",
        f"Call-ID: alive-{mark}@{us[0]}",
        "CSeq: 1 OPTIONS",
        f"Contact: <sip:self-check@{us[0]}:{us[1]}>",
        "Content-Length: 0",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
