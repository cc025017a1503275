"""Values of the assessment."""

from datetime import datetime, timedelta

import pytest

from assessment.model import ALL, Figure, Period
from hotline.errors import MalformedInput
from hotline.workdays import CHINA

NOON = datetime(2026, 11, 10, 12, tzinfo=CHINA)


def test_a_rate_without_a_base_is_none_and_not_nought() -> None:
    rate = Figure(measure="a", unit=ALL, base=0, hits=0, based_on=(), counted=(), is_rate=True)
    assert rate.value is None
    assert Figure(measure="a", unit=ALL, base=0, hits=0, based_on=(), counted=(), is_rate=False).value == 0.0


def test_a_period_holds_its_first_moment_and_not_its_last() -> None:
    period = Period(begin=NOON, end=NOON + timedelta(hours=1))
    assert [NOON in period, period.end in period] == [True, False]


@pytest.mark.parametrize("end", [NOON, NOON - timedelta(hours=1), NOON.replace(tzinfo=None) + timedelta(hours=1)])
def test_a_period_that_ends_before_it_begins_or_has_no_zone_is_refused(end: datetime) -> None:
    with pytest.raises((MalformedInput, TypeError)):
        Period(begin=NOON, end=end)
