"""The emergency key plan (紧急求助按键): what a citizen presses to be taken to 110, 120, 119 or 122. One value, known to every room.

The key leads away from wherever he is; the next one names the service. No flow, menu or plan of the staff can move either of them
(regulation art. 6, 国办发〔2022〕12号): settings.py makes this value, the dialplan is rendered from it, and flows only obey it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

SERVICES: Final[Mapping[str, str]] = MappingProxyType({"110": "公安报警", "120": "医疗急救", "119": "火警", "122": "交通事故报警"})
"""Every service to which we lead, with its name; the order is that of the keys."""

SERVICE_KEYS: Final[Mapping[str, str]] = MappingProxyType({"1": "110", "2": "120", "3": "119", "4": "122"})


@dataclass(frozen=True, kw_only=True)
class KeyPlan:
    """`key` at any moment, then one of `services` (key → service). `silence_s` seconds without that: a duty agent, with an alarm."""

    key: str = "*"
    services: Mapping[str, str] = field(default_factory=lambda: SERVICE_KEYS)
    silence_s: int = 3

    def service_of(self, keys: str) -> str | None:
        """What these keys, pressed one after the other, ask for: a service, the empty string for the key alone, None for no emergency.

        The last emergency key counts: who presses it twice means it.
        """
        _, found, after = keys.rpartition(self.key)
        if not found:
            return None
        return self.services.get(after[:1], "")
