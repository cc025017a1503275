"""The city's own ticket system over HTTP: how it is spoken to, and how it is asked what it has (docs/operators/backend.md).

Every request is signed when there is a secret: `X-Timestamp` is Unix seconds, `X-Signature` the HMAC-SHA256 (hex) of
`TIMESTAMP.METHOD PATH?QUERY.BODY`, so that a backend can refuse what is not ours, what was changed, and what is old.

Every request has a connection of its own: a backend that answers one request twice cannot have its second answer taken for the next one's.
"""

import asyncio
import dataclasses
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast
from urllib.parse import quote

import httpx

from hotline.errors import DoorClosed
from hotline.messages import TicketDraft
from tickets.model import InDoubt

TIMEOUT: Final = httpx.Timeout(10.0, connect=3.0)
ASK_S: Final = 15.0
"""A question takes at most so long; what is sent after it is sent soon after."""
MOST_PAGES: Final = 10_000
TRY_LATER: Final = frozenset({408, 425, 429})
UNABLE: Final = frozenset({404, 405, 501})
"""How a backend says that it cannot list a day."""

_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True, kw_only=True)
class Held:
    """A record that the backend has. `revision` 0: it does not say which."""

    number: str
    reference: str
    revision: int = 0


class CannotList(DoorClosed):
    """This backend knows no list of a day; it can only be asked number by number."""


class Backend:
    """One address. Close it in the event loop in which it was used."""

    def __init__(
        self, url: str, token: str, secret: str = "", *, timeout: httpx.Timeout = TIMEOUT, now: Callable[[], float] = time.time
    ) -> None:
        """`token` is sent as a Bearer token when there is one; with `secret` every request is signed. `now`: Unix time."""
        self._url = httpx.URL(url)
        self._secret = secret.encode()
        self._now = now
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        alone = httpx.Limits(max_keepalive_connections=0)
        # The machine's proxy settings are for the world outside, and a citizen's words do not go there.
        self._client = httpx.AsyncClient(timeout=timeout, headers=headers, trust_env=False, limits=alone)

    async def close(self) -> None:
        """The connections."""
        await self._client.aclose()

    async def send(self, method: str, draft: TicketDraft, *, reference: str = "") -> httpx.Response:
        """The draft, to the address itself or (PUT) to the record that the backend calls so. Returns any answer that is one.

        Raises `InDoubt` when it may or may not have it now, `DoorClosed` when it surely did not take it.
        """
        body = json.dumps(dataclasses.asdict(draft), ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"{draft.key}/{draft.revision}"}
        answer = await self._request(method, f"/{quote(reference, safe='')}" if reference else "", body=body, headers=headers)
        if answer.status_code >= 500:
            raise InDoubt(f"ticket backend: answered {answer.status_code}")
        if answer.status_code in TRY_LATER:
            raise DoorClosed(f"ticket backend: answered {answer.status_code}")
        return answer

    async def by_number(self, number: str) -> tuple[Held, ...]:
        """What it has under our number, which is the call's id. Raises `DoorClosed` for everything that is no plain answer to this."""
        try:
            async with asyncio.timeout(ASK_S):
                answer = await self._request("GET", f"/by-number/{quote(number, safe='')}")
        except TimeoutError:
            raise DoorClosed(f"ticket backend: asked by number, no answer in {ASK_S:g} s") from None
        held, _ = _records(answer, "asked by number")
        if any(each.number != number for each in held):
            raise DoorClosed("ticket backend: asked by number, answered with another number")
        return held

    async def received(self, day: date) -> tuple[Held, ...]:
        """All that it has of a day (China). Raises `CannotList`, and `DoorClosed`."""
        found: list[Held] = []
        after = ""
        for _ in range(MOST_PAGES):
            more = f"&after={quote(after, safe='')}" if after else ""
            answer = await self._request("GET", f"/received?day={day.isoformat()}{more}")
            if answer.status_code in UNABLE:
                raise CannotList("ticket backend: has no list of a day")
            held, after = _records(answer, "asked for a day")
            found += held
            if not after:
                return tuple(found)
        raise DoorClosed(f"ticket backend: its list of {day} does not end")

    async def _request(self, method: str, below: str, *, body: bytes = b"", headers: dict[str, str] | None = None) -> httpx.Response:
        path, _, query = below.partition("?")
        url = self._url
        if path:
            root = url.raw_path.partition(b"?")[0].rstrip(b"/")
            url = url.copy_with(raw_path=root + path.encode() + (b"?" + query.encode() if query else b""))
        try:
            return await self._client.request(
                method, url, content=body or None, headers={**(headers or {}), **self._signature(method, url, body)}
            )
        except _NEVER_SENT as error:
            raise DoorClosed(f"ticket backend: cannot be reached ({type(error).__name__})") from error
        except httpx.RequestError as error:
            raise InDoubt(f"ticket backend: no answer ({type(error).__name__})") from error

    def _signature(self, method: str, url: httpx.URL, body: bytes) -> dict[str, str]:
        if not self._secret:
            return {}
        stamp = str(int(self._now()))
        return {"X-Timestamp": stamp, "X-Signature": signature(self._secret, stamp, method, url.raw_path.decode(), body)}


def signature(secret: bytes, stamp: str, method: str, target: str, body: bytes) -> str:
    """What `X-Signature` must say. `target`: path with query, as it stands in the request's first line."""
    return hmac.new(secret, f"{stamp}.{method} {target}.".encode() + body, hashlib.sha256).hexdigest()


def _records(answer: httpx.Response, asked: str) -> tuple[tuple[Held, ...], str]:
    """A plain 404 is no answer: it is also what a wrong address says, and then everything would be sent once more."""
    if answer.status_code != httpx.codes.OK:
        raise DoorClosed(f"ticket backend: {asked}, answered {answer.status_code}")
    try:
        said = answer.json()
        return tuple(_held(each) for each in said["records"]), str(said.get("next") or "")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DoorClosed(f"ticket backend: {asked}, answered no list of records ({type(error).__name__})") from None


def _held(said: object) -> Held:
    each = cast(dict[str, Any], said)
    return Held(number=str(each["number"]), reference=str(each["reference"]), revision=int(each.get("revision") or 0))
