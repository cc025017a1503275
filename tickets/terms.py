"""办理时限: by when a step must be done, by which rule, and why just then. Rules are data (config/deadlines/), the reckoning is pure.

How a term runs (民法典 articles 201–203): the day of the event does not count; the term ends with its last day, at 24:00. A term of
0 working days ends with the working day on which it begins; what comes in on a free day belongs to the next working day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from hotline.errors import MalformedInput
from hotline.workdays import CHINA, WorkCalendar, midnight_after


class Appeal(StrEnum):
    """诉求类型 (揭府办〔2015〕4号 articles 2 and 6)."""

    CONSULTATION = "咨询"
    HELP = "求助"
    SUGGESTION = "建议"
    COMPLAINT = "投诉"
    REPORT = "举报"
    RIGHTS = "维权"


class Step(StrEnum):
    """What there is a term for."""

    CONTACT = "contact"
    """首次沟通: the unit speaks with the citizen."""
    ANSWER = "answer"
    """办结答复."""
    RETURN = "return"
    """退单: the unit says that the matter is not its own."""
    FEEDBACK = "feedback"
    """反馈备案: the closed order goes back to the hotline."""
    CALLBACK = "callback"
    """回访."""
    INSPECTION = "inspection"
    """移交监察: counted from the end of the term that was missed."""
    KNOWLEDGE = "knowledge"
    """知识审核."""


STEP_WORDS: Final = {
    Step.CONTACT: "首次沟通",
    Step.ANSWER: "办结答复",
    Step.RETURN: "退单",
    Step.FEEDBACK: "反馈备案",
    Step.CALLBACK: "回访",
    Step.INSPECTION: "移交监察",
    Step.KNOWLEDGE: "知识审核",
}


@dataclass(frozen=True, kw_only=True)
class Term:
    """One line of a rule set. `appeals` empty: of every type. `chosen`: why, where the text leaves it open."""

    step: Step
    working_days: int
    appeals: frozenset[Appeal] = frozenset()
    article: str = ""
    chosen: str = ""

    def __post_init__(self) -> None:
        if self.working_days < 0:
            raise MalformedInput(f"{self.step}: {self.working_days} 个工作日 is less than none; give 0 or more")


@dataclass(frozen=True, kw_only=True)
class RuleSet:
    """一套规定, in force from `since` on. Two lines for one step and type are refused: nobody could tell which one holds."""

    name: str
    title: str
    document: str
    since: date
    terms: tuple[Term, ...]

    def __post_init__(self) -> None:
        seen: set[tuple[Step, Appeal]] = set()
        for term in self.terms:
            mine = {(term.step, appeal) for appeal in (term.appeals or Appeal)}
            if both := sorted(appeal for _, appeal in mine & seen):
                raise MalformedInput(f"{self.name}: {STEP_WORDS[term.step]}（{'、'.join(both)}）写了两次 has two terms; keep one")
            seen |= mine

    def term(self, step: Step, appeal: Appeal) -> Term | None:
        """What this set says about it, if anything."""
        return next((term for term in self.terms if term.step is step and appeal in (term.appeals or Appeal)), None)


@dataclass(frozen=True, kw_only=True)
class Due:
    """By when. `until` is the first moment that is too late; `why` is for the citizen, the clerk and the record.

    `provisional`: the holidays of some year in between were not announced yet; reckon again when they are.
    """

    until: datetime
    provisional: bool
    rules: str
    why: str

    @property
    def last_day(self) -> date:
        """到期日: the last day, of China, on which it is in time."""
        return (self.until - timedelta(microseconds=1)).astimezone(CHINA).date()


def due(step: Step, appeal: Appeal, began: datetime, *, follow: Sequence[RuleSet], calendar: WorkCalendar) -> Due:
    """The end of the term that began at this moment, by the first set of `follow` that is in force then and speaks about it.

    Raises `MalformedInput` when none does: the list of a city must end with a complete set.
    """
    day = began.astimezone(CHINA).date()
    rules, term = _holding(step, appeal, day, follow)
    last = _end(day, term.working_days, calendar)
    why = "".join(_why(term, rules, day, last, calendar, appeal))
    return Due(until=midnight_after(last), provisional=not _known(day, last, calendar), rules=rules.name, why=why)


def by_order(until: datetime, *, order: str) -> Due:
    """急办: the order itself says when (article 20, second paragraph)."""
    return Due(until=until, provisional=False, rules="", why=f"急办事项，办结期限按交办件{order}的规定（揭府办〔2015〕4号 第二十条第二款）")


def _holding(step: Step, appeal: Appeal, day: date, follow: Sequence[RuleSet]) -> tuple[RuleSet, Term]:
    for rules in follow:
        term = rules.term(step, appeal)
        if term is not None and rules.since <= day:
            return rules, term
    raise MalformedInput(
        f"{day}: 没有规定{appeal}的{STEP_WORDS[step]}时限 no rule set has a term for it; add a complete one to the end of the list"
    )


def _end(day: date, count: int, calendar: WorkCalendar) -> date:
    if count:
        return calendar.add_working_days(day, count)
    return day if calendar.is_workday(day) else calendar.add_working_days(day, 1)


def _known(first: date, last: date, calendar: WorkCalendar) -> bool:
    return all(calendar.knows(date(year, 1, 1)) for year in range(first.year, last.year + 1))


def _why(term: Term, rules: RuleSet, day: date, last: date, calendar: WorkCalendar, appeal: Appeal) -> Iterator[str]:
    count = f"{term.working_days}个工作日" if term.working_days else "当天"
    article = f" 第{term.article}条" if term.article else ""
    yield f"{appeal}，{STEP_WORDS[term.step]}{count}（《{rules.title}》{rules.document}{article}）"
    if term.chosen:
        yield f"；{term.chosen}"
    yield f"；{_said(day)}起，次日起算，至{_said(last)}24时" if term.working_days else f"；至{_said(last)}24时"
    if names := _holidays_between(day, last, calendar):
        yield f"；其间{'、'.join(names)}放假不计"
    if not _known(day, last, calendar):
        unknown = next(year for year in range(day.year, last.year + 1) if not calendar.knows(date(year, 1, 1)))
        yield f"；{unknown}年放假安排尚未公布，先按法定节假日暂算，公布后重算"


def _holidays_between(first: date, last: date, calendar: WorkCalendar) -> list[str]:
    days = (first + timedelta(days=count) for count in range(1, (last - first).days + 1))
    return list(dict.fromkeys(holiday.name for each in days if (holiday := calendar.holiday_on(each))))


def _said(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
