"""Who sent it: HMAC over what a gateway or another system posts, with a window of time, and nothing taken twice.

The sender signs `TIMESTAMP.NONCE.METHOD.PATH.` and the raw body with the shared secret: HMAC-SHA256, in hexadecimal. Headers: `X-Sender`
(which secret), `X-Timestamp` (Unix seconds), `X-Nonce` (fresh for each request, also for a repeated one), `X-Signature`.

A nonce is remembered for as long as its time is accepted. After a restart a request of the last minutes could be played again; that brings
nothing about, for what is taken in here is known by the id of its message besides.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from console.problems import Problem

WINDOW: Final = timedelta(minutes=5)
MOST_NONCES: Final = 100_000
_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
_STAMP: Final = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """What a request says of itself, in its headers."""

    sender: str
    timestamp: str
    nonce: str
    signature: str


def signature_of(secret: bytes, *, timestamp: str, nonce: str, method: str, path: str, body: bytes) -> str:
    """HMAC-SHA256 of one request, 64 hexadecimal characters."""
    head = f"{timestamp}.{nonce}.{method}.{path}.".encode()
    return hmac.new(secret, head + body, hashlib.sha256).hexdigest()


@dataclass(kw_only=True)
class Signatures:
    """The secrets by sender, and which nonces were seen. One for the whole process; called from one thread at a time."""

    secrets: Mapping[str, bytes]
    _seen: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def sender_of(self, stamp: Stamp, *, method: str, path: str, body: bytes, now: datetime) -> str:
        """Who sent it. Raises `Problem`: 401 for any fault of the signature (never which), 409 sent before, 503 too much at once."""
        secret = self.secrets.get(stamp.sender, b"")
        wanted = signature_of(secret or b"nobody", timestamp=stamp.timestamp, nonce=stamp.nonce, method=method, path=path, body=body)
        right = hmac.compare_digest(wanted.encode(), stamp.signature.lower().encode())
        if not (secret and right and _fresh(stamp.timestamp, now) and _NONCE.fullmatch(stamp.nonce)):
            raise Problem(401, "not_signed", "签名或时间戳不对 the signature or its time is wrong")
        self._remember((stamp.sender, stamp.nonce), now)
        return stamp.sender

    def _remember(self, nonce: tuple[str, str], now: datetime) -> None:
        if nonce in self._seen:
            raise Problem(409, "replayed", "此请求已收到过 this request was received before")
        if len(self._seen) >= MOST_NONCES:
            self._seen = {each: at for each, at in self._seen.items() if now - at <= 2 * WINDOW}
        if len(self._seen) >= MOST_NONCES:
            raise Problem(503, "too_much", "请求太多，请稍后再试 too much at once, try again later")
        self._seen[nonce] = now


def _fresh(timestamp: str, now: datetime) -> bool:
    return bool(_STAMP.fullmatch(timestamp)) and abs(now.timestamp() - int(timestamp)) <= WINDOW.total_seconds()
