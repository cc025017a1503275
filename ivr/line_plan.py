"""The plan of a line as the staff write it (config/line.toml): what each of our numbers says, which keys it offers, where they lead.

A plan is data: flows/line.py runs it, line_check.py judges it as a graph, line_drawing.py draws it. The values here are frozen and
well-formed each by itself; whether they fit together is for line_check.py to say. GB/T 33358: no menu is the norm, keys are short cuts.

Fixed for every plan, and nowhere written in it: `0` is always a human, the emergency key leads to 110 and the like (hotline/emergency.py:
the operator's to choose, not the staff's), pressing nothing leads to a human.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Final

from hotline.national_days import national
from hotline.workdays import Holiday, WorkCalendar
from ivr.prompts import MANDARIN

HUMAN_KEY: Final = "0"
"""Always a human (GB/T 33358): in every prompt and at every question."""
END_KEY: Final = "#"
"""Ends a longer answer."""
MOST_TRIES: Final = 5
MOST_TIMEOUT_S: Final = 20
EVERY_DAY: Final = frozenset(range(7))


class Kind(StrEnum):
    """What a key, a silence or an announcement may lead to; the word before the colon in `to = "menu:night"`."""

    MENU = "menu"
    INFO = "info"
    MESSAGE = "message"
    LANGUAGE = "language"
    SURVEY = "survey"
    HUMAN = "human"
    AGAIN = "again"
    END = "end"


NAMED: Final = frozenset({Kind.MENU, Kind.INFO, Kind.MESSAGE, Kind.LANGUAGE, Kind.SURVEY})
"""Kinds whose name is a table of the plan; `human:SKILL` names a skill, the rest stand alone."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where it goes on. `name`: of a table of this kind; for `human` the skill (empty = whoever is free)."""

    kind: Kind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)


