"""The FastAGI server: takes visits in, gives each to one task, and lets nobody hold it up.

Cheap on purpose (a call in a prompt costs one task and one socket): one shared read buffer, no timer per command but one sweep a
second over all deadlines. No read is without a deadline: a head has `HEAD_S`, a command what its caller allows.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, cast

from agi.wire import Garbled, HangupNotice, Head, HeadReader, Reply, ReplyReader
from hotline.errors import LineFault, MalformedInput
from ivr.facts import HungUp

log = logging.getLogger(__name__)

HEAD_S: Final = 5.0
SWEEP_S: Final = 1.0
LAST_WORDS_S: Final = 1.0
"""What a visit has to write its journal after we closed its line."""

_NEVER = float("inf")
_READ_BYTES = 16_384
_BACKLOG = 1024


class Line:
    """The citizen's channel as one visit sees it: one command at a time. `gone` once nothing can be said to it any more."""

    __slots__ = ("_deadline", "_loop", "_replies", "_transport", "_waiter", "closed_by_us", "gone")

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport) -> None:
        self._loop = loop
        self._transport = transport
        self._replies = ReplyReader()
        self._waiter: asyncio.Future[Reply | None] | None = None
        self._deadline = _NEVER
        self.gone = False
        self.closed_by_us = False

    async def ask(self, command: bytes, seconds: float) -> Reply | None:
        """Send one line (agi.wire.command) and return its reply; None when the citizen is gone, before or meanwhile.

        Raises `LineFault` when Asterisk does not answer within so many seconds (and up to `SWEEP_S` more).
        """
        if self.gone:
            return None
        self._waiter = self._loop.create_future()
        self._deadline = self._loop.time() + seconds
        self._transport.write(command)  # in one write: of half a line Asterisk's thread would spin (asterisk.md §1)
        return await self._waiter

    def take(self, chunk: bytes) -> None:
        """Bytes from Asterisk."""
        for event in self._replies.feed(chunk):
            if isinstance(event, Reply):
                self._answer(event)
            elif isinstance(event, HangupNotice):
                self.leave()
            else:
                self._garbled(event)

    def leave(self) -> None:
        """The citizen is gone: whoever waits for a reply hears so."""
        self.gone = True
        self._settle(None)

    def close(self) -> None:
        """Let go of the channel: the dialplan goes on with the citizen."""
        self.closed_by_us = not self.gone
        self.leave()
        self._transport.abort()

    def sweep(self, now: float) -> None:
        """Give up on a reply that is overdue."""
        if now > self._deadline and self._waiter is not None:
            waiter, self._waiter, self._deadline = self._waiter, None, _NEVER
            self.gone = True
            if not waiter.done():
                waiter.set_exception(LineFault("Asterisk did not answer in time"))
            self._transport.abort()

    def _answer(self, reply: Reply) -> None:
        if self._waiter is None and not self.gone:
            log.warning("a reply that nobody asked for: dropped code=%d", reply.code)
        self._settle(None if reply.code == 511 else reply)

    def _garbled(self, event: Garbled) -> None:
        log.warning("line closed: Asterisk wrote %s", event.reason)
        self.leave()
        self._transport.abort()

    def _settle(self, reply: Reply | None) -> None:
        waiter, self._waiter, self._deadline = self._waiter, None, _NEVER
        if waiter is not None and not waiter.done():
            waiter.set_result(reply)


Visit = Callable[[Head, Line], Awaitable[None]]


