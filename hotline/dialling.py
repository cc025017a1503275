"""Whom agents may call (呼出号码范围): a list of allowed beginnings, and what no list can allow.

Pure; the dialplan is rendered from the same value.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from hotline.emergency import SERVICES

MOBILE_AND_LOCAL: Final = (*(f"1{digit}" for digit in range(3, 10)), *(f"0{digit}" for digit in range(1, 10)))
"""手机与固话: mobile numbers, and full numbers with their 区号."""

_DIGIT: Final = "[0-9]"
_WHOLE: Final = (
    # 手机: eleven digits, a 0 before them is usual. 160 and 168 (声讯台) and 179 (other carriers' lines) are nobody's telephone.
    f"0?1([34589]{_DIGIT}|6[1-79]|7[0-8]){_DIGIT * 8}",
    # 固话: behind its 区号 no subscriber's number begins with 1 or 9: those are services, some of which cost extra.
    f"0(10|2{_DIGIT}|[3-9]{_DIGIT}{_DIGIT})[02-8]{_DIGIT * 6}{_DIGIT}?",
    # 短号: a service that the operator has allowed by its beginning; a longer one is an information service.
    f"1[0-2]{_DIGIT * 3}{_DIGIT}?",
    f"[2-9]{_DIGIT}+",
)

SHORTEST: Final = 5
LONGEST: Final = 12

INTERNATIONAL: Final = "不能拨打国际号码 international numbers are not allowed"
EMERGENCY: Final = "不能这样拨打紧急号码，请用应急转接 not this way: bring the emergency service into the talk"
NOT_ALLOWED: Final = "该号码不在允许呼出的范围内 this number is not among those that may be called"
NO_NUMBER: Final = "不是完整的电话号码 not a complete telephone number"


@dataclass(frozen=True, kw_only=True)
class Dialling:
    """The allowed beginnings, and the numbers at which emergency centres are reached (they are nobody's to dial)."""

    prefixes: tuple[str, ...] = MOBILE_AND_LOCAL
    centres: frozenset[str] = frozenset()

    def refusal(self, number: str) -> str:
        """Why this number may not be called, in words; empty when it may."""
        if number.startswith(("00", "+")):
            return INTERNATIONAL
        if re.fullmatch(self.emergency_pattern, number):
            return EMERGENCY
        if not re.fullmatch(f"[0-9]{{{SHORTEST},{LONGEST}}}", number):
            return NO_NUMBER
        return "" if number.startswith(self.prefixes) and re.fullmatch(self.whole_pattern, number) else NOT_ALLOWED

    @property
    def emergency_pattern(self) -> str:
        """110 and its like, alone or behind a 区号, and the centres of this city."""
        short = f"(0[0-9][0-9][0-9]?)?({'|'.join(SERVICES)})"
        return "|".join((short, *sorted(self.centres)))

    @property
    def whole_pattern(self) -> str:
        """Complete numbers of people and offices. A beginning alone would let in what costs extra (声讯台): 16 is also 168."""
        return f"({'|'.join(_WHOLE)})"

    @property
    def allowed_pattern(self) -> str:
        """The list as one expression."""
        return f"({'|'.join(self.prefixes)})[0-9]*"


@dataclass(frozen=True, kw_only=True)
class Calling:
    """How the house calls out. `trunks`: those that may be used, in this order → how many calls, of both directions, one may have then:
    what lies above is kept for citizens who call. `shown`: the number that is shown. `shortcuts`: digits on a telephone → where to
    transfer.
    """

    dialling: Dialling = field(default_factory=Dialling)
    trunks: Mapping[str, int] = field(default_factory=dict)
    shown: str = ""
    shortcuts: Mapping[str, str] = field(default_factory=dict)
    ring_seconds: int = 30
