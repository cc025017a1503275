"""A simulated day: right where a formula knows the answer, and true to the rules of the line elsewhere."""

from dataclasses import replace
from random import Random

import pytest

from routing.erlang import answered_within, mean_wait, probability_of_waiting
from routing.matching import ChoiceRules, SkillRule
from routing.simulator import DAY, HOUR, Kind, Plan, Shift, simulate

SMALL = Plan(per_hour=(60.0,) * 2 + (0.0,) * 22, shifts=(Shift(begins=0, ends=DAY, agents=4),), kinds=(Kind(talk_s=120.0),))


@pytest.mark.slow
@pytest.mark.parametrize(("per_hour", "agents", "handling_s", "days"), [(400, 20, 150, 6), (60, 4, 150, 40)])
def test_a_line_with_one_skill_waits_as_erlang_says(per_hour: float, agents: int, handling_s: float, days: int) -> None:
    plan = Plan(per_hour=(per_hour,) * 24, shifts=(Shift(begins=0, ends=DAY, agents=agents),), kinds=(Kind(talk_s=handling_s),))
    calls = [call for seed in range(days) for call in simulate(plan, Random(seed)).calls if call.arrived > HOUR]
    load = per_hour / HOUR * handling_s
    waited = [call.waited for call in calls]
    assert sum(each > 0 for each in waited) / len(waited) == pytest.approx(probability_of_waiting(load, agents), rel=0.08)
    in_time = answered_within(15, load=load, agents=agents, handling_s=handling_s)
    assert sum(each <= 15 for each in waited) / len(waited) == pytest.approx(in_time, rel=0.03)
    assert sum(waited) / len(waited) == pytest.approx(mean_wait(load=load, agents=agents, handling_s=handling_s), rel=0.15)


def test_the_same_seed_is_the_same_day_and_another_is_another() -> None:
    assert simulate(SMALL, Random(1)) == simulate(SMALL, Random(1))
    assert simulate(SMALL, Random(1)) != simulate(SMALL, Random(2))


def test_every_call_ends_once_answered_or_given_up() -> None:
    day = simulate(replace(SMALL, shifts=(), patience_s=30.0), Random(3))
    assert day.calls
    assert not any(call.answered for call in day.calls)
    served = simulate(SMALL, Random(3))
    assert all(call.answered for call in served.calls)
    assert len(served.calls) > 90


def test_calls_come_in_their_hours_only() -> None:
    day = simulate(replace(SMALL, per_hour=(0.0,) * 8 + (50.0,) + (0.0,) * 15), Random(4))
    assert {int(call.arrived // HOUR) for call in day.calls} == {8}


def test_nobody_answers_before_the_shift_begins_or_after_it_ended() -> None:
    plan = replace(SMALL, shifts=(Shift(begins=HOUR, ends=1.5 * HOUR, agents=9),), patience_s=3 * HOUR)
    answered = [call.arrived + call.waited for call in simulate(plan, Random(5)).calls if call.answered]
    assert answered
    assert min(answered) >= HOUR
    assert max(answered) < 1.5 * HOUR


def test_after_call_work_and_talks_fill_the_agents_time() -> None:
    quiet, busy = simulate(SMALL, Random(6)), simulate(replace(SMALL, after_call_s=60.0), Random(6))
    assert 0 < quiet.occupancy < busy.occupancy < 1
    assert simulate(replace(SMALL, shifts=()), Random(6)).occupancy == 0


def test_a_skill_is_given_up_after_its_time_even_if_nothing_else_happens() -> None:
    able = Shift(begins=0, ends=DAY, agents=1, levels={"teochew": 1})
    plain = Shift(begins=0, ends=DAY, agents=3)
    rules = ChoiceRules(otherwise=SkillRule(insist_s=20.0))
    kinds = (Kind(skills=("teochew",), talk_s=2000.0, spread=0.1),)
    plan = Plan(per_hour=(8.0,) + (0.0,) * 23, shifts=(able, plain), kinds=kinds, rules=rules)
    waits = [round(call.waited, 6) for call in simulate(plan, Random(7)).calls]
    assert 0.0 in waits
    assert 20.0 in waits
