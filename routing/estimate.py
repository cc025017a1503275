"""还要等多久: the wait that is left, as a range, from how fast the line has moved; None while that is not known.

The model. Agents end calls independently of each other, so callers are served in a Poisson stream with the rate `agents * r`. Of `r` we
know only what was seen: `m` served in `T` agent-seconds while somebody waited. Then the agent-seconds until `k + 1` more are served,
divided by `T`, follow the ratio of two gamma variables (a beta prime distribution), whose quantiles are those of Fisher's F with 2(k+1) and
2m degrees of freedom. So a range from few is wide, and a wide one is not said. Who gives up before him moves him forward, too: of those
ahead of him on the way, half of them on average, at the rate at which callers have given up.

What was seen long ago counts less (`FORGET_S`): the day changes. `promise` is what the line says and what the simulator judges.
"""

from dataclasses import dataclass, replace
from math import ceil, floor, inf, sqrt
from typing import Final

from routing.matching import Caller, ChoiceRules, Line, Staff, needed_by

FORGET_S: Final = 900.0
"""After so long a sight counts 1/e."""
LEAST_SERVED: Final = 8.0
"""With fewer, nothing is known."""
Z: Final = 1.3
"""Of the normal distribution: 81 % lie within. Whole minutes make it more: 88 to 98 % over simulated days (bench/routing.py)."""
WIDEST: Final = 4.0
"""A range whose end is more than so many times its begin (and more than `NARROW_S` away) tells nobody anything."""
NARROW_S: Final = 240.0
LONGEST_S: Final = 3600.0
MINUTE: Final = 60


@dataclass(frozen=True, kw_only=True)
class Range:
    """Whole minutes: he will wait at least `least` and at most `most` more. `least` may be 0."""

    least: int
    most: int


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast the line moves: so many served in `agent_s` seconds of agents on duty, and so many who gave up in `waiting_s` seconds of
    callers in line, while somebody waited. `seen`: the last look."""

    served: float = 0.0
    agent_s: float = 0.0
    gave_up: float = 0.0
    waiting_s: float = 0.0
    seen: float = 0.0

    def saw(self, now: float, *, served: int, gave_up: int, agents: int, waiting: int) -> "Pace":
        """What has happened since the last look; `waiting`: how many stood in line then. Time without a line says nothing."""
        passed = max(0.0, now - self.seen)
        if not self.seen or not waiting:
            return replace(self, seen=now)
        kept = max(0.0, 1 - passed / FORGET_S)
        return Pace(
            served=self.served * kept + served,
            agent_s=self.agent_s * kept + agents * passed,
            gave_up=self.gave_up * kept + gave_up,
            waiting_s=self.waiting_s * kept + waiting * passed,
            seen=now,
        )

    def wait_s(self, *, ahead: float, agents: float) -> tuple[float, float] | None:
        """Between these seconds, for somebody with `ahead` before him and `agents` on duty who serve them all; None: not known."""
        if self.served < LEAST_SERVED or agents <= 0:
            return None
        rate = agents * self.served / self.agent_s
        giving_up = self.gave_up / self.waiting_s * ahead / 2 if self.waiting_s else 0.0
        agent_s = self.agent_s * rate / (rate + giving_up)
        least, most = (_quantile(z, ahead + 1, self.served) * agent_s / agents for z in (-Z, Z))
        return least, most


def promise(caller: Caller, line: Line, staff: Staff, pace: Pace, rules: ChoiceRules, now: float) -> Range | None:
    """What may be told to him who stands in line; None while it is not known, or so vague that it tells nothing."""
    everybody = len(staff.names)
    general = pace.wait_s(ahead=line.ahead_of(caller), agents=everybody)
    if general is None:
        return None
    needed = needed_by(caller, staff, rules, now)
    if not needed:
        return _spoken(*general)
    able = min(staff.having.get(skill, 0) for skill in needed)
    own = pace.wait_s(ahead=_ahead_of_him_for(needed, caller, line, able / max(everybody, 1)), agents=able)
    left = min((caller.since + rules.of(skill).insist_s - now for skill in needed), default=inf)
    later = (max(left, general[0]), max(left, general[1]))
    own = own or (0.0, inf)
    return _spoken(min(own[0], later[0]), min(own[1], later[1]))


def _ahead_of_him_for(needed: frozenset[str], caller: Caller, line: Line, share: float) -> float:
    """Callers before him, as those see them who have what he needs: who asks for the same counts whole, others by their share of agents."""
    ahead = 0.0
    for _, other in zip(range(line.ahead_of(caller)), line.in_order(), strict=False):
        ahead += 1.0 if needed.intersection(other.skills) else share
    return ahead


def _spoken(least: float, most: float) -> Range | None:
    if most > LONGEST_S or (most > least * WIDEST and most - least > NARROW_S):
        return None
    return Range(least=floor(least / MINUTE), most=max(1, ceil(most / MINUTE)))


def _quantile(z: float, one: float, other: float) -> float:
    """Of the ratio of two gamma variables with these shapes (Paulson's normal approximation of F), `z` a normal deviate."""
    a, b = 1 / (9 * one), 1 / (9 * other)
    root = ((1 - a) * (1 - b) + z * sqrt((1 - b) ** 2 * a + (1 - a) ** 2 * b - z**2 * a * b)) / ((1 - b) ** 2 - z**2 * b)
    return max(0.0, root) ** 3 * one / other
