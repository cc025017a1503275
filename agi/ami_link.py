"""The link to Asterisk's manager interface: connects, logs in, notices a dead line within seconds, and comes back by itself.

Every connection has a panoramisk Manager of its own, so that nothing that was asked on one is ever asked again on the next: what was
under way when the link broke was done at most once, and `LinkLost` says that nobody knows.
"""

import asyncio
import logging
import random
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from panoramisk.message import Message

from agi.ami_guard import CarefulProtocol, Fields, OneConnection, checked
from hotline.errors import LineFault, LinkLost, Refused
from hotline.ports import Clock

log = logging.getLogger(__name__)

ANSWER_S: Final = 5.0
BOOT_S: Final = 60.0
BEAT_S: Final = 5.0
MISSES: Final = 2
BACKOFF_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
USER_TIMEOUT_MS: Final = 10_000
EVERYTHING: Final = "on"
LITTLE: Final = "system"
"""What a process hears that only follows: that the switch has booted, and telephones that come and go. Nobody reads it."""
LISTS: Final = frozenset({"Status", "DeviceStateList"})
"""Actions that are answered by a list of events with a …Complete at its end."""


@dataclass(frozen=True, kw_only=True)
class LinkUp:
    """Logged in, and Asterisk is fully booted. Events before this were not seen."""


@dataclass(frozen=True, kw_only=True)
class LinkGone:
    """The connection that was up is lost."""


Said = Message | LinkUp | LinkGone


class AmiLink:
    """`events`: everything Asterisk says, in order, with `LinkUp` and `LinkGone` between. `run` keeps the link until it is cancelled."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        user: str,
        secret: str,
        clock: Clock,
        answer_s: float = ANSWER_S,
        beat_s: float = BEAT_S,
        chance: Callable[[], float] = random.random,
        hears: str = EVERYTHING,
        guard: Callable[[Fields], Fields] = lambda fields: fields,
    ) -> None:
        """`hears`: the classes of events that are wanted. `guard`: what each action passes right before it is sent; it may raise."""
        self.events: asyncio.Queue[Said] = asyncio.Queue()
        self._where = (host, port)
        self._who = (user, secret)
        self._clock = clock
        self._answer_s = answer_s
        self._beat_s = beat_s
        self._chance = chance
        self._hears = hears
        self._guard = guard
        self._connection: OneConnection | None = None

    async def ask(self, fields: Fields) -> list[Message]:
        """Send one action and return its reply; more than one if Asterisk answers with a list of events.

        Raises `MalformedInput` before anything is sent, `Refused` for an error reply, `LinkLost` when nobody knows.
        """
        if self._connection is None:
            raise LinkLost("no connection to Asterisk")
        return await self._ask(self._connection, self._guard(fields))

    def forget(self) -> None:
        """Events that nobody has read are not wanted any more."""
        while not self.events.empty():
            self.events.get_nowait()

    async def hear(self, events: str) -> None:
        """Other classes of events from now on, also after the next login. Raises `LinkLost`."""
        self._hears = events
        if self._connection is None:
            raise LinkLost("no connection to Asterisk")
        await self._ask(self._connection, {"Action": "Events", "EventMask": events})

    async def run(self) -> None:
        """Connect, watch, connect again: for ever, waiting longer each time, never in step with others."""
        attempt = 0
        while True:
            try:
                async with self._connected() as connection:
                    attempt = 0
                    await self._watch(connection)
                    log.error("AMI: the link is lost")
            except (LineFault, OSError) as error:
                log.error("AMI: no link to Asterisk on port %d (%s: %s)", self._where[1], type(error).__name__, error)
            await self._clock.sleep(BACKOFF_S[min(attempt, len(BACKOFF_S) - 1)] * (0.75 + self._chance() / 2))
            attempt += 1

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[OneConnection]:
        connection = OneConnection(self.events)
        loop = asyncio.get_running_loop()
        transport, protocol = await asyncio.wait_for(loop.create_connection(CarefulProtocol, *self._where), self._answer_s)
        connection.begin(transport, protocol)
        _keep_alive(transport)
        try:
            asked = self._hears
            await self._log_in(connection, asked)
            while asked != self._hears:  # somebody wanted others while we logged in
                asked = self._hears
                await self._ask(connection, {"Action": "Events", "EventMask": asked})
            self._connection = connection
            self.events.put_nowait(LinkUp())
            log.info("AMI: the link is up")
            yield connection
        finally:
            if self._connection is connection:
                self._connection = None
                self.events.put_nowait(LinkGone())
            transport.abort()

    async def _log_in(self, connection: OneConnection, hears: str) -> None:
        user, secret = self._who
        try:
            await self._ask(connection, {"Action": "Login", "Username": user, "Secret": secret, "Events": hears})
        except Refused as error:
            remedy = "var/secrets.toml and Asterisk's manager.conf differ; run scripts/up"
            raise Refused(f"登录被拒绝；login refused for {user!r}: {remedy}") from error
        await asyncio.wait({connection.booted, connection.lost}, timeout=BOOT_S, return_when=asyncio.FIRST_COMPLETED)
        if not connection.booted.done():
            raise LinkLost("Asterisk did not say that it is fully booted")

    async def _watch(self, connection: OneConnection) -> None:
        """Return when the connection is lost, or answers no Ping: a half-open TCP connection looks alive for hours."""
        misses = 0
        while misses < MISSES and not connection.lost.done():
            await asyncio.wait({connection.lost}, timeout=self._beat_s)
            if self._hears == LITTLE:
                self.forget()
            try:
                await self._ask(connection, {"Action": "Ping"})
                misses = 0
            except LineFault:
                misses += 1

    async def _ask(self, connection: OneConnection, fields: Fields) -> list[Message]:
        # For anything but a list panoramisk is told to take the first answer: its own guess waits for ever after Originate.
        reply = connection.send_action(checked(fields), as_list=None if fields["Action"] in LISTS else False)
        await asyncio.wait({reply, connection.lost}, timeout=self._answer_s, return_when=asyncio.FIRST_COMPLETED)
        if not reply.done():
            reply.cancel()
            raise LinkLost(f"no answer to {fields['Action']}")
        answer = reply.result()
        answers = answer if isinstance(answer, list) else [answer]
        if not answers[0].success:
            raise Refused(f"{fields['Action']}: {answers[0].message}")
        return answers


def _keep_alive(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
