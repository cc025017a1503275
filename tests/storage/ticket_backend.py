"""A city's ticket system for tests: a real HTTP server that knows keys, counts every request, and can be slow, broken or rude."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(kw_only=True)
class Backend:
    """What the server knows. `status`: answered instead of the work; `seconds`: how long it takes; `lose`: replies lost after the work;
    `gate`: while it is cleared, every request waits at it."""

    requests: list[dict[str, Any]] = field(default_factory=list)
    drafts: dict[str, dict[str, Any]] = field(default_factory=dict)
    status: int = 0
    seconds: float = 0.0
    lose: int = 0
    text: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)
    gate: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def take(self, key: str, draft: dict[str, Any], token: str) -> dict[str, Any]:
        """One request that got through."""
        with self.lock:
            self.requests.append({"key": key, "token": token})
            known = self.drafts.get(draft["key"])
            fresh = known is None or draft["revision"] > known["revision"]
            if fresh:
                self.drafts[draft["key"]] = draft
            return {"reference": f"city-{draft['key']}", "fresh": fresh}


@contextmanager
def running() -> Iterator[Backend]:
    """The server, on a port of its own, until the end of the block."""
    backend = Backend()
    backend.gate.set()
    server = _Server(("127.0.0.1", 0), _handler(backend))
    backend.url = f"http://127.0.0.1:{server.server_address[1]}/drafts"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield backend
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """A client that did not wait for the answer is part of the play."""


def _handler(backend: Backend) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            draft = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if backend.seconds:
                threading.Event().wait(backend.seconds)
            backend.gate.wait(60)
            if backend.status:
                self._answer(backend.status, b"{}")
                return
            said = backend.take(self.headers["Idempotency-Key"], draft, self.headers.get("Authorization", ""))
            if backend.lose:
                backend.lose -= 1
                self.close_connection = True
                return
            self._answer(201, (backend.text or json.dumps(said)).encode())

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent: test output is for failures."""

    return Handler
