"""突发公告: what everybody who waits is told while something has happened (台风、停水 …), and who wants a message about it.

A notice is named by its kind and the second in which it began (`typhoon-1764000000`); its kind names the prompt (`surge-typhoon`).
"""

import re
from dataclasses import dataclass
from typing import Final

from hotline.errors import MalformedInput

KINDS: Final = ("busy", "typhoon", "rainstorm", "water", "power")
LONGEST_TEXT: Final = 500
"""Signs of a text for SMS: some carriers cut what is longer."""

_ID: Final = re.compile(r"[a-z]{1,16}-[0-9]{1,12}", re.ASCII)
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class SurgeNotice:
    """`text`: what is sent by SMS to who presses the key; empty = somebody writes it later. Raises `MalformedInput`."""

    id: str
    text: str = ""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id) or self.kind not in KINDS:
            raise MalformedInput(f"公告类型 kind of notice: {self.id[:30]!r}；请用 use one of {'、'.join(KINDS)}")
        if len(self.text) > LONGEST_TEXT or not self.text.isprintable():
            raise MalformedInput(f"短信内容 text for SMS: 一行，最多 {LONGEST_TEXT} 字 one line of at most {LONGEST_TEXT} signs")

    @property
    def kind(self) -> str:
        """Which of `KINDS`."""
        return self.id.partition("-")[0]


def has_sms(number: str) -> bool:
    """Whether this is the number of a mobile telephone in its kept form (hotline/phone.py)."""
    return bool(_MOBILE.fullmatch(number))
