"""短信平台 over HTTP: one POST of JSON per letter, signed, with an idempotency key.

Body: `{"key", "to", "text", "template", "values"}`. Headers: `Idempotency-Key`; `X-Timestamp` (Unix seconds) and `X-Signature` = hex
HMAC-SHA256 of `timestamp + "." + body` with the shared secret. Answer: 2xx, with `{"reference": "…"}` if the gateway has one. A gateway
that knows no keys but can be asked (`asks`) is asked before anything is sent: `GET URL?key=…` (the key is signed), 200 or 404.

Neither number nor text stands in an error or a log line, and none in an address.
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Final, Self

import httpx

from hotline.errors import DoorClosed
from hotline.notices import Letter, NoticeRefused, Sent

TRY_LATER: Final = frozenset({408, 425, 429})
PAUSES_S: Final = (0.2, 1.0)
"""Between the tries of one sending; patience over hours is the outbox's (storage/notices.py)."""
TIMEOUT: Final = httpx.Timeout(10.0, connect=3.0)
MOST_REFERENCE: Final = 200


class SmsGateway:
    """The `Notifier` door on an HTTP address. Use as an async context, within one event loop."""

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        asks: bool = False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], float] = time.time,
        timeout: httpx.Timeout = TIMEOUT,
    ) -> None:
        self._url = url
        self._secret = secret.encode()
        self._asks = asks
        self._sleep = sleep
        self._now = now
        # The machine's proxy settings are for the world outside.
        self._client = httpx.AsyncClient(timeout=timeout, trust_env=False)

    async def __aenter__(self) -> Self:
        """Nothing is connected yet."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def send(self, letter: Letter) -> Sent:
        """Deliver it. Raises `DoorClosed` (no answer, or one of the gateway's troubles) and `NoticeRefused` (it said no)."""
        for pause in PAUSES_S:
            try:
                return await self._send_once(letter)
            except DoorClosed:
                await self._sleep(pause)
        return await self._send_once(letter)

    async def _send_once(self, letter: Letter) -> Sent:
        if self._asks and (known := await self._known(letter.key)) is not None:
            return known
        body = json.dumps(
            {"key": letter.key, "to": letter.number, "text": letter.text, "template": letter.template, "values": list(letter.values)},
            ensure_ascii=False,
        ).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": letter.key}
        return _sent(await self._ask("POST", body, headers=headers))

    async def _known(self, key: str) -> Sent | None:
        answer = await self._ask("GET", b"", key=key)
        return None if answer.status_code == httpx.codes.NOT_FOUND else _sent(answer)

    async def _ask(self, method: str, body: bytes, *, headers: dict[str, str] | None = None, key: str = "") -> httpx.Response:
        stamp = str(int(self._now()))
        signature = hmac.new(self._secret, stamp.encode() + b"." + (body or key.encode()), hashlib.sha256).hexdigest()
        signed = {**(headers or {}), "X-Timestamp": stamp, "X-Signature": signature}
        try:
            answer = await self._client.request(
                method, self._url, content=body or None, headers=signed, params={"key": key} if key else None
            )
        except httpx.RequestError as error:
            raise DoorClosed(f"短信平台没有回答 SMS gateway: no answer ({type(error).__name__})") from error
        if answer.status_code >= 500 or answer.status_code in TRY_LATER:
            raise DoorClosed(f"短信平台暂不可用 SMS gateway: answered {answer.status_code}")
        if not answer.is_success and not (key and answer.status_code == httpx.codes.NOT_FOUND):
            raise NoticeRefused(f"短信平台拒绝 SMS gateway: refused with {answer.status_code}; see its own log")
        return answer


def _sent(answer: httpx.Response) -> Sent:
    """What the gateway said. One that says nothing of use has still accepted."""
    try:
        said = answer.json()
    except ValueError:
        said = None
    reference = said.get("reference") if isinstance(said, dict) else None
    return Sent(reference=str(reference or "")[:MOST_REFERENCE])
