"""工作日: which days are worked in China, with make-up days (调休). A frozen table and pure functions: the day is passed in.

The table is the State Council's yearly notice (国务院办公厅关于某年部分节假日安排的通知), usually published in November for the next year.
For a year that is not in it only Saturdays and Sundays are free: `knows` says whether a day is covered, and who plans ahead must ask.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta, timezone
from typing import Final

from hotline.errors import MalformedInput

CHINA: Final = timezone(timedelta(hours=8), "CST")
"""The only zone of mainland China, without daylight saving since 1991."""
_SATURDAY = 5
_MOST_DAYS = 1000


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """节假日: a row of free days from `first` to `last`, both included."""

    name: str
    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise MalformedInput(f"{self.name}: 最后一天早于第一天 ends on {self.last} before it begins on {self.first}; swap them")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, kw_only=True)
class WorkCalendar:
    """Holidays and make-up days of the years that are known. A day may not be both: `MalformedInput`."""

    holidays: tuple[Holiday, ...] = ()
    made_up: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        both = sorted(day for day in self.made_up if self.holiday_on(day))
        if both:
            raise MalformedInput(f"{both[0]}: 既是节假日又是上班日 both a holiday and a make-up day; keep one")

    def knows(self, day: date) -> bool:
        """Whether the notice of this day's year is in the table."""
        return day.year in self.years

    def holiday_on(self, day: date) -> Holiday | None:
        """The holiday that this day belongs to; a plain Sunday belongs to none."""
        return next((holiday for holiday in self.holidays if day in holiday), None)

    def is_workday(self, day: date) -> bool:
        """工作日: a weekday that is no holiday, or a make-up day."""
        return day in self.made_up or (day.weekday() < _SATURDAY and self.holiday_on(day) is None)

    def add_working_days(self, day: date, count: int) -> date:
        """The working day that ends a term of so many: the day of the event does not count (民法典 art. 201). 0 gives `day` itself.

        Raises `MalformedInput` for a negative term or one of more than 1000 days.
        """
        if not 0 <= count <= _MOST_DAYS:
            raise MalformedInput(f"{count} working days: give 0 to {_MOST_DAYS}")
        while count:
            day += timedelta(days=1)
            count -= self.is_workday(day)
        return day

    def with_local(self, *, holidays: Iterable[Holiday] = (), made_up: Iterable[date] = ()) -> "WorkCalendar":
        """This calendar with a city's own days, which go before the national ones (地方自定：民俗节日、台风停工)."""
        mine, worked = tuple(holidays), frozenset(made_up)
        kept = frozenset(day for day in self.made_up if not any(day in holiday for holiday in mine))
        theirs = tuple(part for holiday in self.holidays for part in _without(holiday, worked))
        return WorkCalendar(holidays=mine + theirs, made_up=kept | worked, years=self.years)


def _without(holiday: Holiday, worked: frozenset[date]) -> tuple[Holiday, ...]:
    """What is left of a holiday when some of its days are worked: each free day by itself, but only when it is cut at all."""
    days = [holiday.first + timedelta(days=count) for count in range((holiday.last - holiday.first).days + 1)]
    if not worked.intersection(days):
        return (holiday,)
    return tuple(Holiday(name=holiday.name, first=day, last=day) for day in days if day not in worked)


def _of(year: int, holidays: str, made_up: str) -> tuple[tuple[Holiday, ...], frozenset[date]]:
    """One year's notice, `元旦 0101-0103 春节 …` and `0104 0214 …`, as the table below has it."""
    words = holidays.split()
    rows = [(name, *span.split("-")) for name, span in zip(words[::2], words[1::2], strict=True)]
    kept = tuple(Holiday(name=name, first=_day(year, first), last=_day(year, last)) for name, first, last in rows)
    return kept, frozenset(_day(year, text) for text in made_up.split())


def _day(year: int, text: str) -> date:
    return date(year, int(text[:2]), int(text[2:]))


_NOTICES: Final = {
    2024: _of(  # 国办发明电〔2023〕7号
        2024,
        "元旦 0101-0101 春节 0210-0217 清明节 0404-0406 劳动节 0501-0505 端午节 0610-0610 中秋节 0915-0917 国庆节 1001-1007",
        "0204 0218 0407 0428 0511 0914 0929 1012",
    ),
    2025: _of(  # 国办发明电〔2024〕12号
        2025,
        "元旦 0101-0101 春节 0128-0204 清明节 0404-0406 劳动节 0501-0505 端午节 0531-0602 国庆节、中秋节 1001-1008",
        "0126 0208 0427 0928 1011",
    ),
    2026: _of(  # 国务院办公厅 2025-11-04
        2026,
        "元旦 0101-0103 春节 0215-0223 清明节 0404-0406 劳动节 0501-0505 端午节 0619-0621 中秋节 0925-0927 国庆节 1001-1007",
        "0104 0214 0228 0509 0920 1010",
    ),
}

NATIONAL: Final = WorkCalendar(
    holidays=tuple(holiday for holidays, _ in _NOTICES.values() for holiday in holidays),
    made_up=frozenset(day for _, made_up in _NOTICES.values() for day in made_up),
    years=frozenset(_NOTICES),
)
"""全国: add a year's row above when its notice is out."""
