"""A manager interface on loopback that says what a test tells it to: for what AmiLink does when Asterisk behaves badly."""

import asyncio
from collections.abc import Callable, Mapping

Action = Mapping[str, str]

BANNER = "Asterisk Call Manager/11.0.0\r\n"
BOOTED = "Event: FullyBooted\r\nPrivilege: system,all\r\nStatus: Fully Booted\r\n\r\n"


class FakeAmi:
    """`answer` makes the reply to an action, '' for silence. `heard`: all actions of all connections."""

    def __init__(self, answer: "Callable[[Action], str] | None" = None) -> None:
        self.heard: list[Action] = []
        self.answer = answer or well
        self.port = 0
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> "FakeAmi":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.hang_up()

    def say(self, text: str) -> None:
        """To everybody who is connected."""
        for writer in self._writers:
            writer.write(text.encode())

    def hang_up(self) -> None:
        """Close every connection."""
        while self._writers:
            self._writers.pop().close()

    def names(self) -> list[str]:
        """The actions that were heard."""
        return [action["Action"] for action in self.heard]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        writer.write(BANNER.encode())
        try:
            while True:
                text = (await reader.readuntil(b"\r\n\r\n")).decode()
                action = dict(line.split(": ", 1) for line in text.split("\r\n") if ": " in line)
                self.heard.append(action)
                writer.write(self.answer(action).encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


def reply(action: Action, response: str = "Success", **headers: str) -> str:
    """One reply in Asterisk's form."""
    lines = [f"Response: {response}", f"ActionID: {action['ActionID']}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""])


def well(action: Action) -> str:
    """Everything succeeds; a login is followed by FullyBooted."""
    return reply(action, Message="well") + (BOOTED if action["Action"] == "Login" else "")
