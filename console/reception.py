"""前台: who is it that asks? By a session in a cookie (people) or by a bearer token (other systems). What he may is the gate's business.

A browser sends its cookie with whatever a page makes it send. So a request that changes something counts only when it comes from a page of
ours: SameSite=Strict, `Sec-Fetch-Site` and `Origin` where the browser tells them, and JSON alone, which no foreign form can post.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from urllib.parse import urlsplit

from fastapi import Request

from console.problems import Problem
from hotline.access import Actor
from hotline.accounts import Person, SignedIn

COOKIE: Final = "hotline_session"
SECURE_COOKIE: Final = "__Host-hotline_session"
"""Over HTTPS: no other host and no plain page can set it (RFC 6265bis)."""
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OURS: Final = frozenset({"same-origin", "none"})
_NOBODY: Final = "请先登录 please sign in"


class Sessions(Protocol):
    """Proves people (storage/sign_in.py). May take a moment: never called in the event loop."""

    def sign_in(self, login: str, password: str, *, source: str, at: datetime) -> SignedIn:
        """Raises `hotline.sign_in_rules.SignInRefused`, `TooManyTries`."""

    def signed_in(self, session: str, *, at: datetime) -> Person | None:
        """Whose session it is."""

    def sign_out(self, session: str, *, source: str, at: datetime) -> None:
        """It proves nobody any more."""

    def change_password(self, login: str, old: str, new: str, *, source: str, at: datetime) -> None:
        """He is signed out everywhere. Raises as `sign_in`, and `MalformedInput` for a bad new one."""


class Tokens(Protocol):
    """Proves other systems (storage/api_tokens.py)."""

    def proved(self, told: str, *, at: datetime) -> Actor | None:
        """Who asks with this secret."""


@dataclass(frozen=True, kw_only=True)
class Reception:
    """Its methods `actor` and `person` are FastAPI dependencies (called in a thread). `secure`: browsers reach us by HTTPS only."""

    sessions: Sessions
    tokens: Tokens
    now: Callable[[], datetime]
    secure: bool = False

    @property
    def cookie(self) -> str:
        """The session's name in a browser."""
        return SECURE_COOKIE if self.secure else COOKIE

    def actor(self, request: Request) -> Actor:
        """Whoever asks, proved. Raises 401; 403 when he must change his password first, or a foreign page asks."""
        if "authorization" in request.headers:
            return self._by_token(request)
        person = self.person(request)
        if person.must_change_password:
            raise Problem(403, "password_change_needed", "请先修改密码 change your password first")
        return person.actor

    def person(self, request: Request) -> Person:
        """Who is signed in, even if he must change his password first. Raises 401, 403."""
        from_our_page(request)
        session = request.cookies.get(self.cookie, "")
        person = self.sessions.signed_in(session, at=self.now()) if session else None
        if person is None:
            raise Problem(401, "not_signed_in", _NOBODY)
        return person

    def _by_token(self, request: Request) -> Actor:
        kind, _, told = request.headers["authorization"].partition(" ")
        actor = self.tokens.proved(told.strip(), at=self.now()) if kind.lower() == "bearer" else None
        if actor is None:
            raise Problem(401, "not_signed_in", "令牌无效、已收回或已过期 the token is unknown, withdrawn or out of date")
        return actor


def from_our_page(request: Request) -> None:
    """Raises 403 when a page that is not ours makes a browser change something, 415 when what it sends is not JSON."""
    if request.method in _READING:
        return
    site, origin = request.headers.get("sec-fetch-site", ""), request.headers.get("origin", "")
    if (site and site not in _OURS) or (origin and urlsplit(origin).netloc != request.headers.get("host", "")):
        raise Problem(403, "foreign_page", "请求来自其他网页，未办理 a page that is not ours asked for it")
    if _has_body(request) and request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Problem(415, "not_json", "请用JSON提交 please send JSON")


def source_of(request: Request) -> str:
    """The address that asks, as the access log keeps it."""
    return request.client.host[:64] if request.client else ""


def _has_body(request: Request) -> bool:
    return "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0"
