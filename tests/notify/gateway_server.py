"""An SMS gateway for tests: a real HTTP server that counts what reached telephones, and can fail, hang, forget keys or lose its replies."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlparse

SECRET = "a-shared-secret"


@dataclass(kw_only=True)
class Gateway:
    """What the server knows. `statuses`: answered one after the other instead of the work; `lose`: so many replies are lost after the work;
    `knows_keys`: a key that it saw has no second effect; while `gate` is cleared, every request waits at it."""

    telephones: list[dict[str, Any]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    requests: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    lose: int = 0
    knows_keys: bool = True
    forged: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    gate: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def status_for(self, stamp: str, signature: str, signed: bytes) -> int:
        """What to answer instead of doing the work; 0 = do it."""
        wanted = hmac.new(SECRET.encode(), stamp.encode() + b"." + signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signature, wanted):
            self.forged += 1
            return 401
        return self.statuses.pop(0) if self.statuses else 0

    def take(self, letter: dict[str, Any]) -> None:
        """One letter that got through."""
        with self.lock:
            if letter["key"] not in self.keys or not self.knows_keys:
                self.telephones.append(letter)
            self.keys.add(letter["key"])


@contextmanager
def running() -> Iterator[Gateway]:
    """The server, on a port of its own, until the end of the block."""
    gateway = Gateway()
    gateway.gate.set()
    server = _Server(("127.0.0.1", 0), _handler(gateway))
    gateway.url = f"http://127.0.0.1:{server.server_address[1]}/sms"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        gateway.gate.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """A client that did not wait for the answer is part of the play."""


def _handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self._stopped(body):
                return
            gateway.take(json.loads(body))
            if gateway.lose:
                gateway.lose -= 1
                self.close_connection = True
                return
            self._answer(200, json.dumps({"reference": f"sms-{len(gateway.telephones)}"}).encode())

        def do_GET(self) -> None:
            key = parse_qs(urlparse(self.path).query)["key"][0]
            if not self._stopped(key.encode()):
                self._answer(200 if key in gateway.keys else 404, b"{}")

        def _stopped(self, signed: bytes) -> bool:
            gateway.requests.append(f"{self.command} {self.path}")
            gateway.gate.wait(30)
            status = gateway.status_for(self.headers["X-Timestamp"], self.headers["X-Signature"], signed)
            if status:
                self._answer(status, b"{}")
            return bool(status)

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent: test output is for failures."""

    return Handler
