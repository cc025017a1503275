"""Rules of signing in, as data and pure decisions: passwords, tries, sessions (GB/T 22239-2019 8.1.4.1 身份鉴别)."""

import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hotline.errors import HotlineError

MOST_CHARACTERS: Final = 128
"""A longer password would cost the machine more than it protects."""
_COMMON: Final = (
    "password",
    "passw0rd",
    "12345678",
    "87654321",
    "qwerty",
    "admin",
    "hotline",
    "11111111",
    "88888888",
    "abcd1234",
    "1qaz2wsx",
)


class SignInRefused(HotlineError):
    """Not signed in. The words are the same for a wrong 工号, a wrong password and somebody disabled."""


class TooManyTries(SignInRefused):
    """No password was looked at. It may be tried again when the window has passed."""


@dataclass(frozen=True, kw_only=True)
class SignInRules:
    """What an installation asks for. After so many failures within `window` no password is even looked at, right or wrong."""

    window: timedelta = timedelta(minutes=15)
    tries_here: int = 5
    """Of one account from one address."""
    tries_account: int = 50
    """Of one account from anywhere: high, so that a stranger cannot lock somebody out by typing five wrong passwords."""
    tries_source: int = 50
    """From one address, whatever accounts."""
    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=12)
    password_age: timedelta = timedelta(days=180)
    """定期更换: an older one must be changed at the next signing in."""
    shortest_password: int = 10


@dataclass(frozen=True, kw_only=True)
class Failures:
    """How many there were within the window."""

    here: int = 0
    account: int = 0
    source: int = 0


def locked(failures: Failures, rules: SignInRules) -> bool:
    """True if nobody is asked for a password now."""
    return failures.here >= rules.tries_here or failures.account >= rules.tries_account or failures.source >= rules.tries_source


def is_over(*, begun: datetime, seen: datetime, now: datetime, rules: SignInRules) -> bool:
    """True if a session has been idle for too long, or has lasted too long. A clock that went back lengthens none."""
    return now - seen >= rules.idle or now - begun >= rules.longest or begun - now >= rules.longest


def must_change(changed: datetime, now: datetime, rules: SignInRules) -> bool:
    """True if the password is too old."""
    return now - changed >= rules.password_age


def password_trouble(password: str, login: str, rules: SignInRules) -> str:
    """What is wrong with a new password, in words; empty = nothing. Never says the password."""
    if len(password) < rules.shortest_password:
        return f"密码至少{rules.shortest_password}位 a password has at least {rules.shortest_password} characters"
    if len(password) > MOST_CHARACTERS:
        return f"密码最多{MOST_CHARACTERS}位 a password has at most {MOST_CHARACTERS} characters"
    if login in password.lower() or any(word in password.lower() for word in _COMMON):
        return "密码里不能有工号或常见密码 no login and no common password in it"
    if len(set(password)) < len(password) // 2:
        return "密码里重复的字符太多 too many characters of it are the same"
    if _kinds(password) < 3 and len(password) < 2 * rules.shortest_password:
        return "密码要含大写字母、小写字母、数字、符号中的三种，或加倍长度 three of upper case, lower case, digits, signs; or twice as long"
    return ""


def _kinds(password: str) -> int:
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
    return sum(any(each in kind for each in password) for kind in kinds) + any(
        not each.isalnum() or not each.isascii() for each in password
    )