class Server:
    """Serves FastAGI until told to stop. `most` visits at a time; a refusal costs its caller the connection and us one log line."""

    def __init__(self, visit: Visit, *, most: int = 2000, head_s: float = HEAD_S, sweep_s: float = SWEEP_S) -> None:
        self._visit = visit
        self._most = most
        self._sweep_s = sweep_s
        self.head_s = head_s
        self._connections: set[_Connection] = set()
        self._visits: asyncio.TaskGroup | None = None
        self._running = 0
        self._idle = asyncio.Event()
        self.buffer = memoryview(bytearray(_READ_BYTES))

    async def serve(
        self, *, host: str, port: int, stop: asyncio.Event, grace_s: float = 10.0, ready: Callable[[int], None] = lambda _port: None
    ) -> None:
        """Listen until `stop`; then accept nobody, let running visits finish for `grace_s`, and close what is left.

        `ready` is told the port. Raises `OSError` when the port is taken.
        """
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as self._visits:
            listening = await loop.create_server(lambda: _Connection(self, loop), host, port, backlog=_BACKLOG)
            ready(listening.sockets[0].getsockname()[1])
            sweeping = self._visits.create_task(self._sweep(loop))
            try:
                await stop.wait()
            finally:
                listening.close()
                await self._drain(grace_s)
                sweeping.cancel()

    @property
    def running(self) -> int:
        """Visits under way."""
        return self._running

    # ── what a connection tells us ──────────────────────────────────────────────────────────────

    def arrived(self, connection: "_Connection") -> bool:
        """Whether there is room for it."""
        if len(self._connections) >= self._most:
            log.warning("connection refused: %d visits are under way already", len(self._connections))
            return False
        self._connections.add(connection)
        return True

    def left(self, connection: "_Connection") -> None:
        """It is closed."""
        self._connections.discard(connection)

    def begin(self, head: Head, line: Line) -> None:
        """The head is complete: one task for this visit."""
        assert self._visits is not None
        self._running += 1
        self._visits.create_task(self._run(head, line))

    async def _run(self, head: Head, line: Line) -> None:
        try:
            await self._visit(head, line)
        except (Exception, HungUp):  # nothing that a visit does may end the others
            log.exception("a visit broke; the dialplan goes on flow=%s", head.flow[:40])
        finally:
            line.close()
            self._running -= 1
            if not self._running:
                self._idle.set()

    async def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            await asyncio.sleep(self._sweep_s)
            now = loop.time()
            for connection in list(self._connections):
                connection.sweep(now)

    async def _drain(self, grace_s: float) -> None:
        if self._running:
            log.info("stopping: %d visits may finish within %d s", self._running, grace_s)
        await self._until_idle(grace_s)
        if self._running:
            log.warning("stopping: %d visits are closed, the dialplan goes on with them", self._running)
        for connection in list(self._connections):
            connection.close()
        await self._until_idle(LAST_WORDS_S)

    async def _until_idle(self, seconds: float) -> None:
        self._idle.clear()
        if self._running:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), seconds)


class _Connection(asyncio.BufferedProtocol):
    """One socket: reads the head, then hands every byte to its line."""

    __slots__ = ("_deadline", "_head", "_line", "_loop", "_server", "_transport")

    def __init__(self, server: Server, loop: asyncio.AbstractEventLoop) -> None:
        self._server = server
        self._loop = loop
        self._head: HeadReader | None = HeadReader()
        self._line: Line | None = None
        self._transport: asyncio.Transport | None = None
        self._deadline = loop.time() + server.head_s

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if not self._server.arrived(self):
            self._head = None
            self._transport.abort()

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._server.buffer  # read and taken out of it in one go: one buffer serves all

    def buffer_updated(self, nbytes: int) -> None:
        chunk = bytes(self._server.buffer[:nbytes])
        if self._line is not None:
            self._line.take(chunk)
        elif self._head is not None:
            self._read_head(self._head, chunk)

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.left(self)
        if self._line is not None:
            self._line.leave()
        elif self._head is not None:
            self._refuse(f"closed after {self._head.size} bytes of a head")

    def sweep(self, now: float) -> None:
        """Give up what is overdue."""
        if self._line is not None:
            self._line.sweep(now)
        elif self._head is not None and now > self._deadline:
            self._refuse(f"no complete head within {self._server.head_s:g} s, {self._head.size} bytes so far")

    def close(self) -> None:
        """We stop."""
        if self._line is not None:
            self._line.close()
        elif self._transport is not None:
            self._head = None
            self._transport.abort()

    def _read_head(self, reader: HeadReader, chunk: bytes) -> None:
        assert self._transport is not None
        try:
            read = reader.feed(chunk)
        except MalformedInput as error:
            self._refuse(str(error))
            return
        if read is not None:
            head, rest = read
            self._head, self._line = None, Line(self._loop, self._transport)
            if rest:
                self._line.take(rest)
            self._server.begin(head, self._line)

    def _refuse(self, reason: str) -> None:
        log.warning("visit refused: %s", reason)
        self._head = None
        if self._transport is not None:
            self._transport.abort()
