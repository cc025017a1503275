"""Who waits, who is ready and who is on duty, as routing/matching.py wants them: kept from turn to turn, so that a large house decides as
quickly as a small one. routing/policy.py makes it of the switchboard."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hotline.skills import Levels
from routing.matching import Caller, Line, Staff
from routing.seats import Pool, Seat, less


@dataclass(frozen=True, kw_only=True)
class Choosing:
    """`line`: who waits and is not being offered. `pool`: who may be rung. `on_duty`: who is there, ready or not, and what he can.

    `offered`: call → how many offers of it are under way. Since this process began: `served` left the line because an agent was rung for
    them, `gave_up` left it by themselves.
    """

    line: Line = field(default_factory=Line)
    pool: Pool = field(default_factory=Pool)
    on_duty: Mapping[str, Levels] = field(default_factory=dict)
    having: Mapping[str, int] = field(default_factory=dict)
    asking: Mapping[str, int] = field(default_factory=dict)
    offered: Mapping[str, int] = field(default_factory=dict)
    served: int = 0
    gave_up: int = 0

    @property
    def staff(self) -> Staff:
        """As the choice wants it."""
        return Staff(having=self.having, asking=self.asking, names=self.on_duty)

    def stands(self, caller: Caller) -> "Choosing":
        """He stands in line like this."""
        known = self.line.callers.get(caller.id)
        if known == caller:
            return self
        asking = _counted(_counted(self.asking, known.skills, -1) if known else self.asking, caller.skills, 1)
        return replace(self, line=self.line.with_caller(caller), asking=asking)

    def leaves(self, call: str) -> "Choosing":
        """He stands in line no more: an agent is being rung for him, or he is gone."""
        known = self.line.callers.get(call)
        if known is None:
            return self
        served = bool(self.offered.get(call))
        left = replace(self, line=self.line.without(call), asking=_counted(self.asking, known.skills, -1))
        return replace(left, served=self.served + served, gave_up=self.gave_up + (not served))

    def offers(self, call: str, more: int) -> "Choosing":
        """So many more (or less) offers of his call are under way."""
        return replace(self, offered=_counted(self.offered, (call,), more)) if more else self

    def comes_back(self, caller: Caller) -> "Choosing":
        """The agent did not take him."""
        return replace(self.stands(caller), served=self.served - (caller.id not in self.line.callers))

    def sits(self, agent: str, seat: Seat | None, levels: Levels | None) -> "Choosing":
        """The agent's seat, None: he may not be rung now; and what he can, None: he is not on duty."""
        pool = self.pool
        if pool.seats.get(agent) != seat:
            pool = pool.with_seat(seat) if seat else pool.without(agent)
        before = self.on_duty.get(agent)
        if before == levels:
            return replace(self, pool=pool)
        having = _counted(_counted(self.having, before or (), -1), levels or (), 1)
        there = less(self.on_duty, agent) if levels is None else {**self.on_duty, agent: levels}
        return replace(self, pool=pool, on_duty=there, having=having)


def _counted(counts: Mapping[str, int], names: tuple[str, ...] | Levels, more: int) -> Mapping[str, int]:
    if not names:
        return counts
    counted = {**counts, **{name: counts.get(name, 0) + more for name in names}}
    return counted if more > 0 else {name: count for name, count in counted.items() if count}
