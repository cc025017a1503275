"""智能分配: who gets whom, and why. Pure values and functions. The simulator decides by it; the line still by policy.py.

**Order of callers.** Each has a *virtual arrival*: the begin of his wait minus the head start of his priority. Whoever arrived earlier in
this sense is served first. A head start is a number of seconds, so a caller without one overtakes everybody who came more than that later:
nobody starves. Only an emergency's is without end.

**What an agent must know.** A caller asks for skills. Each is insisted on for a time (`SkillRule.insist_s`), or until the callers per agent
who has it are too many; then it is only a wish: who has it is still preferred. A skill without an end (举报保密) is never given up. A skill
that nobody on duty has is not waited for, unless it has no end: an agent who must ask back is better than none.

**Which agent.** For a short time the one who knows this citizen; then who has most of what he asked for, the higher levels, and who is
first in the pool's order (idle longest, or least busy today). A kept seat (企业专席) takes others only after a longer wait.

Every choice says why, and `why_waiting` says why there is none. Times are seconds of one clock.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Final, TypeVar

FOR_EVER: Final = inf
Named = TypeVar("Named")

Signature = frozenset[tuple[str, int]]
"""Skills and levels: agents who have the same are interchangeable but for their order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Who waits, as far as the choice goes. `knows`: the agent who served him last, or empty."""

    id: str
    since: float
    skills: tuple[str, ...] = ()
    head_start_s: float = 0.0
    knows: str = ""

    @property
    def place(self) -> tuple[float, str]:
        """His place in line: virtual arrival, then name, so that it is always the same."""
        return (self.since - self.head_start_s, self.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """An agent who may be offered a call now. `order`: smaller is asked first. `kept_for`: a skill, or empty (see `ChoiceRules.kept`)."""

    id: str
    levels: Mapping[str, int] = field(default_factory=dict)
    order: float = 0.0
    kept_for: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SkillRule:
    """How long this skill is insisted on, and up to how many waiting callers per agent on duty who has it."""

    insist_s: float = 30.0
    callers_per_agent: float = FOR_EVER


@dataclass(frozen=True, kw_only=True)
class ChoiceRules:
    """What the operator has set. `kept`: skill of kept seats → seconds after which anybody may have them."""

    skills: Mapping[str, SkillRule] = field(default_factory=dict)
    otherwise: SkillRule = field(default_factory=SkillRule)
    same_agent_s: float = 8.0
    kept: Mapping[str, float] = field(default_factory=dict)

    def of(self, skill: str) -> SkillRule:
        """The rule of this skill."""
        return self.skills.get(skill, self.otherwise)


@dataclass(frozen=True, kw_only=True)
class Pool:
    """The seats that are ready, by what they can; within one kind in their order."""

    seats: Mapping[str, Seat] = field(default_factory=dict)
    kinds: Mapping[tuple[Signature, str], tuple[tuple[float, str], ...]] = field(default_factory=dict)

    def with_seat(self, seat: Seat) -> "Pool":
        """The same with this seat; one of the same name is replaced."""
        pool = self.without(seat.id)
        kind = _kind(seat)
        ordered = list(pool.kinds.get(kind, ()))
        insort(ordered, (seat.order, seat.id))
        return Pool(seats={**pool.seats, seat.id: seat}, kinds={**pool.kinds, kind: tuple(ordered)})

    def without(self, name: str) -> "Pool":
        """The same without this seat."""
        seat = self.seats.get(name)
        if seat is None:
            return self
        kind = _kind(seat)
        ordered = self.kinds[kind]
        at = bisect_left(ordered, (seat.order, seat.id))
        kinds = {**self.kinds, kind: ordered[:at] + ordered[at + 1 :]}
        if not kinds[kind]:
            del kinds[kind]
        return Pool(seats=_less(self.seats, name), kinds=kinds)


def pool_of(seats: Iterable[Seat]) -> Pool:
    """All these seats at once."""
    known = {seat.id: seat for seat in seats}
    kinds: dict[tuple[Signature, str], list[tuple[float, str]]] = {}
    for seat in known.values():
        kinds.setdefault(_kind(seat), []).append((seat.order, seat.id))
    return Pool(seats=known, kinds={kind: tuple(sorted(ordered)) for kind, ordered in kinds.items()})


@dataclass(frozen=True, kw_only=True)
class Line:
    """Who waits, in the order in which they are served."""

    callers: Mapping[str, Caller] = field(default_factory=dict)
    places: tuple[tuple[float, str], ...] = ()

    def with_caller(self, caller: Caller) -> "Line":
        """The same with him at his place."""
        line = self.without(caller.id)
        places = list(line.places)
        insort(places, caller.place)
        return Line(callers={**line.callers, caller.id: caller}, places=tuple(places))

    def without(self, name: str) -> "Line":
        """The same without him."""
        caller = self.callers.get(name)
        if caller is None:
            return self
        at = bisect_left(self.places, caller.place)
        return Line(callers=_less(self.callers, name), places=self.places[:at] + self.places[at + 1 :])

    def in_order(self) -> Iterator[Caller]:
        """First in line first."""
        return (self.callers[name] for _, name in self.places)


@dataclass(frozen=True, kw_only=True)
class Staff:
    """Who is on duty, ready or not: how many have each skill, how many wait for it, and who is there by name."""

    having: Mapping[str, int] = field(default_factory=dict)
    asking: Mapping[str, int] = field(default_factory=dict)
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """This seat shall be rung for this caller. `why` goes into the journal, for whoever asks later."""

    caller: str
    seat: str
    why: str


def choose(line: Line, pool: Pool, staff: Staff, rules: ChoiceRules, now: float) -> list[Choice]:
    """Everybody who can be served now, first in line first. Nobody is chosen twice; nobody holds up who stands behind him."""
    choices: list[Choice] = []
    hopeless: set[tuple[frozenset[str], bool]] = set()
    for caller in line.in_order():
        if not pool.seats:
            break
        needed = needed_by(caller, staff, rules, now)
        patience = _may_have_kept(caller, rules, now)
        if (needed, patience) in hopeless and not caller.knows:
            continue
        seat = _seat_for(caller, needed, pool, staff, rules, now)
        if seat is None:
            hopeless.add((needed, patience))
            continue
        choices.append(Choice(caller=caller.id, seat=seat.id, why=_why(caller, needed, seat, pool, now)))
        pool = pool.without(seat.id)
    return choices


def needed_by(caller: Caller, staff: Staff, rules: ChoiceRules, now: float) -> frozenset[str]:
    """The skills without which he is not offered to an agent at this moment."""
    waited = now - caller.since
    return frozenset(skill for skill in caller.skills if _insisted_on(skill, waited, staff, rules))


def why_waiting(caller: Caller, pool: Pool, staff: Staff, rules: ChoiceRules, now: float) -> str:
    """Why he has no agent yet, in one line: for the board and the record."""
    needed = needed_by(caller, staff, rules, now)
    words = [f"needs={_list(needed)}", f"waited_s={_whole(now - caller.since)}", f"ready={len(pool.seats)}"]
    words += [f"{skill}: on_duty={staff.having.get(skill, 0)} asking={staff.asking.get(skill, 0)}" for skill in sorted(needed)]
    ends = [caller.since + rules.of(skill).insist_s - now for skill in needed]
    if ends and min(ends) < FOR_EVER:
        words.append(f"gives_up_a_skill_in_s={_whole(min(ends))}")
    return " ".join(words)


def next_change(caller: Caller, rules: ChoiceRules, now: float) -> float:
    """The next moment at which waiting alone may give him an agent; without end when there is none."""
    moments = [caller.since + rules.of(skill).insist_s for skill in caller.skills] + [caller.since + each for each in rules.kept.values()]
    if caller.knows:
        moments.append(caller.since + rules.same_agent_s)
    return min((moment for moment in moments if moment > now), default=FOR_EVER)


def _insisted_on(skill: str, waited: float, staff: Staff, rules: ChoiceRules) -> bool:
    rule, having = rules.of(skill), staff.having.get(skill, 0)
    if rule.insist_s == FOR_EVER:
        return True
    return bool(having) and waited < rule.insist_s and staff.asking.get(skill, 0) <= rule.callers_per_agent * having


def _may_have_kept(caller: Caller, rules: ChoiceRules, now: float) -> bool:
    return bool(rules.kept) and now - caller.since >= min(rules.kept.values())


def _seat_for(caller: Caller, needed: frozenset[str], pool: Pool, staff: Staff, rules: ChoiceRules, now: float) -> Seat | None:
    if caller.knows and now - caller.since < rules.same_agent_s:
        known = pool.seats.get(caller.knows)
        if known is not None:
            return known
        if caller.knows in staff.names:
            return None
    best: tuple[int, int, float, str] | None = None
    for (signature, kept), ordered in pool.kinds.items():
        levels = dict(signature)
        if not needed <= levels.keys() or not _open_to(caller, kept, rules, now):
            continue
        asked = [levels[skill] for skill in caller.skills if skill in levels]
        order, name = ordered[0]
        rank = (-len(asked), -sum(asked), order, name)
        best = rank if best is None else min(best, rank)
    return pool.seats[best[3]] if best else None


def _open_to(caller: Caller, kept: str, rules: ChoiceRules, now: float) -> bool:
    return not kept or kept in caller.skills or now - caller.since >= rules.kept.get(kept, 0.0)


def _why(caller: Caller, needed: frozenset[str], seat: Seat, pool: Pool, now: float) -> str:
    given_up = [skill for skill in caller.skills if skill not in needed]
    words = [f"asked={_list(caller.skills)}", f"waited_s={_whole(now - caller.since)}", f"ready={len(pool.seats)}"]
    words += [f"given_up={_list(given_up)}"] if given_up else []
    words += [f"head_start_s={caller.head_start_s:g}"] if caller.head_start_s else []
    words += ["same_agent"] if seat.id == caller.knows else []
    words += [f"level={sum(seat.levels.get(skill, 0) for skill in caller.skills)}"] if caller.skills else []
    return " ".join(words)


def _kind(seat: Seat) -> tuple[Signature, str]:
    return frozenset(seat.levels.items()), seat.kept_for


def _less(named: Mapping[str, Named], name: str) -> dict[str, Named]:
    left = dict(named)
    del left[name]
    return left


def _list(skills: Iterable[str]) -> str:
    return "+".join(skills) or "none"


def _whole(seconds: float) -> int:
    return max(0, round(seconds))
