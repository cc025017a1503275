"""Percentiles are of values that were measured, and nothing measured is no good figure."""

import math

import pytest

from bench.record import Size, percentile, report_of
from bench.sipp import Outcome


@pytest.mark.parametrize(("share", "value"), [(50, 2.0), (99, 4.0), (25, 1.0), (26, 2.0), (100, 4.0)])
def test_a_percentile_is_one_of_the_values(share: int, value: float) -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], share) == value


def test_of_nothing_every_percentile_is_infinite() -> None:
    assert percentile([], 99) == math.inf


def test_a_call_without_a_draft_misses_a_bar() -> None:
    report = report_of([0.1, 0.2], 3, Outcome(good=3, failed=0, seconds=1, answer_ms=1), 0.0, Size())
    assert [bar.ok for bar in report.bars] == [True, False, True]
