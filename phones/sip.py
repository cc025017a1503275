"""SIP as text (RFC 3261), as much of it as a telephone of a test needs: read, answer, ask, prove a password. Pure.

Not a stack: one transport (UDP), one media line (G.711 A-law and telephone events), no forking, no proxies.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

_CRLF = "\r\n"
_URI = re.compile(r"<?sips?:([^@;>]*)@([^;>\s:]+)(?::(\d+))?")
_MEDIA = re.compile(r"^m=audio (\d+)", re.MULTILINE)
_ADDRESS = re.compile(r"^c=IN IP4 (\S+)", re.MULTILINE)
_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')


class NotSip(ValueError):
    """What came is no SIP message."""


@dataclass(frozen=True, kw_only=True)
class SipMessage:
    """A request or an answer. `headers`: as they came, in order; `status` 0 = a request."""

    first: str
    headers: tuple[tuple[str, str], ...]
    body: str = ""

    @property
    def method(self) -> str:
        """INVITE, BYE …; of an answer the method that it answers."""
        return self.get("CSeq").split(" ")[-1] if self.status else self.first.split(" ", 1)[0]

    @property
    def status(self) -> int:
        """200 and the like; 0 for a request."""
        return int(self.first.split(" ")[1]) if self.first.startswith("SIP/2.0 ") else 0

    @property
    def uri(self) -> str:
        """Whom a request is for."""
        return self.first.split(" ")[1]

    @property
    def media(self) -> tuple[str, int] | None:
        """Where the sender of this message wants to hear us; None without a media line."""
        address, port = _ADDRESS.search(self.body), _MEDIA.search(self.body)
        return (address[1], int(port[1])) if address and port else None

    def get(self, name: str) -> str:
        """The first header of this name, empty when there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def all(self, name: str) -> list[tuple[str, str]]:
        """Every header of this name."""
        return [(key, value) for key, value in self.headers if key.lower() == name.lower()]

    def bytes(self) -> bytes:
        """On the wire, with its length."""
        body = self.body.encode()
        head = [self.first, *(f"{key}: {value}" for key, value in self.headers), f"Content-Length: {len(body)}"]
        return (_CRLF.join(head) + _CRLF * 2).encode() + body


def read(packet: bytes) -> SipMessage:
    """Raises `NotSip`, for keep-alives, too."""
    head, _, body = packet.decode("utf-8", "replace").partition(_CRLF * 2)
    first, *lines = head.split(_CRLF)
    if "SIP/2.0" not in first:
        raise NotSip(first[:40])
    pairs = [line.partition(":")[::2] for line in lines if ":" in line]
    headers = tuple((key.strip(), value.strip()) for key, value in pairs if key.strip().lower() != "content-length")
    return SipMessage(first=first, headers=headers, body=body)


def answer(
    request: SipMessage, status: int, reason: str, *, tag: str = "", more: Iterable[tuple[str, str]] = (), body: str = ""
) -> SipMessage:
    """Our answer; `tag` makes it one of a dialog."""
    to = request.get("To")
    headers = [
        *request.all("Via"),
        *request.all("Record-Route"),
        ("From", request.get("From")),
        ("To", to if ";tag=" in to or not tag else f"{to};tag={tag}"),
        ("Call-ID", request.get("Call-ID")),
        ("CSeq", request.get("CSeq")),
        *more,
    ]
    return SipMessage(first=f"SIP/2.0 {status} {reason}", headers=(*headers, *_kind(body)), body=body)


def ask(method: str, uri: str, headers: Iterable[tuple[str, str]], body: str = "") -> SipMessage:
    """A request of ours."""
    return SipMessage(first=f"{method} {uri} SIP/2.0", headers=(*headers, ("Max-Forwards", "70"), *_kind(body)), body=body)


def user_of(text: str) -> str:
    """The user part of the first SIP address in a header or request line; empty when there is none."""
    found = _URI.search(text)
    return found[1] if found else ""


def media_line(address: str, port: int) -> str:
    """A session description: A-law and keys as telephone events (RFC 4733), heard at this address."""
    lines = ("v=0", f"o=- 1 1 IN IP4 {address}", "s=-", f"c=IN IP4 {address}", "t=0 0", f"m=audio {port} RTP/AVP 8 101")
    return _CRLF.join((*lines, "a=rtpmap:8 PCMA/8000", "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-16", "")) + ""


def proof(challenge: str, *, method: str, uri: str, user: str, password: str) -> str:
    """The Authorization header for a WWW-Authenticate (RFC 2617, MD5, with or without qop=auth)."""
    told = dict(_CHALLENGE.findall(challenge))
    realm, nonce = told.get("realm", ""), told.get("nonce", "")
    secret, what = _md5(f"{user}:{realm}:{password}"), _md5(f"{method}:{uri}")
    words = f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", algorithm=MD5'
    if "opaque" in told:
        words += f', opaque="{told["opaque"]}"'
    if "qop" in challenge:
        return f'{words}, qop=auth, nc=00000001, cnonce="00000001", response="{_md5(f"{secret}:{nonce}:00000001:00000001:auth:{what}")}"'
    return f'{words}, response="{_md5(f"{secret}:{nonce}:{what}")}"'


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _kind(body: str) -> tuple[tuple[str, str], ...]:
    return (("Content-Type", "application/sdp"),) if body else ()
