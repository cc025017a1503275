"""催办: before the term ends, when it is over, and when it has been over for too long (揭府办〔2015〕4号 article 19). Pure.

Nothing here sleeps: `next_step` says what comes next and when, a row keeps that moment, and a sweep looks for rows whose moment has come.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from hotline.workdays import CHINA, WorkCalendar
from tickets.terms import Appeal, Due, RuleSet, Step, due

URGE_DAYS_BEFORE: Final = 1
"""应在办理时限届满前催办: so many working days before the last one."""
URGE_AT: Final = time(9, 0)


class Reminder(StrEnum):
    """Each is sent once; each sending is kept."""

    URGED = "催办"
    NOTICED = "催办通知书"
    """With a copy to the unit's leader."""
    HANDED_OVER = "移交监察"


@dataclass(frozen=True, kw_only=True)
class Next:
    """What is to be done at this moment, unless the ticket is closed before."""

    what: Reminder
    at: datetime


def next_step(
    term: Due,
    appeal: Appeal,
    *,
    explained: bool,
    done: Set[Reminder],
    noticed_at: datetime | None = None,
    follow: Sequence[RuleSet],
    calendar: WorkCalendar,
) -> Next | None:
    """The next reminder of an open ticket. `explained`: the unit has reported its reasons, and is neither noticed nor handed over.

    `noticed_at`: when the notice went out; from then, too, it has the whole time of the inspection's term to explain.
    """
    if not done and (urge := urging_at(term, calendar)) < term.until:
        return Next(what=Reminder.URGED, at=urge)
    if explained:
        return None
    if Reminder.NOTICED not in done:
        return Next(what=Reminder.NOTICED, at=term.until)
    if Reminder.HANDED_OVER not in done:
        late = inspection_due(term.last_day, noticed_at, appeal, follow=follow, calendar=calendar)
        return Next(what=Reminder.HANDED_OVER, at=late.until)
    return None


def inspection_due(
    last_day: date, noticed_at: datetime | None, appeal: Appeal, *, follow: Sequence[RuleSet], calendar: WorkCalendar
) -> Due:
    """By when a unit that is overdue must answer or explain: from the last day of its term and from its notice, whichever ends later."""
    began = [last_day, *([_before_work(noticed_at)] if noticed_at else [])]
    found = [due(Step.INSPECTION, appeal, _last_moment(day), follow=follow, calendar=calendar) for day in began]
    return max(found, key=lambda each: each.until)


def urging_at(term: Due, calendar: WorkCalendar) -> datetime:
    """届满前: when the unit is urged, and from when on it may say why it will be late."""
    day, left = term.last_day, URGE_DAYS_BEFORE
    while left:
        day -= timedelta(days=1)
        left -= calendar.is_workday(day)
    return datetime.combine(day, URGE_AT, tzinfo=CHINA)


def _before_work(moment: datetime) -> date:
    """The day from which one counts what was said then: what comes before the day's work leaves him that day."""
    local = moment.astimezone(CHINA)
    return local.date() - timedelta(days=local.time() < URGE_AT)


def _last_moment(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), tzinfo=CHINA)
