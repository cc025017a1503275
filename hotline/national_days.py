"""全国: the holidays and make-up days of China, from a calendar library that follows the State Council's yearly notices.

The notice (国务院办公厅关于某年部分节假日安排的通知) comes out in November for the year after. Beyond the last one that the library has,
days are free as 《全国年节及纪念日放假办法》 says, holidays that fall on a weekend are made up, and no weekend is worked: `knows` says so.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from typing import Final

from hotline.workdays import Holiday, WorkCalendar

FIRST_YEAR: Final = 2012
YEARS_AHEAD: Final = 10
"""Beyond the last announced year: the longest term is well below it."""
_BRIDGE: Final = "休息日"
"""How the library calls a free day that is worked on another one for."""
_EVE: Final = {"农历除夕": "春节"}
_WEEKEND: Final = 5


@cache
def national() -> WorkCalendar:
    """The calendar of the whole country from 2012 on."""
    from holidays import country_holidays  # takes 0.2 s: not for who never asks for a day
    from holidays.countries.china import ChinaStaticHolidays

    announced = max(ChinaStaticHolidays.special_public_holidays)
    known = country_holidays("CN", years=range(FIRST_YEAR, announced + YEARS_AHEAD + 1), language="zh_CN")
    made_up = frozenset(day for day in known.weekend_workdays if day.year >= FIRST_YEAR)
    return WorkCalendar(holidays=tuple(_rows(dict(known), made_up)), made_up=made_up, years=frozenset(range(FIRST_YEAR, announced + 1)))


def _rows(named: dict[date, str], made_up: frozenset[date]) -> Iterator[Holiday]:
    """The free days as the notices have them: in rows, with the weekends that they touch, each row named after its holidays."""
    row: list[date] = []
    day, last = min(named), max(named)
    while day <= last + timedelta(days=3):
        if day not in made_up and (day in named or day.weekday() >= _WEEKEND):
            row.append(day)
        else:
            if names := _names(named[each] for each in row if each in named):
                yield Holiday(name=names, first=row[0], last=row[-1])
            row = []
        day += timedelta(days=1)


def _names(words: Iterable[str]) -> str:
    """国庆节、中秋节: each once, without what the library says about bridging and making up."""
    names = (word.split("；")[0].split("（")[0] for word in words)
    return "、".join(dict.fromkeys(_EVE.get(name, name) for name in names if not name.startswith(_BRIDGE)))
