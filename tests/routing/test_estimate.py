"""还要等多久: a range that is true, or no range."""

from math import inf
from random import Random

import pytest

from routing.estimate import LEAST_SERVED, Pace, Range, promise
from routing.matching import Caller, ChoiceRules, Line, SkillRule, Staff
from routing.simulator import HOUR, Kind, Plan, Shift, simulate
from routing.staffing import shifts_of

NOW = 10_000.0
STEADY = Pace(served=100, agent_s=100 * 150, seen=NOW)
RULES = ChoiceRules(skills={"teochew": SkillRule(insist_s=90)})


def line_of(*callers: Caller) -> Line:
    line = Line()
    for caller in callers:
        line = line.with_caller(caller)
    return line


def plain(number: int, *skills: str, waited: float = 60.0) -> Caller:
    return Caller(id=f"c{number:03d}", since=NOW - waited, skills=skills)


def told(caller: Caller, *ahead: Caller, agents: int = 10, able: int = 2, pace: Pace = STEADY) -> Range | None:
    staff = Staff(having={"teochew": able}, names=[str(number) for number in range(agents)])
    return promise(caller, line_of(caller, *ahead), staff, pace, RULES, NOW)


def test_nothing_is_said_before_enough_was_seen_or_when_nobody_is_there() -> None:
    assert told(plain(1), pace=Pace(served=LEAST_SERVED - 1, agent_s=1000, seen=NOW)) is None
    assert told(plain(1), agents=0) is None
    assert told(plain(1)) == Range(least=0, most=1)


def test_more_ahead_is_longer_and_more_agents_is_shorter() -> None:
    ahead = [plain(number, waited=100) for number in range(40)]
    ranges = [told(plain(99), *ahead, agents=agents) for agents in (5, 10, 20)]
    assert ranges == [Range(least=15, most=26), Range(least=7, most=13), Range(least=3, most=7)]


def test_who_gives_up_before_him_makes_it_shorter() -> None:
    ahead = [plain(number, waited=100) for number in range(40)]
    impatient = Pace(served=100, agent_s=15_000, gave_up=50, waiting_s=10_000, seen=NOW)
    one, other = told(plain(99), *ahead), told(plain(99), *ahead, pace=impatient)
    assert one
    assert other
    assert other.most < one.most


def test_a_range_so_wide_that_it_tells_nothing_is_not_said() -> None:
    ahead = [plain(number, waited=100) for number in range(4)]
    assert told(plain(99), *ahead, agents=1, pace=Pace(served=9, agent_s=9 * 300, seen=NOW)) is None
    assert told(plain(99), *(plain(number, waited=100) for number in range(900))) is None


def test_who_insists_on_a_skill_waits_for_those_who_have_it_until_he_gives_it_up() -> None:
    others = [plain(number, "teochew", waited=300) for number in range(10)]
    secret = ChoiceRules(skills={"teochew": SkillRule(insist_s=inf)})
    line, his = line_of(*others, plain(99, "teochew")), plain(99, "teochew")
    staff = Staff(having={"teochew": 2}, names=[str(number) for number in range(40)])
    patient = promise(his, line, staff, STEADY, secret, NOW)
    soon = promise(his, line, staff, STEADY, RULES, NOW)
    assert patient == Range(least=8, most=20)
    assert soon == Range(least=0, most=1)


def test_a_pace_is_seen_only_while_somebody_waits_and_what_is_old_counts_less() -> None:
    pace = Pace().saw(100, served=9, gave_up=1, agents=3, waiting=2)
    assert (pace.served, pace.seen) == (0, 100)
    pace = pace.saw(110, served=2, gave_up=1, agents=3, waiting=4)
    assert (pace.served, pace.agent_s, pace.gave_up, pace.waiting_s) == (2, 30, 1, 40)
    assert pace.saw(120, served=5, gave_up=0, agents=3, waiting=0).served == 2
    later = pace.saw(110 + 90, served=0, gave_up=0, agents=3, waiting=1)
    assert later.served == pytest.approx(1.8)
    assert pace.saw(99_999, served=1, gave_up=0, agents=3, waiting=1).served == 1


@pytest.mark.parametrize("seed", [1, 2])
def test_over_a_random_day_the_range_holds_for_four_of_five_callers(seed: int) -> None:
    chance = Random(seed)
    calls = [chance.uniform(60, 160) for _ in range(24)]
    agents = [max(2, round(each / HOUR * 190 * chance.uniform(0.9, 1.1))) for each in calls]
    kinds = (Kind(share=8, talk_s=160), Kind(share=2, skills=("teochew",), talk_s=200, spread=0.7))
    able = Shift(begins=0, ends=HOUR, agents=0, levels={"teochew": 1})
    shifts = (*shifts_of(agents), *shifts_of([2] * 24, able))
    plan = Plan(per_hour=tuple(calls), shifts=shifts, kinds=kinds, after_call_s=20, patience_s=400, says_every_s=30.0, rules=RULES)
    said = [each for each in simulate(plan, chance).said if each.answered]
    known = [each for each in said if each.range]
    assert len(said) > 100
    assert len(known) > 0.8 * len(said)
    assert sum(each.held for each in known) >= 0.8 * len(known)
