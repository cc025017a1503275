"""模拟: a day of the hotline in some seconds, decided by routing/matching.py.

Callers arrive by the hour's rate (Poisson), ask for skills, wait, perhaps give up; agents come and go by shifts, talk, and have work after
the call. Chance is passed in: the same seed is the same day. Times are seconds from midnight; an agent whose shift ends finishes his talk.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import inf, log, sqrt
from typing import Final, Protocol

from routing.estimate import MINUTE, Pace, Range, promise
from routing.matching import Caller, ChoiceRules, Line, Staff, choose, next_change
from routing.seats import Pool, Seat

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR
COUNT_S: Final = 5.0
"""So often the pace of the line is counted, when anybody is told of it."""


class Chance(Protocol):
    """What we need of `random.Random`."""

    def random(self) -> float:
        """Evenly between 0 and 1."""

    def expovariate(self, lambd: float) -> float:
        """Exponential with this rate."""

    def lognormvariate(self, mu: float, sigma: float) -> float:
        """Log-normal."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of call. `share`: weight among all kinds. `spread`: standard deviation of the talk by its mean; 1.0 = exponential."""

    share: float = 1.0
    skills: tuple[str, ...] = ()
    talk_s: float = 150.0
    spread: float = 1.0
    head_start_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Shift:
    """So many agents who can the same, from one moment of the day to another."""

    begins: float
    ends: float
    agents: int
    levels: Mapping[str, int] = field(default_factory=dict)
    kept_for: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One day. `per_hour`: calls in each of 24 hours. `patience_s`: mean time until a caller gives up, without end = never."""

    per_hour: tuple[float, ...]
    shifts: tuple[Shift, ...]
    kinds: tuple[Kind, ...] = (Kind(),)
    after_call_s: float = 0.0
    patience_s: float = inf
    says_every_s: float = inf
    """So often each who waits is told how long it may take, when that is known."""
    rules: ChoiceRules = field(default_factory=ChoiceRules)


@dataclass(frozen=True, kw_only=True, slots=True)
class Called:
    """What became of one call: when it arrived, how long it waited, and whether it was answered."""

    arrived: float
    waited: float
    answered: bool
    kind: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What one caller was told, and what came of it. `range`: None = it was not known. `left`: seconds that he then still waited."""

    range: Range | None
    left: float
    answered: bool

    @property
    def held(self) -> bool:
        """It was true."""
        return self.range is not None and self.range.least * MINUTE <= self.left <= self.range.most * MINUTE


@dataclass(frozen=True, kw_only=True)
class SimulatedDay:
    """All calls in the order in which their wait ended, the agents' seconds on duty and at work, and all that waiting callers were told."""

    calls: tuple[Called, ...]
    on_duty_s: float
    at_work_s: float
    said: tuple[Said, ...] = ()

    @property
    def occupancy(self) -> float:
        """The share of their time on duty that agents were at work (talk and what follows it)."""
        return self.at_work_s / self.on_duty_s if self.on_duty_s else 0.0


def simulate(plan: Plan, chance: Chance) -> SimulatedDay:
    """Play the day, until the last caller was served or has given up."""
    return _Day(plan, chance).play()


