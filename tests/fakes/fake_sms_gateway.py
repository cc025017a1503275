"""短信网关 as a carrier's would be: signs what it posts (HMAC-SHA256), cuts long messages into parts, posts whatever part it is told to."""

import hashlib
import hmac
import json
from dataclasses import dataclass

import httpx

PART = 67
"""Characters of one part of a long SMS in UCS-2 (3GPP TS 23.040)."""


@dataclass(kw_only=True)
class FakeSmsGateway:
    """All signing is written here anew, so that our own mistakes are not believed."""

    url: str
    secret: bytes
    now: int
    sent_at: str
    name: str = "gateway"
    sent: int = 0

    async def send(self, text: str, *, sender: str = "19900001234", first: int = 1, only: tuple[int, ...] = ()) -> list[httpx.Response]:
        """A citizen's SMS; `first`: the gateway's id of its first part; `only`: these parts, in this order."""
        parts = [text[begin : begin + PART] for begin in range(0, len(text), PART)] if len(text) > 70 else [text]
        order = only or tuple(range(1, len(parts) + 1))
        return [await self.post(self.body(parts, index, sender, first)) for index in order]

    def body(self, parts: list[str], index: int, sender: str, first: int) -> bytes:
        """One part as JSON."""
        said: dict[str, object] = {"id": f"m{first + index - 1}", "from": sender, "text": parts[index - 1], "sent_at": self.sent_at}
        if len(parts) > 1:
            said |= {"ref": f"r{first}", "part": index, "parts": len(parts)}
        return json.dumps(said).encode()

    async def post(self, body: bytes, *, nonce: str = "", secret: bytes = b"") -> httpx.Response:
        """One request, with a fresh nonce unless told otherwise."""
        self.sent += 1
        nonce = nonce or f"nonce-{self.sent:08}"
        text = f"{self.now}.{nonce}.POST./api/v1/intake/sms.".encode() + body
        signed = hmac.new(secret or self.secret, text, hashlib.sha256).hexdigest()
        head = {"X-Sender": self.name, "X-Timestamp": str(self.now), "X-Nonce": nonce, "X-Signature": signed}
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.post(self.url, content=body, headers={**head, "Content-Type": "application/json"})
