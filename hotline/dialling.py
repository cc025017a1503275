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
        return "" if number.startswith(self.prefixes) else NOT_ALLOWED

    @property
    def emergency_pattern(self) -> str:
        """110 and its like, alone or behind a 区号, and the centres of this city."""
        short = f"(0[0-9][0-9][0-9]?)?({'|'.join(SERVICES)})"
        return "|".join((short, *sorted(self.centres)))

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
