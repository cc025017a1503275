"""Signs of life of Asterisk (还在不在): its console, its manager interface and its SIP stack, each with threads of its own.

All silent: it is frozen, and its calls are lost already. Some silent: it is slow or sick, carries its calls, and is not killed for that.
A busy one always shows some sign: an OPTIONS needs a millisecond of it, and is asked again and again (asterisk.md §0).

Once a minute it places a call to itself. One that talks to us and answers no call, or no SIP, is of no use: it counts as frozen when that
costs nobody his talk, or when it does neither.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Set
from contextlib import suppress
from types import MappingProxyType
from typing import Final

from hotline.errors import DoorClosed, LinkLost

Probe = Callable[[], Awaitable[None]]
"""Returns when it answered, raises `Mute` with what was seen instead."""

ASKED_AGAIN_S: Final = (0.0, 0.5, 1.0)
"""When the question is put: a packet may be lost."""
SIP_EVERY_S: Final = 15.0
"""How often SIP is asked while all is well: each question is a line in the security log."""
CALL_EVERY_S: Final = 60.0
CALL_AGAIN_S: Final = 5.0
CALL_MISSES: Final = 2
"""A call that fails is tried again after so long; so many in a row are no accident."""
USELESS_AFTER_S: Final = 20.0
"""So long it may answer no call, or no SIP, before it is said to be of no use."""


class Mute(DoorClosed):
    """It did not answer; the message says what was seen."""


class Partly(Mute):
    """It lives, but not every sign was there; the message says which were missing."""


class Trial:
    """A sign that costs something: asked every `every_s`, again `again_s` after it failed, and missing when it failed twice in a row."""

    def __init__(
        self, sign: Probe, *, every_s: float = CALL_EVERY_S, again_s: float = CALL_AGAIN_S, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._sign = sign
        self._every_s, self._again_s = every_s, again_s
        self._now = now
        self._due = float("-inf")
        self._misses = 0
        self._words = ""

    async def __call__(self) -> None:
        """Ask if it is time. Raises `Mute`."""
        if self._now() >= self._due:
            try:
                await self._sign()
            except Mute as mute:
                self._misses, self._words, self._due = self._misses + 1, str(mute), self._now() + self._again_s
            else:
                self._misses, self._due = 0, self._now() + self._every_s
        if self._misses >= CALL_MISSES:
            raise Mute(self._words)


async def _somebody() -> bool:
    return True


class Signs:
    """A probe. `often` are asked each time; `seldom` every `every_s`, and whenever one of the others is missing; `calls` know themselves
    when they are due, and are asked only of one that answers the `often`. `talking`: whether anybody has a talk to lose; it may raise
    `LinkLost`.

    Raises `Partly` when some are silent; `Mute` when all are, or when it is of no use: one of `seldom` and `calls`, which it did before, is
    missing for `useless_after_s` and nobody talks, or it does none of them. What a new life of it never did is no reason to end it again.
    """

    def __init__(
        self,
        *,
        often: Mapping[str, Probe],
        seldom: Mapping[str, Probe],
        calls: Mapping[str, Probe] = MappingProxyType({}),
        talking: Callable[[], Awaitable[bool]] = _somebody,
        every_s: float = SIP_EVERY_S,
        useless_after_s: float = USELESS_AFTER_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._often = often
        self._seldom = seldom
        self._calls = calls
        self._talking = talking
        self._every_s = every_s
        self._useless_after_s = useless_after_s
        self._now = now
        self._well_at = float("-inf")
        self._did: frozenset[str] = frozenset()
        self._since: dict[str, float] = {}

    async def __call__(self) -> None:
        """Ask."""
        silent = await _silent(self._often)
        talks_to_us = not silent
        if silent or self._now() - self._well_at >= self._every_s:
            silent |= await self._look_seldom()
        if talks_to_us:
            silent |= await _silent(self._calls)
        self._note(silent.keys(), talks_to_us=talks_to_us)
        if silent:
            gone = not talks_to_us and len(silent) == len(self._often) + len(self._seldom)
            words = "；".join(f"{name}: {words}" for name, words in silent.items())
            raise (Mute if gone or await self._is_useless() else Partly)(words)

    async def _look_seldom(self) -> dict[str, str]:
        silent = await _silent(self._seldom)
        if not silent:
            self._well_at = self._now()
        return silent

    def _note(self, silent: Set[str], *, talks_to_us: bool) -> None:
        """Since when it has not done what it did before."""
        duties = self._seldom.keys() | self._calls.keys()
        self._did = self._did | (duties - silent) if talks_to_us else frozenset()
        self._since = {name: self._since.get(name, self._now()) for name in self._did & silent}

    async def _is_useless(self) -> bool:
        if self._calls and self._since.keys() == self._seldom.keys() | self._calls.keys():
            return True
        if all(self._now() - since < self._useless_after_s for since in self._since.values()):
            return False
        with suppress(LinkLost):
            return not await self._talking()
        return False


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
