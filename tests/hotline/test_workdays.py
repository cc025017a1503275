"""工作日, against the notices of the State Council."""

from datetime import date

import pytest

from hotline.errors import MalformedInput
from hotline.workdays import NATIONAL, Holiday, WorkCalendar

TYPHOON = Holiday(name="台风停工", first=date(2026, 9, 20), last=date(2026, 9, 21))


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 1, 1), False),  # 元旦
        (date(2026, 1, 2), False),  # a Friday off
        (date(2026, 1, 4), True),  # a Sunday worked for it
        (date(2026, 2, 14), True),  # a Saturday before 春节
        (date(2026, 2, 15), False),
        (date(2026, 2, 23), False),
        (date(2026, 2, 24), True),
        (date(2026, 2, 28), True),
        (date(2026, 3, 7), False),  # a plain Saturday
        (date(2026, 5, 9), True),
        (date(2026, 9, 20), True),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2025, 1, 26), True),
        (date(2025, 10, 8), False),
        (date(2024, 9, 14), True),
    ],
)
def test_a_day_is_worked_as_the_notice_says(day: date, worked: bool) -> None:
    assert NATIONAL.is_workday(day) is worked


@pytest.mark.parametrize(("year", "workdays"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_its_number_of_working_days(year: int, workdays: int) -> None:
    first = date(year, 1, 1).toordinal()
    days = [date.fromordinal(day) for day in range(first, first + 366)]
    assert sum(NATIONAL.is_workday(day) for day in days if day.year == year) == workdays


def test_a_holiday_has_a_name_and_a_sunday_has_none() -> None:
    spring = NATIONAL.holiday_on(date(2026, 2, 17))
    assert spring is not None
    assert spring.name == "春节"
    assert NATIONAL.holiday_on(date(2026, 3, 8)) is None


def test_years_without_a_notice_are_told_apart() -> None:
    assert NATIONAL.knows(date(2026, 12, 31))
    assert not NATIONAL.knows(date(2031, 1, 1))
    assert NATIONAL.is_workday(date(2031, 1, 1))  # a Wednesday: nobody knows better


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
    assert NATIONAL.add_working_days(day, count) == end


@pytest.mark.parametrize("count", [-1, 1001])
def test_a_term_that_cannot_be_is_refused(count: int) -> None:
    with pytest.raises(MalformedInput):
        NATIONAL.add_working_days(date(2026, 3, 2), count)


def test_a_city_has_days_of_its_own() -> None:
    local = NATIONAL.with_local(holidays=[TYPHOON], made_up=[date(2026, 10, 7)])
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
