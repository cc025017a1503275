"""How many agents an hour needs: enough, hour by hour, and no more than the formula where the formula is exact."""

from random import Random

from routing.erlang import agents_needed
from routing.matching import FOR_EVER, ChoiceRules, SkillRule
from routing.simulator import HOUR, Called, Kind, Plan, Shift, SimulatedDay
from routing.staffing import HOURS, figures_by_hour, shifts_of, staff_day

QUIET = Plan(per_hour=(0.0,) * 9 + (40.0, 80.0) + (0.0,) * 13, shifts=(), kinds=(Kind(talk_s=60.0),))


def test_each_hour_gets_enough_and_not_many_more_than_the_formula_asks_for() -> None:
    staffing = staff_day(QUIET, share=0.9, within_s=15, chances=lambda: [Random(seed) for seed in range(3)])
    assert staffing.met
    assert all(figures.in_time >= 0.9 for figures in staffing.hours)
    for hour, per_hour in ((9, 40.0), (10, 80.0)):
        assert staffing.agents[hour] <= agents_needed(0.9, 15, load=per_hour / HOUR * 60, handling_s=60) + 2
    assert staffing.agents[3] == 1


def test_a_wish_that_nobody_can_fulfil_ends_and_says_so() -> None:
    nobody_knows = ChoiceRules(otherwise=SkillRule(insist_s=FOR_EVER))
    hopeless = Plan(per_hour=QUIET.per_hour, shifts=(), kinds=(Kind(skills=("secret",)),), patience_s=30.0, rules=nobody_knows)
    staffing = staff_day(hopeless, share=0.9, within_s=15, chances=lambda: [Random(1)])
    assert not staffing.met
    assert staffing.answered == 0


def test_calls_count_in_the_hour_in_which_they_came() -> None:
    calls = (
        Called(arrived=100.0, waited=5.0, answered=True, kind=0),
        Called(arrived=200.0, waited=30.0, answered=True, kind=0),
        Called(arrived=HOUR - 1, waited=90.0, answered=False, kind=0),
    )
    first, second, *_ = figures_by_hour([SimulatedDay(calls=calls, on_duty_s=1.0, at_work_s=0.0)], [2] * HOURS, 15)
    assert (first.calls, first.in_time, first.answered) == (3, 1 / 3, 2 / 3)
    assert (second.calls, second.in_time) == (0, 1.0)


def test_a_shift_for_each_hour_can_what_the_pattern_can() -> None:
    shifts = shifts_of([1, 2], Shift(begins=0, ends=9, agents=9, levels={"teochew": 1}))
    assert [(each.begins, each.ends, each.agents) for each in shifts] == [(0.0, HOUR, 1), (HOUR, 2 * HOUR, 2)]
    assert shifts[1].levels == {"teochew": 1}
