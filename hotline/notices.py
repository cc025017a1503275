"""通知: what somebody must be told about a ticket, as a value (揭府办〔2015〕4号 articles 11, 19, 21).

A notice holds no telephone number, no name and no word of a citizen: to whom it goes is a part that somebody plays (`staff("unit")`), and
his number is looked up at the moment of sending. So the outbox, its errors and its figures can be read by whoever works here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from hotline.errors import HotlineError, MalformedInput

CITIZEN: Final = "citizen"
"""诉求人, by the contact number of his ticket."""
OFFICE: Final = "office"
"""市政管办."""
INSPECTION: Final = "inspection"
"""市监察局."""
SURGE: Final = "surge"
"""The kind of 突发公告 by SMS that a caller asked for: `ticket` is his call, the value `about` the notice (hotline/surge.py)."""
_TO: Final = re.compile(r"(citizen|office|inspection|(staff|leader):[A-Za-z0-9._-]{1,64})")
_KIND: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")


def staff(unit: str) -> str:
    """承办单位相关人员 (article 11)."""
    return f"staff:{unit}"


def leader(unit: str) -> str:
    """承办单位分管领导, to whom the 《催办通知书》 is copied (article 19)."""
    return f"leader:{unit}"


def unit_of(to: str) -> str:
    """The unit that a recipient belongs to; empty for who belongs to none."""
    return to.partition(":")[2]


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One thing to be told to one recipient. `seq` is the entry of the ticket's history that caused it.

    Raises `MalformedInput` for a recipient or a kind that cannot be right.
    """

    kind: str
    """The name of its template (config/notices/)."""
    to: str
    ticket: str
    seq: int
    secrecy: int = 0
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if not _TO.fullmatch(self.to):
            raise MalformedInput(f"通知对象 {self.to!r} 不对 no such recipient: staff:UNIT, leader:UNIT, citizen, office or inspection")
        if not _KIND.fullmatch(self.kind):
            raise MalformedInput(f"通知种类 {self.kind!r} 不对 a kind is lower-case letters, digits and _, up to 32")

    @property
    def key(self) -> str:
        """The same for the same telling, whoever sends it however often: at most once in effect. Of 突发公告 the name of its file."""
        if self.kind == SURGE:
            return f"{self.ticket}-{self.values['about']}"
        return f"{self.ticket}/{self.seq}/{self.kind}/{self.to}"


@dataclass(frozen=True, kw_only=True, repr=False)
class Letter:
    """A notice in words, with the number it goes to: exists only while it is sent. `repr` shows neither number nor text."""

    key: str
    number: str
    text: str
    template: str
    """The gateway's code of the template; empty where it wants whole texts."""
    values: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Letter(key={self.key!r}, template={self.template!r})"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What the carrier said: its own reference, if it gave one."""

    reference: str = ""


class NoticeRefused(HotlineError):
    """The gateway understood the letter and said no: sending it again will not help, a person must look at it."""


class NoticeOutcome(StrEnum):
    """Where a notice stands."""

    WAITING = "waiting"
    """待发送."""
    SENT = "sent"
    """已发送."""
    KEPT = "kept"
    """只存不发: no gateway is set up; everything can be read."""
    PERSON = "person"
    """须人工处理."""
    NO_WAY = "no_way"
    """无法短信告知: the citizen left no number that an SMS reaches. Nobody's fault, and no alarm."""
