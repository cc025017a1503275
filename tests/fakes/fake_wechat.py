"""微信服务器 as its documentation describes it: signs, posts XML, gives up after its patience and sends the same message again."""

import asyncio
import base64
import hashlib
import re
import struct
from dataclasses import dataclass, field

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TRIES = 3


@dataclass(kw_only=True)
class FakeWechat:
    """`aes_key` (32 bytes): 安全模式. All signing and encrypting is written here anew, so that our own mistakes are not believed."""

    url: str
    token: str
    now: int
    app_id: str = "wx0123456789abcdef"
    aes_key: bytes = b""
    patience_s: float = 5.0
    tries: int = 0
    again: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it begins to send something once more."""

    async def verify(self, echostr: str = "5837397576500011341") -> httpx.Response:
        """服务器配置 → 提交."""
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.get(self.url, params={**self._signed(), "echostr": echostr})

    async def send(self, kind: str, *, message: str = "23845678901", sender: str = "oMarket01", **fields: str) -> httpx.Response:
        """One message of a citizen, up to three times."""
        parts = {"ToUserName": "gh_jieyang", "FromUserName": sender, "CreateTime": str(self.now), "MsgType": kind, **fields}
        if message:
            parts["MsgId"] = message
        body = f"<xml>{''.join(f'<{name}><![CDATA[{words}]]></{name}>' for name, words in parts.items())}</xml>".encode()
        async with httpx.AsyncClient(trust_env=False, timeout=self.patience_s) as client:
            for _ in range(TRIES - 1):
                self.tries += 1
                try:
                    return await self._post(client, body)
                except httpx.TimeoutException:
                    self.again.set()
            self.tries += 1
            return await self._post(client, body)

    def words(self, answer: httpx.Response) -> str:
        """The text that the citizen reads."""
        text = answer.text
        if self.aes_key:
            encrypted = _field(text, "Encrypt")
            signed = self._sign(_field(text, "TimeStamp"), _field(text, "Nonce"), encrypted)
            assert signed == _field(text, "MsgSignature")
            text = self._decrypt(encrypted)
        return _field(text, "Content")

    async def _post(self, client: httpx.AsyncClient, body: bytes) -> httpx.Response:
        query = self._signed()
        if self.aes_key:
            encrypted = self._encrypt(body)
            query |= {"encrypt_type": "aes", "msg_signature": self._sign(query["timestamp"], query["nonce"], encrypted)}
            body = f"<xml><ToUserName>gh_jieyang</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()
        return await client.post(self.url, params=query, content=body, headers={"Content-Type": "text/xml"})

    def _signed(self) -> dict[str, str]:
        query = {"timestamp": str(self.now), "nonce": "1372623149"}
        return {**query, "signature": self._sign(query["timestamp"], query["nonce"])}

    def _sign(self, *parts: str) -> str:
        return hashlib.sha1("".join(sorted((self.token, *parts))).encode()).hexdigest()

    def _encrypt(self, message: bytes) -> str:
        plain = b"0123456789abcdef" + struct.pack(">I", len(message)) + message + self.app_id.encode()
        missing = 32 - len(plain) % 32
        cipher = Cipher(algorithms.AES(self.aes_key), modes.CBC(self.aes_key[:16])).encryptor()
        return base64.b64encode(cipher.update(plain + bytes([missing]) * missing) + cipher.finalize()).decode()

    def _decrypt(self, encrypted: str) -> str:
        cipher = Cipher(algorithms.AES(self.aes_key), modes.CBC(self.aes_key[:16])).decryptor()
        plain = cipher.update(base64.b64decode(encrypted)) + cipher.finalize()
        plain = plain[: -plain[-1]]
        length = int.from_bytes(plain[16:20], "big")
        assert plain[20 + length :].decode() == self.app_id
        return plain[20 : 20 + length].decode()


def _field(text: str, name: str) -> str:
    found = re.search(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</{name}>", text, re.DOTALL)
    assert found, f"no {name} in the answer"
    return found[1]
