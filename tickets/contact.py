"""联系诉求人: what a unit's attempts to reach a citizen mean (揭府办〔2015〕4号 article 14). All are kept, the vain ones above all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from hotline.errors import MalformedInput
from hotline.workdays import CHINA

DAYS_IN_A_ROW: Final = 3


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One call of the unit to the citizen. `at` carries a zone."""

    at: datetime
    reached: bool

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise MalformedInput("联系时间没有时区 the time of an attempt has no zone; add +08:00")


def counts_as_answered(attempts: Iterable[Attempt]) -> date | None:
    """连续3天均未果，视为已答复: the third of three days in a row on each of which the unit called, and never reached him. None: not (yet).

    Days are calendar days in China: the article says 天, not 工作日. One talk in between ends the row, also on the same day; several
    attempts on one day are one day.
    """
    row: list[date] = []
    by_day: dict[date, bool] = {}
    for attempt in attempts:
        day = attempt.at.astimezone(CHINA).date()
        by_day[day] = by_day.get(day, False) or attempt.reached
    for day in sorted(by_day):
        if by_day[day]:
            row = []
            continue
        row = [*row, day] if row and day == row[-1] + timedelta(days=1) else [day]
        if len(row) == DAYS_IN_A_ROW:
            return day
    return None
