"""The bars of `scripts/bench routing`, and that what is measured is what it says."""

import random
from dataclasses import replace

import pytest

from bench.routing import QUICK, Size, decisions_ms, full_house, large_day, report_of
from bench.routing_live import Gaps
from routing.estimate import Range
from routing.policy import choices, choosing_of, keeping
from routing.simulator import Called, Said, SimulatedDay

HELD = Said(range=Range(least=1, most=2), left=90, answered=True)
DAY = SimulatedDay(calls=(Called(arrived=0, waited=1, answered=True, kind=0),), on_duty_s=1, at_work_s=1, said=(HELD,) * 9)
GAPS = Gaps(seconds=[0.05] * 100, waiting=60)
SMALL = Size(agents=40, waiting=30, decisions=4)


def kept(*, decided: float = 0.5, said: tuple[Said, ...] = DAY.said, day_s: float = 9.0, gaps: Gaps = GAPS) -> list[bool]:
    return [bar.ok for bar in report_of([decided] * 10, [replace(DAY, said=said)], DAY, day_s, gaps, QUICK).bars]


def test_everything_in_time_keeps_every_bar() -> None:
    assert kept() == [True] * 4


def test_each_bar_can_be_missed() -> None:
    late = replace(HELD, left=500)
    assert kept(decided=1.1) == [False, True, True, True]
    assert kept(said=(late, *DAY.said[:3])) == [True, False, True, True]
    assert kept(said=(replace(HELD, range=None),)) == [True, False, True, True]
    assert kept(day_s=61) == [True, True, False, True]
    assert kept(gaps=Gaps(seconds=[0.05] * 90 + [0.4] * 10)) == [True, True, True, False]
    assert kept(gaps=Gaps()) == [True, True, True, False]


def test_the_full_house_has_a_long_line_that_the_ready_agents_cannot_serve() -> None:
    board = keeping(full_house(SMALL, random.Random(1)))
    choosing = choosing_of(board)
    assert (len(choosing.line.places), len(choosing.pool.seats), len(choosing.on_duty)) == (30, 3, 40)
    assert choices(board, board.surveyed) == []


def test_each_decision_is_timed() -> None:
    assert len(decisions_ms(SMALL)) == 4


@pytest.mark.parametrize(("calls", "agents"), [(100_000, 1_000), (5_000, 60)])
def test_the_large_day_has_its_calls_and_its_agents(calls: int, agents: int) -> None:
    plan = large_day(calls, agents)
    there = [sum(shift.agents for shift in plan.shifts if shift.begins == hour * 3600) for hour in range(24)]
    assert sum(plan.per_hour) == pytest.approx(calls)
    assert max(there) == pytest.approx(agents, abs=4)
