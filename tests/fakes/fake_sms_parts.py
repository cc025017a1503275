"""`hotline.sms.SmsParts` in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hotline.sms import REF_HOLDS, SmsGroup, SmsPart


@dataclass(kw_only=True)
class _Kept:
    group: SmsGroup
    begun: datetime
    closed: bool = False


class FakeSmsParts:
    """Keeps parts; the words go when the message is filed."""

    def __init__(self) -> None:
        self.groups: list[_Kept] = []

    async def keep(self, part: SmsPart, *, now: datetime) -> SmsGroup:
        """All that belongs to it so far."""
        known = next((kept for kept in self.groups if _has(kept.group, part)), None)
        if known is not None:
            return known.group
        lately = (kept for kept in self.groups if now - kept.begun <= REF_HOLDS and not kept.closed)
        mine = next((kept for kept in lately if _belongs(kept.group, part)), None)
        if mine is None:
            mine = _Kept(group=SmsGroup(name=f"{part.gateway}/{part.id}", parts=()), begun=now)
            self.groups.append(mine)
        mine.group = replace(mine.group, parts=(*mine.group.parts, part))
        return mine.group

    async def close(self, group: SmsGroup) -> SmsGroup:
        """Nothing joins it."""
        mine = next(kept for kept in self.groups if kept.group.name == group.name)
        mine.closed = True
        return mine.group

    async def filed(self, group: SmsGroup, number: str) -> None:
        """Forget its words."""
        for kept in self.groups:
            if kept.group.name == group.name:
                kept.group = replace(kept.group, number=number, parts=tuple(replace(part, text="") for part in kept.group.parts))

    async def waiting(self, *, since_before: datetime) -> Sequence[SmsGroup]:
        """Oldest first."""
        waiting = [kept for kept in self.groups if not kept.group.number and kept.begun <= since_before]
        return [kept.group for kept in sorted(waiting, key=lambda kept: kept.begun)]


def _has(group: SmsGroup, part: SmsPart) -> bool:
    return any((each.gateway, each.id) == (part.gateway, part.id) for each in group.parts)


def _belongs(group: SmsGroup, part: SmsPart) -> bool:
    first = group.parts[0]
    same = (first.gateway, first.sender, first.ref, first.total) == (part.gateway, part.sender, part.ref, part.total)
    return part.total > 1 and not group.number and same and part.index not in {each.index for each in group.parts}
