"""工作日: holidays (节假日), make-up days (调休) and terms in working days. Values and pure functions: the day is passed in.

The calendar of the whole country is hotline/national_days.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from typing import Final

from hotline.errors import MalformedInput

CHINA: Final = timezone(timedelta(hours=8), "CST")
"""The only zone of mainland China, without daylight saving since 1991."""
_SATURDAY = 5
_MOST_DAYS = 1000


def midnight(day: date) -> datetime:
    """The moment in which this day begins in China."""
    return datetime.combine(day, time(), tzinfo=CHINA)


def midnight_after(day: date) -> datetime:
    """The moment in which this day is over in China: the first that is too late for what must be done on it."""
    return midnight(day + timedelta(days=1))


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

    def days(self) -> list[date]:
        """Each of its days."""
        return [self.first + timedelta(days=count) for count in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, kw_only=True)
class WorkCalendar:
    """Holidays and make-up days. A day may not be both: `MalformedInput`. `years`: those whose arrangement is announced."""

    holidays: tuple[Holiday, ...] = ()
    made_up: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()
    _free: Mapping[date, Holiday] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        free = {day: holiday for holiday in reversed(self.holidays) for day in holiday.days()}
        object.__setattr__(self, "_free", free)
        both = sorted(day for day in self.made_up if self.holiday_on(day))
        if both:
            raise MalformedInput(f"{both[0]}: 既是节假日又是上班日 both a holiday and a make-up day; keep one")

    def knows(self, day: date) -> bool:
        """Whether the arrangement of this day's year is announced; otherwise make-up days are not known, and who plans ahead must ask."""
        return day.year in self.years

    def holiday_on(self, day: date) -> Holiday | None:
        """The holiday that this day belongs to; a plain Sunday belongs to none."""
        return self._free.get(day)

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
    days = holiday.days()
    if not worked.intersection(days):
        return (holiday,)
    return tuple(Holiday(name=holiday.name, first=day, last=day) for day in days if day not in worked)
