"""FastAGI servers that behave badly, and one that behaves: what the dialplan must survive without our application."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

Visit = Callable[[dict[str, str], socket.SocketIO], None]
"""What to do with one visit: its head, and the connection to say commands on."""


@contextlib.contextmanager
def agi_server(port: int, visit: Visit) -> Iterator[list[dict[str, str]]]:
    """Serve on this port until left; yields the heads of all visits so far."""
    heads: list[dict[str, str]] = []
    listening = socket.create_server(("127.0.0.1", port))
    connections: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with connection, connection.makefile("rwb", buffering=0) as file, contextlib.suppress(OSError):
            head = _head(file)
            heads.append(head)
            visit(head, file)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                connections.append(connection)
                threads.append(threading.Thread(target=serve, args=(connection,), daemon=True))
                threads[-1].start()

    threads.append(threading.Thread(target=accept, daemon=True))
    threads[0].start()
    try:
        yield heads
    finally:
        for each in (listening, *connections):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(timeout=5)
        listening.close()


def closes_at_once(head: dict[str, str], file: socket.SocketIO) -> None:
    """Reads the head and closes: AGISTATUS is SUCCESS all the same."""


def is_frozen(head: dict[str, str], file: socket.SocketIO) -> None:
    """Never says a word; ends when Asterisk hangs up the connection."""
    while file.read(4096):
        pass


def finishes(head: dict[str, str], file: socket.SocketIO) -> None:
    """A visit in good order: nothing said, done."""
    command(file, 'SET VARIABLE AGI_DONE "1"')


def says(*lines: str) -> Visit:
    """A visit that says these commands, waits for each answer and is done."""

    def visit(_head: dict[str, str], file: socket.SocketIO) -> None:
        for line in lines:
            command(file, line)
        command(file, 'SET VARIABLE AGI_DONE "1"')

    return visit


def command(file: socket.SocketIO, line: str) -> str:
    """Say one command, return the answer's first line; an unasked HANGUP and a `100 Trying` (GOSUB) are passed over."""
    file.write(line.encode() + b"\n")
    while (answer := file.readline().decode()).startswith(("HANGUP", "100")):
        pass
    return answer


def value_of(file: socket.SocketIO, name: str) -> str:
    """A channel variable's value; empty when it is not set."""
    answer = command(file, f"GET VARIABLE {name}")
    return answer[answer.index("(") + 1 : answer.rindex(")")] if "(" in answer else ""


def _head(file: socket.SocketIO) -> dict[str, str]:
    head: dict[str, str] = {}
    while (line := file.readline().decode(errors="replace").rstrip("\r\n")) != "":
        key, _, value = line.partition(": ")
        head[key] = value
    return head