HUMAN: Final = Target(kind=Kind.HUMAN)
AGAIN: Final = Target(kind=Kind.AGAIN)
END: Final = Target(kind=Kind.END)


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key of a menu. `label`: what the picture and the lists call it. `says`: prompts between the key and its target."""

    label: str
    to: Target
    says: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MenuPlan:
    """A question with keys. `silence`: where pressing nothing leads (`again` asks once more). `slow`: the same words, slower."""

    label: str
    prompts: tuple[str, ...]
    keys: Mapping[str, Key]
    slow: tuple[str, ...] = ()
    silence: Target = HUMAN
    gave_up: Target = HUMAN
    wrong: tuple[str, ...] = ("no-such-choice",)
    still_there: tuple[str, ...] = ("still-there",)
    tries: int = 3
    timeout_s: float = 5.0


@dataclass(frozen=True, kw_only=True)
class InfoPlan:
    """An announcement, then on."""

    label: str
    prompts: tuple[str, ...]
    then: Target = HUMAN


@dataclass(frozen=True, kw_only=True)
class MessagePlan:
    """留言: what is said before the tone and after it. A left message is a case, never a dead letter box."""

    label: str
    prompts: tuple[str, ...]
    thanks: tuple[str, ...]
    most_s: int = 120


@dataclass(frozen=True, kw_only=True)
class LanguagePlan:
    """语言: the tag of its prompts in the catalogue, the skill its agents have (empty for Mandarin), and where it goes on."""

    label: str
    tag: str
    skill: str = ""
    prompts: tuple[str, ...] = ()
    then: Target = HUMAN


@dataclass(frozen=True, kw_only=True)
class SurveyPlan:
    """话务服务一次一评: one question, keys → grades in plain words. Pressing nothing is an answer, too."""

    label: str
    prompts: tuple[str, ...]
    grades: Mapping[str, str]
    thanks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Hours:
    """时段: from `opens` to `closes` on some days of the week, or on working days (调休 included). May go over midnight."""

    label: str
    opens: time
    closes: time
    days: frozenset[int] = EVERY_DAY  # 0 = Monday
    workdays_only: bool = False

    def open_at(self, now: datetime, calendar: WorkCalendar) -> bool:
        """Whether `now` (China's wall clock) is within. A span over midnight belongs to the day on which it opens."""
        clock, today = now.time(), now.date()
        if self.opens < self.closes:
            return self._runs_on(today, calendar) and self.opens <= clock < self.closes
        if clock >= self.opens:
            return self._runs_on(today, calendar)
        return clock < self.closes and self._runs_on(date.fromordinal(today.toordinal() - 1), calendar)

    def _runs_on(self, day: date, calendar: WorkCalendar) -> bool:
        return calendar.is_workday(day) if self.workdays_only else day.weekday() in self.days


@dataclass(frozen=True, kw_only=True)
class Surge:
    """突发提示: said after the greeting from `first` until `last` (China's wall clock, `last` no longer included)."""

    label: str
    prompts: tuple[str, ...]
    first: datetime
    last: datetime


@dataclass(frozen=True, kw_only=True)
class Season:
    """节日问候: on these days the greeting is another one."""

    days: Holiday
    greeting: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NumberPlan:
    """One of our numbers. `start`: where everybody goes after the greeting; outside `hours` it is `outside`, on holidays `on_holiday`."""

    number: str
    name: str
    greeting: tuple[str, ...] = ("greeting",)
    recording_notice: tuple[str, ...] = ("recording-notice",)
    start: Target = HUMAN
    hours: str = ""
    outside: Target | None = None
    on_holiday: Target | None = None
    surges: tuple[Surge, ...] = ()
    seasons: tuple[Season, ...] = ()
    connecting: tuple[str, ...] = ()
    after_call: Target = END


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """A call that the plan promises: `at` on China's wall clock, steps in the staff's words (line_rehearsals.py)."""

    name: str
    number: str
    steps: tuple[str, ...]
    at: datetime
    caller: str = "19900000001"


@dataclass(frozen=True, kw_only=True)
class StaffPlan:
    """A whole line.toml. `version` is what each call records as the one it heard."""

    version: str
    numbers: Mapping[str, NumberPlan]
    menus: Mapping[str, MenuPlan] = field(default_factory=lambda: MappingProxyType({}))
    infos: Mapping[str, InfoPlan] = field(default_factory=lambda: MappingProxyType({}))
    messages: Mapping[str, MessagePlan] = field(default_factory=lambda: MappingProxyType({}))
    languages: Mapping[str, LanguagePlan] = field(default_factory=lambda: MappingProxyType({}))
    surveys: Mapping[str, SurveyPlan] = field(default_factory=lambda: MappingProxyType({}))
    hours: Mapping[str, Hours] = field(default_factory=lambda: MappingProxyType({}))
    holidays: tuple[Holiday, ...] = ()
    made_up: frozenset[date] = frozenset()
    rehearsals: tuple[Rehearsal, ...] = ()

    def tables(self) -> dict[Kind, Mapping[str, object]]:
        """Kind → the tables that a target of this kind may name."""
        return {
            Kind.MENU: self.menus,
            Kind.INFO: self.infos,
            Kind.MESSAGE: self.messages,
            Kind.LANGUAGE: self.languages,
            Kind.SURVEY: self.surveys,
        }

    @cached_property
    def calendar(self) -> WorkCalendar:
        """The working days of this city."""
        return national().with_local(holidays=self.holidays, made_up=self.made_up)

    def start_of(self, number: NumberPlan, now: datetime | None) -> Target:
        """Where a call to `number` goes at this moment of China's wall clock; without a moment, as on a working day."""
        if now is None:
            return number.start
        calendar = self.calendar
        if number.on_holiday and calendar.holiday_on(now.date()):
            return number.on_holiday
        hours = self.hours.get(number.hours)
        if hours and number.outside and not hours.open_at(now, calendar):
            return number.outside
        return number.start


def greeting_of(number: NumberPlan, now: datetime | None) -> tuple[str, ...]:
    """The greeting of the day."""
    today = next((season.greeting for season in number.seasons if now and now.date() in season.days), None)
    return today or number.greeting


def surge_of(number: NumberPlan, now: datetime | None) -> tuple[str, ...]:
    """What everybody is told at this moment, in the order written; nothing on a quiet day."""
    return tuple(prompt for surge in number.surges if now and surge.first <= now < surge.last for prompt in surge.prompts)


PLAIN: Final = LanguagePlan(label="普通话", tag=MANDARIN)
"""Who chose no language hears Mandarin and needs no skill of his agent."""
