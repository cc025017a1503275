"""A city's ticket system of the worst kind, over real HTTP on this machine: it fails, hangs, answers twice, reorders, accepts and loses its
reply, and, when it is told so, knows no keys. What it does with a request is drawn from a seed.

It keeps what it accepted as a city would: `tickets`, one row for each that was filed. Whoever files twice has two.
"""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from storage.backend_http import signature

BEHAVIOURS: Final = ("fails", "fails_after", "hangs", "twice", "delays", "drops")
"""500 before the work; 500 after it; works after the client has gone; answers twice; works late; works and closes without an answer."""
PAGE: Final = 500


@dataclass(kw_only=True)
class CityBackend:
    """`odds`: how often each of BEHAVIOURS; the rest is answered well. `hang_s`: longer than the client waits; `delay_s`: shorter.

    With `secret` a request that is not signed by it, or is older than five minutes, gets 401.
    """

    odds: Mapping[str, float] = field(default_factory=dict)
    knows_keys: bool = True
    lists_days: bool = True
    secret: str = ""
    hang_s: float = 1.0
    delay_s: float = 0.2
    seed: int = 12345
    tickets: list[dict[str, Any]] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)
    did: Counter[str] = field(default_factory=Counter)
    lock: threading.RLock = field(default_factory=threading.RLock)
    ended: threading.Event = field(default_factory=threading.Event)
    url: str = ""
    busy: int = 0

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._by_number: dict[str, list[dict[str, Any]]] = {}

    def drawn(self) -> str:
        """What happens to the next request that would change something."""
        with self.lock:
            mood = self._chance.random()
            for behaviour, share in self.odds.items():
                mood -= share
                if mood < 0:
                    self.did[behaviour] += 1
                    return behaviour
            self.did["answers"] += 1
            return "answers"

    def file(self, draft: dict[str, Any]) -> dict[str, Any]:
        """POST. One that knows keys files a number once, and lets an older revision change nothing."""
        with self.lock:
            known = self.held(draft["key"]) if self.knows_keys else []
            if known:
                fresh = draft["revision"] > known[0]["draft"]["revision"]
                if fresh:
                    known[0]["draft"] = draft
                return {"reference": known[0]["reference"], "fresh": fresh}
            ticket = {"reference": f"city/{len(self.tickets) + 1}", "draft": draft}
            self.tickets.append(ticket)
            self._by_number.setdefault(draft["key"], []).append(ticket)
            return {"reference": ticket["reference"], "fresh": True}

    def replace(self, reference: str, draft: dict[str, Any]) -> dict[str, Any]:
        """PUT: blindly what came last."""
        with self.lock:
            ticket = next(each for each in reversed(self.held(draft["key"])) if each["reference"] == reference)
            ticket["draft"] = draft
            return {"reference": reference, "fresh": True}

    def held(self, number: str) -> list[dict[str, Any]]:
        """The tickets under one of our numbers."""
        with self.lock:
            return list(self._by_number.get(number, ()))

    def lose(self, number: str) -> None:
        """As a backup that was played back would."""
        with self.lock:
            self._by_number.pop(number, None)
            self.tickets = [each for each in self.tickets if each["draft"]["key"] != number]

    def still(self) -> bool:
        """Nobody works at anything."""
        with self.lock:
            return self.busy == 0


@contextmanager
def running(backend: CityBackend) -> Iterator[CityBackend]:
    """The server, on a port of its own, until the end of the block."""
    server = _Server(("127.0.0.1", 0), _handler(backend))
    backend.url = f"http://127.0.0.1:{server.server_address[1]}/api/drafts"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield backend
    finally:
        backend.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """A client that did not wait for the answer, or was killed, is part of the play."""


def _handler(backend: CityBackend) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - one class, which needs the backend
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self._change("POST")

        def do_PUT(self) -> None:
            self._change("PUT")

        def do_GET(self) -> None:
            if not self._is_ours(b""):
                return
            asked = urlsplit(self.path)
            _, _, what = asked.path.partition("/api/drafts/")
            backend.requests["GET"] += 1
            if what.startswith("by-number/"):
                self._say(200, {"records": [_plain(each) for each in backend.held(unquote(what.partition("/")[2]))]})
            elif what == "received" and backend.lists_days:
                query = parse_qs(asked.query)
                self._say(200, _page(backend, query["day"][0], int(query.get("after", ["0"])[0])))
            else:
                self._say(404, {})

        def _change(self, method: str) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if not self._is_ours(body):
                return
            with backend.lock:
                backend.requests[method] += 1
                backend.busy += 1
            try:
                self._as_drawn(backend.drawn(), json.loads(body))
            finally:
                with backend.lock:
                    backend.busy -= 1

        def _as_drawn(self, behaviour: str, draft: dict[str, Any]) -> None:
            if behaviour == "fails":
                self._say(500, {})
                return
            if behaviour in ("hangs", "delays"):
                backend.ended.wait(backend.hang_s if behaviour == "hangs" else backend.delay_s)
            said = self._work(draft)
            if behaviour == "fails_after":
                self._say(500, {})
            elif behaviour == "drops":
                self.close_connection = True
            else:
                self._say(201, said)
                if behaviour == "twice":
                    # A proxy that repeats itself: for who knows keys the request comes twice, too.
                    self._say(201, self._work(draft) if backend.knows_keys else said)

        def _work(self, draft: dict[str, Any]) -> dict[str, Any]:
            _, _, reference = self.path.partition("/api/drafts/")
            return backend.replace(unquote(reference), draft) if self.command == "PUT" else backend.file(draft)

        def _is_ours(self, body: bytes) -> bool:
            stamp = self.headers.get("X-Timestamp", "0")
            if backend.secret:
                right = signature(backend.secret.encode(), stamp, self.command, self.path, body)
                if right != self.headers.get("X-Signature") or abs(time.time() - int(stamp)) > 300:
                    self._say(401, {})
                    return False
            return True

        def _say(self, status: int, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent: test output is for failures."""

    return Handler


def _plain(ticket: Mapping[str, Any]) -> dict[str, Any]:
    draft = ticket["draft"]
    return {"number": draft["key"], "reference": ticket["reference"], "revision": draft["revision"]}


def _page(backend: CityBackend, day: str, after: int) -> dict[str, Any]:
    with backend.lock:
        mine = [each for each in backend.tickets if _day(each) == day]
    more = str(after + PAGE) if len(mine) > after + PAGE else ""
    return {"records": [_plain(each) for each in mine[after : after + PAGE]], "next": more}


def _day(ticket: Mapping[str, Any]) -> str:
    """In China: eight hours before UTC's."""
    received = datetime.fromisoformat(ticket["draft"]["received_at"])
    return (received + timedelta(hours=8)).date().isoformat()
