"""微信公众号 callbacks as Tencent specifies them: who signed, what the XML says, and the answer. Pure.

Plain mode: sha1 of token, timestamp and nonce, sorted and joined, proves the sender. Safe mode (安全模式): the message is AES-256-CBC in
base64, with `msg_signature` over token, timestamp, nonce and the encrypted text; inside stand 16 random bytes, the length (4 bytes, network
order), the XML and the AppID.

The parser takes the flat XML of these messages and nothing else: a document type, an entity of its own, an attribute, a processing
instruction, a third level or too much of anything is refused before it is read on (no billion laughs, no foreign file).
"""

import base64
import hashlib
import hmac
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from hotline.errors import MalformedInput

LARGEST: Final = 64 * 1024
MOST_FIELDS: Final = 64
_BLOCK: Final = 32
"""Tencent pads to 32 bytes, not to the 16 of AES."""
_CHAOS: Final = 16


def signature_of(*parts: str) -> str:
    """sha1(sorted(token, timestamp, nonce[, encrypted])), as in 《接入指南》."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def is_signed(signature: str, *parts: str) -> bool:
    """True if it is the signature of these parts; takes the same time for every wrong one."""
    return hmac.compare_digest(signature_of(*parts).encode(), signature.encode())


@dataclass(kw_only=True)
class _Reading:
    fields: dict[str, str] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if attributes or len(self.path) >= 2 or (not self.path and name != "xml") or len(self.fields) >= MOST_FIELDS:
            raise MalformedInput("不是微信消息的XML not the XML of a WeChat message")
        self.path.append(name)
        if len(self.path) == 2:
            self.fields[name] = ""

    def end(self, _name: str) -> None:
        self.path.pop()

    def text(self, words: str) -> None:
        if len(self.path) == 2:
            self.fields[self.path[1]] += words

    def refuse(self, *_: object) -> None:
        raise MalformedInput("XML里不允许有声明和实体 declarations and entities are refused")


def read_xml(body: bytes) -> Mapping[str, str]:
    """The fields of one message. Raises `MalformedInput` for anything that is not such a flat document."""
    if len(body) > LARGEST:
        raise MalformedInput("消息太长 the message is too long")
    reading = _Reading()
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reading.begin, reading.end
    parser.CharacterDataHandler = reading.text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ProcessingInstructionHandler = reading.refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError:
        raise MalformedInput("不是XML not XML") from None
    return reading.fields


def text_reply(*, to: str, sender: str, at: int, words: str) -> bytes:
    """被动回复: a text message back to who wrote. `at`: Unix seconds."""
    parts = {"ToUserName": _cdata(to), "FromUserName": _cdata(sender), "CreateTime": str(at), "MsgType": _cdata("text")}
    return _xml({**parts, "Content": _cdata(words)})


@dataclass(frozen=True, kw_only=True)
class SafeMode:
    """安全模式's key. Raises `MalformedInput` for an EncodingAESKey that is not 43 characters of base64."""

    token: str
    app_id: str
    aes_key: str = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) != 32:
            raise MalformedInput("EncodingAESKey 应为43个字符 must have 43 characters; copy it from 公众平台")

    @property
    def key(self) -> bytes:
        """The 32 bytes of AES-256."""
        try:
            return base64.b64decode(self.aes_key + "=", validate=True)
        except ValueError:
            return b""

    def opened(self, encrypted: str, *, signature: str, timestamp: str, nonce: str) -> bytes:
        """The XML inside. Raises `MalformedInput` when it is not signed, not for us, or not whole: never which."""
        if not is_signed(signature, self.token, timestamp, nonce, encrypted):
            raise MalformedInput(_UNREADABLE)
        try:
            raw = base64.b64decode(encrypted, validate=True)
            cipher = Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16])).decryptor()
            plain = cipher.update(raw) + cipher.finalize()
            return _inside(_unpadded(plain), self.app_id)
        except (ValueError, struct.error):
            raise MalformedInput(_UNREADABLE) from None

    def closed(self, message: bytes, *, timestamp: str, nonce: str, chaos: bytes) -> bytes:
        """The answer's XML, encrypted and signed. `chaos`: 16 fresh random bytes."""
        plain = chaos[:_CHAOS] + struct.pack("!I", len(message)) + message + self.app_id.encode()
        missing = _BLOCK - len(plain) % _BLOCK
        cipher = Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16])).encryptor()
        encrypted = base64.b64encode(cipher.update(plain + bytes([missing]) * missing) + cipher.finalize()).decode()
        signed = signature_of(self.token, timestamp, nonce, encrypted)
        parts = {"Encrypt": _cdata(encrypted), "MsgSignature": _cdata(signed), "TimeStamp": timestamp, "Nonce": _cdata(nonce)}
        return _xml(parts)


_UNREADABLE: Final = "签名不对或无法解密 not signed for us, or not to be read"


def _inside(plain: bytes, app_id: str) -> bytes:
    (length,) = struct.unpack("!I", plain[_CHAOS : _CHAOS + 4])
    message, owner = plain[_CHAOS + 4 : _CHAOS + 4 + length], plain[_CHAOS + 4 + length :]
    if len(message) != length or owner.decode() != app_id:
        raise ValueError(_UNREADABLE)
    return message


def _unpadded(plain: bytes) -> bytes:
    count = plain[-1] if plain else 0
    if not 1 <= count <= _BLOCK or plain[-count:] != bytes([count]) * count:
        raise ValueError(_UNREADABLE)
    return plain[:-count]


def _cdata(words: str) -> str:
    return f"<![CDATA[{words.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _xml(parts: Mapping[str, str]) -> bytes:
    return f"<xml>{''.join(f'<{name}>{words}</{name}>' for name, words in parts.items())}</xml>".encode()
