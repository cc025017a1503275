"""Asterisk's end of one FastAGI visit, in memory: answers commands at once and leaves when it is told to.

It speaks to a real `agi.server.Line`, byte for byte as Asterisk 22.10.1 did (tests/golden/agi/).
"""

import asyncio
from collections.abc import Iterable
from enum import Enum

from agi.server import Line


class Leaves(Enum):
    """How the citizen's hang-up looks on the wire (measured; the last one without AGIEXITONHANGUP)."""

    IDLE = b"HANGUP\nHANGUP\n"
    IN_COMMAND = b"200 result=-1\nHANGUP\nHANGUP\n"
    AT_END_OF_FILE = b""
    DEAD = b"511 Command Not Permitted on a dead channel or intercept routine\n"


class FakeAsterisk(asyncio.Transport):
    """`keys` are the replies to what plays or asks, in order (then: nobody presses anything). `leaves_at`: the n-th command, from 0."""

    def __init__(
        self,
        keys: Iterable[str] = (),
        *,
        leaves_at: int | None = None,
        leaves: Leaves = Leaves.IN_COMMAND,
        mute_at: int | None = None,
        exec_fails: bool = False,
    ) -> None:
        super().__init__()
        self.heard: list[str] = []
        self.closed = False
        self._keys = list(keys)
        self._leaves_at = leaves_at
        self._leaves = leaves
        self._mute_at = mute_at
        self._exec_result = b"-1" if exec_fails else b"0"
        self._loop = asyncio.get_running_loop()
        self.line = Line(self._loop, self)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """One command."""
        command = bytes(data).decode()
        assert command.endswith("\n")
        assert command.count("\n") == 1, "one write, one command"
        at = len(self.heard)
        self.heard.append(command[:-1])
        if at == self._leaves_at:
            self._loop.call_soon(self._leave)
        elif at != self._mute_at:
            self._loop.call_soon(self.line.take, self._answer(command))

    def abort(self) -> None:
        """Our side closes."""
        self.closed = True
        self._loop.call_soon(self.line.leave)

    def _leave(self) -> None:
        self.line.take(self._leaves.value)
        self.line.leave()

    def _answer(self, command: str) -> bytes:
        if command.startswith("CHANNEL STATUS"):
            return b"200 result=6\n"
        if command.startswith("EXEC"):
            return b"200 result=" + self._exec_result + b"\n"
        nothing = "200 result= (timeout)" if command.startswith("GET DATA") else "200 result=0 endpos=1600"
        return (self._keys.pop(0) if self._keys else nothing).encode() + b"\n"


class RecordedAsterisk(asyncio.Transport):
    """Answers each command with the next recorded reply of one line (tests/golden/agi/visit-*)."""

    def __init__(self, replies: bytes) -> None:
        super().__init__()
        self.heard: list[str] = []
        self._replies = replies.splitlines(keepends=True)
        self._loop = asyncio.get_running_loop()
        self.line = Line(self._loop, self)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """One command."""
        self.heard.append(bytes(data).decode().removesuffix("\n"))
        self._loop.call_soon(self._answer)

    def abort(self) -> None:
        """Our side closes."""
        self.line.leave()

    def _answer(self) -> None:
        self.line.take(self._replies.pop(0))
        while self._replies and self._replies[0] == b"HANGUP\n":
            self.line.take(self._replies.pop(0))
