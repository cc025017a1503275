"""Identities that cross rooms. A value that exists is well-formed: safe in a file name, a channel variable and an AMI field."""

import re
from datetime import date, datetime, timedelta, timezone
from typing import Self

from hotline.errors import MalformedInput

_CHINA = timezone(timedelta(hours=8))
_LAST_SECOND = 253_370_000_000  # in the year 9998: a made-up id must not break the calendar


class _Identity(str):
    """A string that was checked at birth."""

    __slots__ = ()
    _pattern = re.compile(r"[A-Za-z0-9._-]{1,80}")

    def __new__(cls, text: str) -> Self:
        if not cls._pattern.fullmatch(text):
            raise MalformedInput(f"not a {cls.__name__}: {text[:80]!r}")
        return super().__new__(cls, text)


class CallId(_Identity):
    """A call: Asterisk's unique id of the citizen's channel with the node's name in front (`hl1-1764000000.12`)."""

    __slots__ = ()
    _pattern = re.compile(r"[A-Za-z0-9]{1,16}-[0-9]{1,12}\.[0-9]{1,10}")

    @property
    def born(self) -> int:
        """Unix seconds at which the channel was made, by the switch's clock."""
        return min(int(self.split("-")[1].split(".")[0]), _LAST_SECOND)

    @property
    def day(self) -> date:
        """The day in China (UTC+8, no daylight saving) on which the channel was born: files of a call are found by its id alone."""
        return datetime.fromtimestamp(self.born, tz=_CHINA).date()


class AgentId(_Identity):
    """工号: the number by which an agent is announced to the citizen, and the name of his phone."""

    __slots__ = ()
    _pattern = re.compile(r"[0-9]{2,8}")


class LegId(_Identity):
    """One attempt to reach an agent: the channel id we fix when we originate, so that no answer can be mixed up."""

    __slots__ = ()
