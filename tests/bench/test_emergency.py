"""An emergency that never arrived misses its bar, and the time counts from the first complete sequence however often he pressed."""

import math

from bench.emergency import QUICK, Sample, report_of
from bench.sipp import Outcome

CROWD = Outcome(good=10, failed=0, seconds=1, answer_ms=1)
QUICKLY = (Sample(seconds=0.05, presses=1),) * 3


def test_everything_in_time_keeps_every_bar() -> None:
    assert report_of(QUICKLY, QUICKLY, QUICKLY, QUICKLY, CROWD, QUICK).ok


def test_an_invite_that_never_came_misses_its_bar() -> None:
    lost = (*QUICKLY, Sample(seconds=math.inf, presses=9))
    for place in range(4):
        samples: list[tuple[Sample, ...]] = [QUICKLY] * 4
        samples[place] = lost
        assert [bar.ok for bar in report_of(samples[0], samples[1], samples[2], samples[3], CROWD, QUICK).bars].count(False) == 1


def test_one_slow_one_in_a_hundred_is_what_a_p99_may_not_hide_of_two() -> None:
    fast, slow = Sample(seconds=0.01, presses=1), Sample(seconds=0.5, presses=2)
    assert report_of((fast,) * 99 + (slow,), QUICKLY, QUICKLY, QUICKLY, CROWD, QUICK).ok
    report = report_of((fast,) * 98 + (slow,) * 2, QUICKLY, QUICKLY, QUICKLY, CROWD, QUICK)
    assert not report.ok
    assert next(figure.value for figure in report.figures if figure.name == "up_pressed_again") == 2
