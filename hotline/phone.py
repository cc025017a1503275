"""Telephone numbers as Chinese carriers spell them, and the one table that brings every spelling into one form.

The table is used twice: here, and rendered into the dialplan (`asterisk-conf/extensions.conf.j2`), which must understand numbers with all
of our processes dead. So a spelling is a dialplan pattern (X = 0-9, Z = 1-9, N = 2-9, `[...]`), how many characters to cut off in front
and what to put there instead. No two spellings match the same text (a test proves it), so their order means nothing.

| form kept     | what it is                                                            |
|---------------|-----------------------------------------------------------------------|
| 1[3-9]…       | mobile, 11 digits (手机)                                               |
| 0AAA…         | landline with its area code (区号)                                      |
| 00CC…         | foreign number with its country code                                  |
| other digits  | service numbers (110, 95588, 400…), extensions, what nobody can read  |
| empty         | withheld, anonymous, unreadable                                       |
"""

import re
from dataclasses import dataclass

from hotline.errors import MalformedInput

SHORTEST, LONGEST = 3, 17
"""Digits of a number that we keep: a short code of three, `00` and the fifteen of ITU-T E.164."""

_MOBILE = "1[3-9]XXXXXXXXX"
_LANDLINES = ("10NXXXXXXX", "2XNXXXXXXX", "[35679]XXNXXXXXX", "[35679]XXNXXXXXXX", "[48]ZXNXXXXXX", "[48]ZXNXXXXXXX")
_TOLL_FREE = "[48]00XXXXXXX"
_SERVICE = "[19]XXXX"
_CHINA = ("86", "+86", "0086")
_LETTERS = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]", "+": r"\+"}


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """One way to write a number: a dialplan pattern of fixed length, what to cut off in front, what to put there."""

    pattern: str
    cut: int = 0
    put: str = ""

    def read(self, text: str) -> str | None:
        """The kept form, or None if the text is not written in this way."""
        return self.put + text[self.cut :] if re.fullmatch(_regex(self.pattern), text) else None


@dataclass(frozen=True, kw_only=True)
class PhoneNumber:
    """A number in its kept form: digits only, never empty. Raises `MalformedInput` for anything else."""

    digits: str

    def __post_init__(self) -> None:
        if not re.fullmatch(f"[0-9]{{{SHORTEST},{LONGEST}}}", self.digits):
            raise MalformedInput(f"not a telephone number: {len(self.digits)} characters; {SHORTEST} to {LONGEST} digits are")

    def masked(self) -> str:
        """The only form that may stand in a log (个人信息保护法 art. 51): 138****0000."""
        return mask(self.digits)

    @property
    def e164ish(self) -> str:
        """With country code and plus where the number has one (ITU-T E.164); a service number as it is dialled."""
        if self.digits.startswith("00"):
            return "+" + self.digits[2:]
        if self.digits.startswith("0"):
            return "+86" + self.digits[1:]
        return "+86" + self.digits if re.fullmatch(_regex(_MOBILE), self.digits) else self.digits


def mask(digits: str) -> str:
    """A number for logs, whatever it is: the middle hidden, of a short one nearly all; empty stays empty."""
    if len(digits) < 8:
        return digits[:1] + "****" if digits else ""
    return f"{digits[:3]}****{digits[-4:]}"


def caller_spellings(area_code: str) -> tuple[Spelling, ...]:
    """Every spelling of a caller that carriers of this area use. `area_code` completes their local numbers (0663)."""
    spellings = [Spelling(pattern=_MOBILE), Spelling(pattern="0" + _MOBILE, cut=1)]
    spellings += [Spelling(pattern="0" + landline) for landline in _LANDLINES]
    for china in _CHINA:
        spellings += [Spelling(pattern=china + number, cut=len(china)) for number in (_MOBILE, _TOLL_FREE)]
        spellings += [Spelling(pattern=china + landline, cut=len(china), put="0") for landline in _LANDLINES]
    spellings += [Spelling(pattern=china + _SERVICE, cut=len(china)) for china in ("+86", "0086")]
    for local in ("NXXXXXX", "NXXXXXXX"):
        spellings += [Spelling(pattern=local, put=area_code), Spelling(pattern=area_code[1:] + local, put="0")]
    return tuple(spellings)


def read_caller(text: str, *, area_code: str) -> str:
    """The kept form of a caller as the carrier wrote it; empty when withheld, anonymous or unreadable. Never raises."""
    written = re.sub(r"[^+0-9]", "", text)
    for spelling in caller_spellings(area_code):
        kept = spelling.read(written)
        if kept is not None:
            return kept
    digits = ("00" if written.startswith("+") else "") + written.replace("+", "")
    return digits if SHORTEST <= len(digits) <= LONGEST else ""


def called_spellings(number: str, *, aliases: tuple[str, ...] = (), area_code: str) -> tuple[str, ...]:
    """Every text by which carriers of this area may ask for our `number`, each once: 12345, 066312345, +8666312345, aliases …"""
    national = number if number.startswith("0") else area_code + number
    written = [number, national, national[1:], *(china + national[1:] for china in _CHINA)]
    if not number.startswith("0"):
        written += [china + number for china in ("+86", "0086")]
    for alias in aliases:
        digits = re.sub(r"[^+0-9]", "", alias)
        written += [digits, *(china + digits[1:] for china in _CHINA if digits.startswith("0"))]
    return tuple(dict.fromkeys(text for text in written if text))


def _regex(pattern: str) -> str:
    return re.sub(r"\[[^]]*\]|.", lambda part: _LETTERS.get(part[0], part[0]), pattern)
