"""Is it alive? One probe per process; each returns when it answered and raises `Mute` with what was seen instead.

Asterisk has several signs of life (app/switch_signs.py): only when all are missing it is frozen.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path

from agi.variables import PROBE_FLOW
from app.places import Places
from app.settings import Settings
from app.switch import Switch
from app.switch_signs import Mute as Mute
from app.switch_signs import Probe as Probe
from app.switch_signs import Signs, Trial, sip_answers
from hotline.errors import LinkLost

ANSWER_WITHIN_S = 3.0

_VISIT = f"agi_network: yes\nagi_network_script: {PROBE_FLOW}\nagi_threadid: 0\n\n".encode()
"""The head of a visit that wants nothing: whoever closes it has read it."""

VISIT_WITHIN_S = 2.0
"""Twice in the time after which agi is killed for its silence: one lost answer is none."""

STALE_S = 3.0

_MANAGER = b"Asterisk Call Manager/"
"""What the manager interface says to everybody who connects."""


async def answers(host: str, port: int, said: bytes, expected: bytes, *, within_s: float = ANSWER_WITHIN_S) -> None:
    """A TCP server answers `said` with something that begins with `expected`. Raises `Mute`."""
    await _exchange(lambda: asyncio.open_connection(host, port), said, expected, f"{host}:{port}", within_s)


async def visit_answered(port: int, *, within_s: float = ANSWER_WITHIN_S) -> None:
    """The agi process takes a visit in. Raises `Mute`."""
    await answers("127.0.0.1", port, _VISIT, b"", within_s=within_s)


async def answers_on_socket(path: Path, said: bytes, expected: bytes) -> None:
    """The same on a unix socket."""
    await _exchange(lambda: asyncio.open_unix_connection(str(path)), said, expected, path.name, ANSWER_WITHIN_S)


async def _exchange(
    connect: Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]],
    said: bytes,
    expected: bytes,
    where: str,
    within_s: float,
) -> None:
    try:
        async with asyncio.timeout(within_s):
            reader, writer = await connect()
            try:
                writer.write(said)
                await writer.drain()
                answer = await _first_bytes(reader)
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()
    except TimeoutError:
        raise Mute(f"{where}: no answer in {within_s:g} s") from None
    except OSError as error:
        raise Mute(f"{where}: {error.strerror or type(error).__name__}") from None
    if not answer.startswith(expected):
        raise Mute(f"{where}: another answer than expected")


async def _first_bytes(reader: asyncio.StreamReader) -> bytes:
    """What it says first; a close, gentle or not, is an answer without words."""
    try:
        return await reader.read(200)
    except ConnectionResetError:
        return b""


def heartbeat(path: Path, *, now: float) -> None:
    """The file was touched lately (`now`: Unix seconds). Raises `Mute`."""
    try:
        age = now - path.stat().st_mtime
    except OSError:
        raise Mute("no sign of life yet") from None
    if age > STALE_S:
        raise Mute(f"last sign of life {age:.0f} s ago")


def signs_of_asterisk(settings: Settings, switch: Switch) -> Signs:
    """Its console, its manager interface, its SIP stack, and once a minute a call to itself."""

    async def console() -> None:
        try:
            await switch.booted(within_s=ANSWER_WITHIN_S)
        except LinkLost as error:
            raise Mute(str(error)) from None

    async def manager() -> None:
        await answers("127.0.0.1", settings.asterisk.ami_port, b"", _MANAGER)

    async def sip() -> None:
        here = "127.0.0.1" if settings.sip.bind == "0.0.0.0" else settings.sip.bind
        await sip_answers(here, settings.sip.port, within_s=ANSWER_WITHIN_S)

    async def call() -> None:
        try:
            await switch.call_itself(within_s=ANSWER_WITHIN_S)
        except LinkLost as error:
            raise Mute(str(error)) from None

    often, seldom = {"console": console, "AMI": manager}, {"SIP": sip}
    return Signs(often=often, seldom=seldom, calls={"call": Trial(call)}, talking=switch.talking)


def probes(*, settings: Settings, places: Places, switch: Switch) -> Mapping[str, Probe]:
    """The probe of each process by name."""

    async def redis() -> None:
        await answers_on_socket(places.redis_socket, b"PING\r\n", b"+PONG")

    async def agi() -> None:
        heartbeat(places.alive_file("agi"), now=time.time())
        await visit_answered(settings.agi.port, within_s=VISIT_WITHIN_S)

    async def routing() -> None:
        heartbeat(places.alive_file("routing"), now=time.time())

    async def standby() -> None:
        heartbeat(places.alive_file("standby"), now=time.time())

    async def watchdog() -> None:
        heartbeat(places.alive_file("watchdog"), now=time.time())

    async def worker() -> None:
        heartbeat(places.alive_file("worker"), now=time.time())

    async def console() -> None:
        await answers("127.0.0.1", settings.console.port, b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n", b"HTTP/1.")

    return {
        "asterisk": signs_of_asterisk(settings, switch),
        "redis": redis,
        "agi": agi,
        "routing": routing,
        "standby": standby,
        "watchdog": watchdog,
        "worker": worker,
        "console": console,
    }
