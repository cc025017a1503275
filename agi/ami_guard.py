"""What panoramisk does not do (asterisk.md §2): no header injection, no lost character, no callback that closes the connection."""

import asyncio
import codecs
import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager
from panoramisk.message import Message

from hotline.errors import MalformedInput

log = logging.getLogger(__name__)

Fields = Mapping[str, str | Sequence[str]]

MOST_PENDING: Final = 4_000_000
"""Characters of one unfinished message; Asterisk's longest are a few thousand."""

FORGETABLE: Final = ("ping", "login", "originate", "redirect", "hangup", "bridge", "setvar", "getvar", "mixmonitor", "stopmixmonitor")
"""Never sent again. Each connection has a Manager of its own, so nothing survives one anyway; this is the second lock on the door."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,39}")
_VALUE = re.compile(r"[^\r\n\0]{0,2000}")


def checked(fields: Fields) -> dict[str, Any]:
    """The action as panoramisk wants it. Raises `MalformedInput` for a line break or NUL in it: it would begin a header of its own."""
    for name, value in fields.items():
        values = [value] if isinstance(value, str) else value
        if not _NAME.fullmatch(name) or not all(_VALUE.fullmatch(text) for text in values):
            raise MalformedInput(f"AMI action: {name[:40]!r} holds a line break, a NUL or too much text")
    if str(fields.get("Action", "")).lower() == "originate" and fields.get("Async") != "true":
        # Without the header panoramisk raises KeyError while it reads, and tears the connection down.
        raise MalformedInput("AMI action: Originate without Async: true")
    return {name: value if isinstance(value, str) else list(value) for name, value in fields.items()}


class CarefulProtocol(AMIProtocol):
    """panoramisk's reader, but whole characters only, and no exception ever reaches the event loop."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A new connection: no half character is left from another."""
        super().connection_made(transport)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def data_received(self, data: bytes) -> None:
        """Read what came. panoramisk drops a character that is cut in two by TCP: it is given whole ones."""
        try:
            super().data_received(self._decoder.decode(data).encode())
            if self.queue and len(self.queue[0]) > MOST_PENDING:
                raise MalformedInput("a message without an end")
        except Exception:
            log.exception("AMI: cannot read what Asterisk said; closing this connection")
            self.transport.abort()

    def handle_message(self, message: Message) -> None:
        """Events are ours even if they carry the ActionID of a request: OriginateResponse may overtake the originate's own reply."""
        try:
            if message.event in ("OriginateResponse", "FullyBooted", "Shutdown"):
                self.factory.dispatch(message)
            else:
                super().handle_message(message)
        except Exception:
            log.exception("AMI: an event could not be taken: %s", message.event or "reply")


class OneConnection(Manager):
    """A panoramisk Manager for the life of one TCP connection. It never reconnects, never pings, never sends anything twice."""

    def __init__(self, events: asyncio.Queue[Any]) -> None:
        loop = asyncio.get_running_loop()
        quiet = logging.getLogger(f"{__name__}.panoramisk")
        quiet.setLevel(logging.WARNING)  # it would log whole actions, citizens' numbers included
        super().__init__(loop=loop, protocol_factory=CarefulProtocol, forgetable_actions=FORGETABLE, log=quiet)
        self._events = events
        self.lost: asyncio.Future[None] = loop.create_future()
        self.booted: asyncio.Future[None] = loop.create_future()

    def begin(self, transport: asyncio.Transport, protocol: CarefulProtocol) -> None:
        """Take over a connection that stands."""
        made: asyncio.Future[Any] = self.loop.create_future()
        made.set_result((transport, protocol))
        self.connection_made(made)
        if self.pinger is not None:
            self.pinger.cancel()

    def dispatch(self, event: Message) -> None:
        """All events into one queue, in the order in which they came."""
        if event.event == "FullyBooted" and not self.booted.done():
            self.booted.set_result(None)
        self._events.put_nowait(event)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Say so, once; who owns us decides what comes next."""
        self._connected = False
        if not self.lost.done():
            self.lost.set_result(None)
