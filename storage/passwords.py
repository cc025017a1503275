"""Passwords as argon2id hashes (RFC 9106), and secrets that somebody is given once. Nothing here can be turned back."""

import hashlib
import secrets
from functools import cached_property
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

MEMORY_KIB: Final = 65536
"""RFC 9106 §4, second recommended option: 64 MiB, three passes."""
AT_ONCE: Final = 2
"""So many are reckoned at the same time: a crowd at the door must not take the machine's memory."""
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that is read for another one."""


class Passwords:
    """Takes some 50 ms and `memory_kib` for each: that is what it is for."""

    def __init__(self, *, passes: int = 3, memory_kib: int = MEMORY_KIB, lanes: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
        self._room = BoundedSemaphore(AT_ONCE)

    @cached_property
    def nobodys(self) -> str:
        """A hash that nothing fits, at today's cost. Whoever judges tries of strangers asks for it once before the first comes."""
        return self._hasher.hash(secret())

    def hashed(self, password: str) -> str:
        """As it is kept."""
        with self._room:
            return self._hasher.hash(_bytes(password))

    def fits(self, password: str, hashed: str) -> bool:
        """True if it is this one. Who has none (`hashed` empty) costs the same time and fits nothing: nobody learns who there is."""
        with self._room:
            try:
                self._hasher.verify(hashed or self.nobodys, _bytes(password))
            except (Argon2Error, InvalidHashError):
                return False
        return bool(hashed)

    def is_weak(self, hashed: str) -> bool:
        """True if it was made at a lower cost than today's: hash it again when the password is at hand."""
        return self._hasher.check_needs_rehash(hashed)


def secret() -> str:
    """256 random bits, safe in a cookie and a header."""
    return secrets.token_urlsafe(32)


def one_time_password() -> str:
    """About 79 random bits, to be read out or copied by hand once: kq7m-dwzx-3rtb-9fhn."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def digest(text: str) -> str:
    """SHA-256. Enough for what has 256 random bits already; never for a password."""
    return hashlib.sha256(_bytes(text)).hexdigest()


def _bytes(text: str) -> bytes:
    """Whatever JSON can hold, half a pair of surrogates too, is only a wrong password."""
    return text.encode("utf-8", "surrogatepass")