class _Day:
    """The day while it is played: a heap of moments, each with what happens then."""

    def __init__(self, plan: Plan, chance: Chance) -> None:
        self._plan, self._chance = plan, chance
        self._moments: list[tuple[float, int, str, str]] = []
        self._number = 0
        self._line, self._pool = Line(), Pool()
        self._having: Counter[str] = Counter()
        self._asking: Counter[str] = Counter()
        self._kind_of: dict[str, int] = {}
        self._seats: dict[str, tuple[Seat, float]] = {}  # and the end of the shift
        self._calls: list[Called] = []
        self._on_duty = self._at_work = 0.0
        self._pace, self._served, self._gave_up, self._stood = Pace(), 0, 0, 0
        self._told: dict[str, list[tuple[float, Range | None]]] = {}
        self._said: list[Said] = []
        self._there: set[str] = set()
        self._weights = _cumulated([kind.share for kind in plan.kinds])
        self._do: dict[str, Callable[[str, float], None]] = {
            "arrives": self._arrives,
            "gives up": self._gives_up,
            "is free": self._is_free,
            "comes": self._comes,
            "goes": self._goes,
            "looks": _only_looks,
            "is told": self._is_told,
            "counts": self._counts,
        }

    def play(self) -> SimulatedDay:
        self._shifts()
        if self._plan.says_every_s < inf:
            self._at(0.0, "counts", "")
        self._next_arrival(0.0)
        while self._moments:
            now, _, what, name = heappop(self._moments)
            self._do[what](name, now)
            if self._line.places and self._pool.seats:
                self._serve(now)
        for name in tuple(self._line.callers):  # nobody came any more
            self._gives_up(name, DAY)
        return SimulatedDay(calls=tuple(self._calls), on_duty_s=self._on_duty, at_work_s=self._at_work, said=tuple(self._said))

    # ── callers ─────────────────────────────────────────────────────────────────────────────────

    def _next_arrival(self, now: float) -> None:
        """Poisson with a rate that changes by the hour, by thinning."""
        most = max(self._plan.per_hour) / HOUR
        while most:
            now += self._chance.expovariate(most)
            if now >= DAY:
                return
            if self._chance.random() * most <= self._plan.per_hour[int(now // HOUR)] / HOUR:
                self._at(now, "arrives", f"c{self._number:07d}")
                return

    def _arrives(self, name: str, now: float) -> None:
        number = _drawn(self._weights, self._chance.random())
        kind = self._plan.kinds[number]
        caller = Caller(id=name, since=now, skills=kind.skills, head_start_s=kind.head_start_s)
        self._kind_of[name] = number
        self._line = self._line.with_caller(caller)
        self._asking.update(kind.skills)
        if self._plan.patience_s < inf:
            self._at(now + self._chance.expovariate(1 / self._plan.patience_s), "gives up", name)
        if self._plan.says_every_s < inf:
            self._at(now + self._plan.says_every_s, "is told", name)
        if kind.skills or self._plan.rules.kept:
            self._look_again(caller, now)
        self._next_arrival(now)

    def _look_again(self, caller: Caller, now: float) -> None:
        while (now := next_change(caller, self._plan.rules, now)) < inf:
            self._at(now, "looks", caller.id)

    def _gives_up(self, name: str, now: float) -> None:
        caller = self._line.callers.get(name)
        if caller is not None:
            self._leaves(caller, now, answered=False)

    def _leaves(self, caller: Caller, now: float, *, answered: bool) -> None:
        self._line = self._line.without(caller.id)
        self._asking.subtract(caller.skills)
        self._served, self._gave_up = self._served + answered, self._gave_up + (not answered)
        self._said += [Said(range=told, left=now - at, answered=answered) for at, told in self._told.pop(caller.id, ())]
        kind = self._kind_of.pop(caller.id)
        self._calls.append(Called(arrived=caller.since, waited=now - caller.since, answered=answered, kind=kind))

    # ── what they are told ──────────────────────────────────────────────────────────────────────

    def _is_told(self, name: str, now: float) -> None:
        if now < DAY and (caller := self._line.callers.get(name)):
            told = promise(caller, self._line, self._staff(), self._pace, self._plan.rules, now)
            self._told.setdefault(name, []).append((now, told))
            self._at(now + self._plan.says_every_s, "is told", name)

    def _counts(self, _name: str, now: float) -> None:
        self._pace = self._pace.saw(now, served=self._served, gave_up=self._gave_up, agents=len(self._there), waiting=self._stood)
        self._served, self._gave_up, self._stood = 0, 0, len(self._line.places)
        if now < DAY:
            self._at(now + COUNT_S, "counts", "")

    def _staff(self) -> Staff:
        return Staff(having=self._having, asking=self._asking, names=self._there)

    # ── agents ──────────────────────────────────────────────────────────────────────────────────

    def _shifts(self) -> None:
        for number, shift in enumerate(self._plan.shifts):
            for agent in range(shift.agents):
                name = f"a{number:04d}-{agent:05d}"
                seat = Seat(id=name, levels=shift.levels, order=shift.begins, kept_for=shift.kept_for)
                self._seats[name] = (seat, shift.ends)
                self._on_duty += shift.ends - shift.begins
                self._at(shift.begins, "comes", name)
                self._at(shift.ends, "goes", name)

    def _comes(self, name: str, now: float) -> None:
        self._having.update(self._seats[name][0].levels.keys())
        self._there.add(name)
        self._is_free(name, now)

    def _goes(self, name: str, now: float) -> None:
        self._having.subtract(self._seats[name][0].levels.keys())
        self._there.discard(name)
        self._pool = self._pool.without(name)

    def _is_free(self, name: str, now: float) -> None:
        seat, ends = self._seats[name]
        if now < ends:
            self._pool = self._pool.with_seat(Seat(id=name, levels=seat.levels, order=now, kept_for=seat.kept_for))

    def _serve(self, now: float) -> None:
        for choice in choose(self._line, self._pool, self._staff(), self._plan.rules, now):
            caller = self._line.callers[choice.caller]
            kind = self._plan.kinds[self._kind_of[caller.id]]
            busy = _talk(kind, self._chance) + self._plan.after_call_s
            self._at_work += busy
            self._pool = self._pool.without(choice.seat)
            self._leaves(caller, now, answered=True)
            self._at(now + busy, "is free", choice.seat)

    def _at(self, moment: float, what: str, name: str) -> None:
        self._number += 1
        heappush(self._moments, (moment, self._number, what, name))


def _only_looks(_name: str, _now: float) -> None:
    """Time alone has changed something: whoever waits is looked at after every moment."""


def _talk(kind: Kind, chance: Chance) -> float:
    if kind.spread == 1.0:
        return chance.expovariate(1 / kind.talk_s)
    variance = log(1 + kind.spread**2)
    return chance.lognormvariate(log(kind.talk_s) - variance / 2, sqrt(variance))


def _cumulated(weights: Sequence[float]) -> tuple[float, ...]:
    total, sums = 0.0, []
    for weight in weights:
        total += weight
        sums.append(total)
    return tuple(each / total for each in sums)


def _drawn(cumulated: Sequence[float], evenly: float) -> int:
    return next((number for number, upto in enumerate(cumulated) if evenly <= upto), len(cumulated) - 1)
