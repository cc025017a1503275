"""One end of a telephone's voice on an event loop: A-law packets every 20 ms (RFC 3551) and keys as telephone events (RFC 4733).

What comes in is counted and thrown away: ears are elsewhere (phones/hearing.py). Pure Python, good for some dozen legs at a time.
"""

import asyncio
import contextlib
import socket
import struct
import time
from collections.abc import Iterator
from itertools import cycle
from typing import Final

from phones.sip import media_line

FRAME_S: Final = 0.02
_FRAME: Final = 160
_ALAW, _EVENTS = 8, 101
_EVENT: Final = {**{str(digit): digit for digit in range(10)}, "*": 10, "#": 11}
_MARK: Final = 0x80
_END: Final = 0x80
_VOLUME: Final = 10

SILENCE: Final = (b"\xd5" * _FRAME,)


class VoiceEnd:
    """Bound at birth, speaks `frames` over and over once it knows `to`. `close` ends it."""

    def __init__(self, address: str, to: tuple[str, int] | None = None, *, frames: tuple[bytes, ...] = SILENCE, first: int = 2) -> None:
        """`to`: where the other side wants to hear us, from its session description. `first`: its first packet's number, 0 … 65535."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind((address, 0))
        self._loop = asyncio.get_running_loop()
        self._frames: Iterator[bytes] = cycle(frames)
        self._to = to
        self._sequence, self._stamp = first - 1, 0
        self._due = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._pressing = False
        self._source = id(self) & 0xFFFFFFFF
        self.heard = 0
        """Packets that came in; `hears` is set with the first."""
        self.hears = asyncio.Event()
        self.line = media_line(address, int(self._socket.getsockname()[1]))
        self._loop.add_reader(self._socket, self._hear)
        self._tick()

    def speak_to(self, to: tuple[str, int]) -> None:
        """From now on the other side is there."""
        self._to = to

    async def press(self, key: str, *, seconds: float = 0.1) -> float:
        """Press a key for so long; returns the moment (`time.monotonic()`) of its first end packet. Raises KeyError for what is no key."""
        event, begun = _EVENT[key], self._stamp
        self._pressing = True
        try:
            for step in range(1, max(2, round(seconds / FRAME_S))):
                self._event(event, begun, step, last=False, first=step == 1)
                await asyncio.sleep(FRAME_S)
            ended = time.monotonic()
            for _ in range(3):  # RFC 4733 §2.5.1.4: the end is said three times
                self._event(event, begun, step + 1, last=True, first=False)
        finally:
            self._pressing = False
        return ended

    def close(self) -> None:
        """Silent from now on. Twice is fine."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
            self._loop.remove_reader(self._socket)
            self._socket.close()

    def _tick(self) -> None:
        self._stamp += _FRAME
        if not self._pressing:
            self._send(_ALAW, self._stamp, next(self._frames))
        self._due += FRAME_S
        self._timer = self._loop.call_at(self._due, self._tick)

    def _event(self, event: int, begun: int, step: int, *, last: bool, first: bool) -> None:
        body = struct.pack("!BBH", event, (_END if last else 0) | _VOLUME, step * _FRAME)
        self._send(_EVENTS | (_MARK if first else 0), begun, body)

    def _send(self, kind: int, stamp: int, body: bytes) -> None:
        if self._to is None:
            return
        self._sequence = (self._sequence + 1) & 0xFFFF
        with contextlib.suppress(OSError):  # nobody listens there yet, or no more
            self._socket.sendto(struct.pack("!BBHII", 0x80, kind, self._sequence, stamp & 0xFFFFFFFF, self._source) + body, self._to)

    def _hear(self) -> None:
        with contextlib.suppress(OSError):
            while self._socket.recv(2048):
                self.heard += 1
                self.hears.set()
