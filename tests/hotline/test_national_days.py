"""全国的工作日, against the notices of the State Council, copied from them by hand, and against a second library's table."""

import json
from datetime import date
from pathlib import Path

import pytest

from hotline.national_days import national

NOTICES = {
    2024: (  # 国办发明电〔2023〕7号
        "元旦 0101-0101 春节 0210-0217 清明节 0404-0406 劳动节 0501-0505 端午节 0610-0610 中秋节 0915-0917 国庆节 1001-1007",
        "0204 0218 0407 0428 0511 0914 0929 1012",
    ),
    2025: (  # 国办发明电〔2024〕12号
        "元旦 0101-0101 春节 0128-0204 清明节 0404-0406 劳动节 0501-0505 端午节 0531-0602 国庆节、中秋节 1001-1008",
        "0126 0208 0427 0928 1011",
    ),
    2026: (  # 国务院办公厅 2025-11-04
        "元旦 0101-0103 春节 0215-0223 清明节 0404-0406 劳动节 0501-0505 端午节 0619-0621 中秋节 0925-0927 国庆节 1001-1007",
        "0104 0214 0228 0509 0920 1010",
    ),
}
SECOND_SOURCE = Path(__file__).resolve().parents[1] / "golden" / "chinese-days.json"


def year_of(year: int) -> list[date]:
    first = date(year, 1, 1).toordinal()
    return [day for day in map(date.fromordinal, range(first, first + 366)) if day.year == year]


def day_of(year: int, text: str) -> date:
    return date(year, int(text[:2]), int(text[2:]))


@pytest.mark.parametrize("year", NOTICES)
def test_every_day_of_a_year_is_as_the_notice_says(year: int) -> None:
    rows, worked = NOTICES[year]
    words = rows.split()
    names: dict[date, str] = {}
    for name, span in zip(words[::2], words[1::2], strict=True):
        first, last = (day_of(year, text) for text in span.split("-"))
        names |= {day: name for day in year_of(year) if first <= day <= last}
    made_up = {day_of(year, text) for text in worked.split()}
    for day in year_of(year):
        assert national().is_workday(day) == (day in made_up or (day.weekday() < 5 and day not in names)), day
        if day in names:
            assert (found := national().holiday_on(day)), day
            assert found.name == names[day], day


def test_every_day_agrees_with_a_second_source() -> None:
    other = json.loads(SECOND_SOURCE.read_text(encoding="utf-8"))
    free = {date.fromisoformat(day) for day in other["holidays"]}
    worked = {date.fromisoformat(day) for day in other["workdays"]}
    years = sorted({day.year for day in free} & national().years)
    assert len(years) >= 15
    days = [day for year in years for day in year_of(year)]
    assert [day for day in days if national().is_workday(day) != (day in worked or (day.weekday() < 5 and day not in free))] == []


def test_beyond_the_last_notice_days_are_free_as_the_law_says_and_it_is_told() -> None:
    last = max(national().years)
    assert national().knows(date(last, 12, 31))
    assert not national().knows(date(last + 1, 1, 1))
    assert not national().is_workday(date(last + 1, 1, 1))
    assert not national().is_workday(date(2027, 10, 1))
    assert not [day for day in national().made_up if day.year > last]
    later = "、".join(each.name for each in national().holidays if each.first.year == last + 5)
    assert all(name in later for name in ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"))


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
    assert national().is_workday(day) is worked


def test_a_holiday_has_a_name_and_a_sunday_has_none() -> None:
    spring = national().holiday_on(date(2026, 2, 17))
    assert spring is not None
    assert spring.name == "春节"
    assert national().holiday_on(date(2026, 3, 8)) is None
