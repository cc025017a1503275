"""工作日: terms in working days, and a city's own days."""

from datetime import date

import pytest

from hotline.errors import MalformedInput
from hotline.national_days import national
from hotline.workdays import Holiday, WorkCalendar

TYPHOON = Holiday(name="台风停工", first=date(2026, 9, 20), last=date(2026, 9, 21))


@pytest.mark.parametrize(
    ("day", "count", "end"),
    [
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # the worked Saturday
        (date(2026, 2, 14), 1, date(2026, 2, 24)),  # over 春节
        (date(2026, 9, 18), 5, date(2026, 9, 24)),  # the Sunday 20th counts
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
    ],
)
def test_a_term_ends_on_a_working_day(day: date, count: int, end: date) -> None:
    assert national().add_working_days(day, count) == end


@pytest.mark.parametrize("count", [-1, 1001])
def test_a_term_that_cannot_be_is_refused(count: int) -> None:
    with pytest.raises(MalformedInput):
        national().add_working_days(date(2026, 3, 2), count)


def test_a_city_has_days_of_its_own() -> None:
    local = national().with_local(holidays=[TYPHOON], made_up=[date(2026, 10, 7)])
    assert not local.is_workday(date(2026, 9, 20))  # nationally a worked Sunday
    assert not local.is_workday(date(2026, 9, 21))
    assert local.is_workday(date(2026, 10, 7))
    assert local.holiday_on(date(2026, 10, 6)) == Holiday(name="国庆节", first=date(2026, 10, 6), last=date(2026, 10, 6))
    assert local.knows(date(2026, 1, 1))


def test_a_calendar_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(MalformedInput, match="keep one"):
        WorkCalendar(holidays=(TYPHOON,), made_up=frozenset({date(2026, 9, 21)}))
    with pytest.raises(MalformedInput, match="swap"):
        Holiday(name="反了", first=date(2026, 2, 2), last=date(2026, 2, 1))
