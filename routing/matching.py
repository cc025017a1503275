"""智能分配: who gets whom, and why. Pure values and functions. The line (policy.py) and the simulator decide by it.

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

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from math import inf
from typing import Final

from routing.seats import KEPT, Pool, Seat, SeatKind, SeatsInTurn, less, levels_of_kind, with_one, without_one

FOR_EVER: Final = inf
Place = tuple[float, float, str]
Group = tuple[tuple[str, ...], float, str]
"""Skills, head start, and the agent who knows him: what tells callers apart but for when they came."""
_LAST: Final = "\U0010ffff"
"""No name comes after it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Who waits, as far as the choice goes. `knows`: the agent who served him last, or empty."""

    id: str
    since: float
    skills: tuple[str, ...] = ()
    head_start_s: float = 0.0
    knows: str = ""

    @property
    def place(self) -> Place:
        """His place in line: virtual arrival, then the true one, then name, so that it is always the same."""
        return (self.since - self.head_start_s, self.since, self.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class SkillRule:
    """How long this skill is insisted on, and up to how many waiting callers per agent on duty who has it.

    `head_start_s`: what a caller who asks for it (企业专席) has before others.
    """

    insist_s: float = 30.0
    callers_per_agent: float = FOR_EVER
    head_start_s: float = 0.0


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
class Line:
    """Who waits, in the order in which they are served; the same by groups, in each of which who came first is served first."""

    callers: Mapping[str, Caller] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    groups: Mapping[Group, tuple[Place, ...]] = field(default_factory=dict)

    def with_caller(self, caller: Caller) -> "Line":
        """The same with him at his place."""
        line, group = self.without(caller.id), _group(caller)
        return Line(
            callers={**line.callers, caller.id: caller},
            places=with_one(line.places, caller.place),
            groups={**line.groups, group: with_one(line.groups.get(group, ()), caller.place)},
        )

    def without(self, name: str) -> "Line":
        """The same without him."""
        caller = self.callers.get(name)
        if caller is None:
            return self
        group = _group(caller)
        left = without_one(self.groups[group], caller.place)
        return Line(
            callers=less(self.callers, name),
            places=without_one(self.places, caller.place),
            groups={**self.groups, group: left} if left else less(self.groups, group),
        )

    def in_order(self) -> Iterator[Caller]:
        """First in line first."""
        return (self.callers[name] for *_, name in self.places)

    def ahead_of(self, caller: Caller) -> int:
        """How many are served before him."""
        return bisect_left(self.places, caller.place)


@dataclass(frozen=True, kw_only=True)
class Staff:
    """Who is on duty, ready or not: how many have each skill, how many wait for it, and who is there by name."""

    having: Mapping[str, int] = field(default_factory=dict)
    asking: Mapping[str, int] = field(default_factory=dict)
    names: Collection[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """This seat shall be rung for this caller. `why` goes into the journal, for whoever asks later."""

    caller: str
    seat: str
    why: str


def choose(line: Line, pool: Pool, staff: Staff, rules: ChoiceRules, now: float) -> list[Choice]:
    """Everybody who can be served now, first in line first. Nobody is chosen twice; nobody holds up who stands behind him."""
    if not pool.seats:
        return []
    search, choices = _Search(pool, staff, rules, now), []
    heads = _worth_a_look(line, search)
    while heads and search.left:
        place, at, places, until, group = heappop(heads)
        caller = line.callers[place[-1]]
        stage = search.stage_of(caller)
        if stage in search.hopeless and group[-1] not in pool.seats:
            continue  # and so for whoever stands behind him in his group: he asks for the same, and insists on no less
        if (choice := search.choice_for(caller, stage)) is not None:
            choices.append(choice)
        if at + 1 < until:
            heappush(heads, (places[at + 1], at + 1, places, until, group))
    return choices


_Head = tuple[Place, int, tuple[Place, ...], int, Group]
"""Who is next of a group, at which of its places he stands, and before which of them somebody may be served."""


def _worth_a_look(line: Line, search: "_Search") -> list[_Head]:
    """The groups in which there may be somebody to be served, as a heap. Most of a long line asks for what nobody who is ready has."""
    heads = []
    for group, places in line.groups.items():
        if until := search.whom_to_look_at(group, places):
            heads.append((places[0], 0, places, until, group))
    heapify(heads)
    return heads


def needed_by(caller: Caller, staff: Staff, rules: ChoiceRules, now: float) -> frozenset[str]:
    """The skills without which he is not offered to an agent at this moment."""
    waited = now - caller.since
    return frozenset(skill for skill in caller.skills if waited < _insisted_until(skill, staff, rules))


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


def _insisted_until(skill: str, staff: Staff, rules: ChoiceRules) -> float:
    """The wait up to which a caller who asks for it must have it."""
    rule, having = rules.of(skill), staff.having.get(skill, 0)
    if rule.insist_s == FOR_EVER:
        return FOR_EVER
    return rule.insist_s if having and staff.asking.get(skill, 0) <= rule.callers_per_agent * having else 0.0


Stage = tuple[tuple[str, ...], int]
"""What he asks for, and how many of the moments he has waited through at which his needs change: callers of one stage are served alike."""


class _Search:
    """Choices at one moment. What it finds out about a stage is kept, for the line may be long."""

    def __init__(self, pool: Pool, staff: Staff, rules: ChoiceRules, now: float) -> None:
        self._pool, self._staff, self._rules, self._now = pool, staff, rules, now
        self._taken: set[str] = set()
        self._open = SeatsInTurn(pool.open, self._taken)
        self._of_kind: dict[SeatKind, SeatsInTurn] = {}
        self._vain: dict[str, float] = {}
        self._moments: dict[tuple[str, ...], list[float]] = {}
        self._suiting: dict[Stage, list[list[SeatsInTurn]]] = {}
        self.hopeless: set[Stage] = set()

    @property
    def left(self) -> int:
        """Seats that nobody got yet."""
        return len(self._pool.seats) - len(self._taken)

    def whom_to_look_at(self, group: Group, places: tuple[Place, ...]) -> int:
        """How many of this group, from its first, have waited so long that they may have a seat."""
        skills, head_start_s, knows = group
        in_vain = 0.0
        for skill in skills:  # a loop, for this is asked of every group
            until = self._vain.get(skill)
            in_vain = max(in_vain, self._vain_until(skill) if until is None else until)
        if not in_vain or knows in self._pool.seats:
            return len(places)
        latest = self._now - in_vain
        return bisect_right(places, (latest - head_start_s, latest, _LAST)) if places[0][1] <= latest else 0

    def _vain_until(self, skill: str) -> float:
        """The wait before which nobody who asks for it can have a seat: he insists on it, and no ready seat has it."""
        until = 0.0 if skill in self._pool.kinds_with else _insisted_until(skill, self._staff, self._rules)
        self._vain[skill] = until
        return until

    def stage_of(self, caller: Caller) -> Stage:
        """Its place in all tables here."""
        skills = caller.skills
        if (moments := self._moments.get(skills)) is None:
            moments = sorted({self._rules.of(skill).insist_s for skill in skills} | set(self._rules.kept.values()))
            self._moments[skills] = moments
        return (skills, bisect_right(moments, self._now - caller.since))

    def choice_for(self, caller: Caller, stage: Stage) -> Choice | None:
        """His seat, which is taken from now on; None: he waits on."""
        seat, is_for_him = self._who_knows(caller)
        if seat is None and not is_for_him:
            seat = self._best(caller, stage)
        if seat is None:
            return None
        why = _why(caller, needed_by(caller, self._staff, self._rules, self._now), seat, self.left, self._now)
        self._taken.add(seat.id)
        return Choice(caller=caller.id, seat=seat.id, why=why)

    def _who_knows(self, caller: Caller) -> tuple[Seat | None, bool]:
        """The agent who knows him if he is ready; and whether it is worth a moment to wait for him."""
        if not caller.knows or self._now - caller.since >= self._rules.same_agent_s:
            return None, False
        seat = None if caller.knows in self._taken else self._pool.seats.get(caller.knows)
        return seat, caller.knows in self._staff.names

    def _best(self, caller: Caller, stage: Stage) -> Seat | None:
        """Of the best rank that is left, who is first in order."""
        if (ranks := self._suiting.get(stage)) is None:
            ranks = self._suiting[stage] = self._who_suits(caller)
        while ranks:
            first = min((each.first for each in ranks[0] if each.first is not None), default=None)
            if first is not None:
                return self._pool.seats[first[1]]
            ranks.pop(0)
        self.hopeless.add(stage)
        return None

    def _who_suits(self, caller: Caller) -> list[list[SeatsInTurn]]:
        """Seats that he may have, the best rank first: who has most of what he asked for, then the higher levels, then everybody."""
        needed = needed_by(caller, self._staff, self._rules, self._now)
        ranks: dict[tuple[int, int], list[SeatsInTurn]] = {}
        for kind in self._kinds_for(caller.skills, needed):
            levels = levels_of_kind(kind[0])
            if needed <= levels.keys() and _open_to(caller, kind[1], self._rules, self._now):
                asked = [levels[skill] for skill in caller.skills if skill in levels]
                ranks.setdefault((-len(asked), -sum(asked)), []).append(self._seats_of(kind))
        if not needed:
            ranks.setdefault((0, 0), []).append(self._open)
        return [ranks[rank] for rank in sorted(ranks)]

    def _kinds_for(self, skills: tuple[str, ...], needed: frozenset[str]) -> Iterable[SeatKind]:
        """Every kind that he is compared with by itself: of the skill that fewest have, or of all that he wishes for."""
        kinds_with = self._pool.kinds_with
        if needed:
            return min((kinds_with.get(skill, frozenset()) for skill in needed), key=len)
        return frozenset().union(*(kinds_with.get(skill, frozenset()) for skill in (*skills, KEPT)))

    def _seats_of(self, kind: SeatKind) -> SeatsInTurn:
        if (seats := self._of_kind.get(kind)) is None:
            seats = self._of_kind[kind] = SeatsInTurn(self._pool.kinds[kind], self._taken)
        return seats


def _group(caller: Caller) -> Group:
    return (caller.skills, caller.head_start_s, caller.knows)


def _open_to(caller: Caller, kept: str, rules: ChoiceRules, now: float) -> bool:
    return not kept or kept in caller.skills or now - caller.since >= rules.kept.get(kept, 0.0)


def _why(caller: Caller, needed: frozenset[str], seat: Seat, ready: int, now: float) -> str:
    given_up = [skill for skill in caller.skills if skill not in needed]
    words = [f"asked={_list(caller.skills)}", f"waited_s={_whole(now - caller.since)}", f"ready={ready}"]
    words += [f"given_up={_list(given_up)}"] if given_up else []
    words += [f"head_start_s={caller.head_start_s:g}"] if caller.head_start_s else []
    words += ["same_agent"] if seat.id == caller.knows else []
    words += [f"level={sum(seat.levels.get(skill, 0) for skill in caller.skills)}"] if caller.skills else []
    return " ".join(words)


def _list(skills: Iterable[str]) -> str:
    return "+".join(skills) or "none"


def _whole(seconds: float) -> int:
    return max(0, round(seconds))
