"""A plain AMI client for tests, blocking and small: says actions, remembers all events in order."""

import contextlib
import itertools
import socket
import threading
import time
from typing import Self

from tests.live.patience import patience

Message = dict[str, str]


class AmiTap:
    """One login. Events are kept; `wait_for` looks at what came since the last `mark` and waits for the rest."""

    def __init__(self, port: int, *, user: str, secret: str, host: str = "127.0.0.1") -> None:
        self._socket = socket.create_connection((host, port), timeout=5)
        self._socket.settimeout(None)
        self._file = self._socket.makefile("rb")
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()
        self._responses: dict[str, Message] = {}
        self.events: list[Message] = []
        self._marked = 0
        self._file.readline()  # Asterisk Call Manager/x.y
        self._reader = threading.Thread(target=self._read, name="ami-tap", daemon=True)
        self._reader.start()
        answer = self.action("Login", Username=user, Secret=secret)
        assert answer["Response"] == "Success", answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up and end the reading thread."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._reader.join(timeout=5)
        self._file.close()
        self._socket.close()

    def action(self, action: str, *, variables: dict[str, str] | None = None, **headers: str) -> Message:
        """Say one action and return its response."""
        number = f"tap-{next(self._numbers)}"
        lines = [f"Action: {action}", f"ActionID: {number}", *(f"{key}: {value}" for key, value in headers.items())]
        lines += [f"Variable: {key}={value}" for key, value in (variables or {}).items()]
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        with self._changed:
            assert self._changed.wait_for(lambda: number in self._responses, timeout=5 * patience()), f"AMI gave no answer to {action}"
            return self._responses.pop(number)

    def mark(self) -> None:
        """`wait_for` forgets what came before."""
        with self._changed:
            self._marked = len(self.events)

    def wait_for(self, event: str, *, within_s: float = 5.0, **headers: str) -> Message:
        """The first event of this name since the mark that carries these headers."""
        within_s *= patience()
        deadline = time.monotonic() + within_s
        with self._changed:
            while (found := self._find(event, headers)) is None:
                left = deadline - time.monotonic()
                seen = [each for each in self.events[self._marked :] if each.get("Event") == event or event == "UserEvent"]
                assert left > 0, f"no {event} {headers} within {within_s:g} s; seen: {seen[-5:]}"
                self._changed.wait(left)
            return found

    def seen(self, event: str, **headers: str) -> list[Message]:
        """Every such event since the mark."""
        with self._changed:
            return [each for each in self.events[self._marked :] if _fits(each, event, headers)]

    def seen_any(self, *events: str) -> list[Message]:
        """Every event of these names since the mark, in order."""
        with self._changed:
            return [each for each in self.events[self._marked :] if each.get("Event") in events]

    def _find(self, event: str, headers: dict[str, str]) -> Message | None:
        return next((each for each in self.events[self._marked :] if _fits(each, event, headers)), None)

    def _read(self) -> None:
        message: Message = {}
        with contextlib.suppress(OSError, ValueError):
            for line in self._file:
                key, _, value = line.decode(errors="replace").rstrip("\r\n").partition(": ")
                if key:
                    message[key] = value
                elif message:
                    self._keep(message)
                    message = {}

    def _keep(self, message: Message) -> None:
        with self._changed:
            if "Event" not in message and message.get("ActionID", "").startswith("tap-"):
                self._responses[message["ActionID"]] = message
            else:
                self.events.append(message)
            self._changed.notify_all()


def _fits(message: Message, event: str, headers: dict[str, str]) -> bool:
    return message.get("Event") == event and all(message.get(key) == value for key, value in headers.items())
