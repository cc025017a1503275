"""line.toml → plan. Reads value by value and goes on after a mistake, so that the staff see all findings at once, each with its line.

Whether the parts fit together (targets, prompts, ways out) is judged afterwards, by line_check.py.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from types import MappingProxyType
from typing import Any, Final

from hotline.workdays import Holiday
from ivr.line_fields import Field, Named, Table, TableReader, Tables
from ivr.line_findings import Finding, findings
from ivr.line_places import Place, Places
from ivr.line_plan import (
    EVERY_DAY,
    MOST_TIMEOUT_S,
    MOST_TRIES,
    Hours,
    InfoPlan,
    Key,
    LanguagePlan,
    MenuPlan,
    MessagePlan,
    NumberPlan,
    Rehearsal,
    Season,
    StaffPlan,
    Surge,
    SurveyPlan,
)
from ivr.line_values import (
    NAME,
    NUMBER,
    SKILL,
    TAG,
    VERSION,
    Wrong,
    matching,
    number_between,
    read_clock,
    read_day,
    read_days,
    read_moment,
    read_prompts,
    read_steps,
    read_target,
    read_text,
    read_weekdays,
    whole_between,
)

MOST_BYTES: Final = 200_000
_LINE_IN_MESSAGE = re.compile(r"at line (\d+), column \d+")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """`plan` is there when the file could be read without a flaw."""

    plan: StaffPlan | None
    findings: tuple[Finding, ...]
    places: Places


def read_line_plan(text: str) -> Reading:
    """Read a line.toml. Never raises: what is wrong stands in `findings`."""
    if len(text.encode()) > MOST_BYTES:
        what, fix = f"文件大于 {MOST_BYTES // 1000} KB", "一条热线用不着这么大的文件，请检查是不是放错了文件"
        return Reading(plan=None, findings=(Finding(line=0, what=what, fix=fix),), places=Places(""))
    places = Places(text)
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Reading(plan=None, findings=(_not_toml(str(error), text),), places=places)
    reader = TableReader()
    plan = reader.made(StaffPlan, (), tree, _FILE)
    return Reading(plan=plan, findings=findings(reader.flaws, places), places=places)


def _not_toml(message: str, text: str) -> Finding:
    found = _LINE_IN_MESSAGE.search(message)
    line = int(found[1]) if found else len(text.splitlines())
    for word, what, fix in _TOML_WORDS:
        if word in message:
            return Finding(line=line, what=what, fix=fix)
    return Finding(line=line, what="TOML 语法不对", fix="检查这一行（或上一行）的引号、逗号、括号是否成对，等号两边是否都有内容")


_TOML_WORDS: Final = (
    ("overwrite", "同一个名字写了两次", "留下一个，把另一个改名或删去"),
    ("Cannot declare", "同一张表写了两次", "留下一个，把另一个改名或删去"),
    ("Invalid date", "日期或时间不存在", "写成 2026-02-15 或 2026-02-15T08:00:00，并核对日历"),
    ("Invalid statement", "这一行开头不认识", "每行写成 名字 = 值；名字照随附的 config/line.toml，不写中文"),
    ("after a key", "名字后面没有等号，或名字里有空格、中文", "写成 名字 = 值；名字只用字母、数字和 -，中文要加引号"),
)


# ── values made of several fields ────────────────────────────────────────────────────────────────


def _hours(*, label: str, opens: time, closes: time, days: frozenset[int] | str = EVERY_DAY) -> Hours:
    if isinstance(days, str):
        return Hours(label=label, opens=opens, closes=closes, workdays_only=True)
    return Hours(label=label, opens=opens, closes=closes, days=days)


def _season(*, name: str, first: date, last: date, greeting: tuple[str, ...]) -> Season:
    return Season(days=_holiday(name=name, first=first, last=last), greeting=greeting)


def _holiday(*, name: str, first: date, last: date) -> Holiday:
    if last < first:
        raise Wrong(f"“{name}”的最后一天 {last} 早于第一天 {first}", "对调 first 和 last，或改正日期")
    return Holiday(name=name, first=first, last=last)


def _number_plans(reader: TableReader, place: Place, raw: object) -> Mapping[str, NumberPlan]:
    plans = _NUMBERS(reader, place, raw)
    return MappingProxyType({number: NumberPlan(number=number, **plan) for number, plan in plans.items()})


# ── the tables of the file ───────────────────────────────────────────────────────────────────────

_NAMES = "名字用小写字母开头，只含小写字母、数字和 -"
_LABEL = Field(value=read_text, needed=True, example='"名称"')
_SAYS = Field(value=read_prompts, needed=True, example='["提示音名"]')
_SOME = Field(value=read_prompts)
_TO = Field(value=read_target)
_DAY = Field(value=read_day, needed=True, example="2026-02-15")
_MOMENT = Field(value=read_moment, needed=True, example="2026-09-01T18:00:00")

_KEYS = Named(
    of=Table(make=Key, fields={"label": _LABEL, "to": Field(value=read_target, needed=True, example='"human"'), "says": _SOME}),
    names=re.compile(r".{1,8}"),
    fix="按键写一位数字",
)
_MENU = Table(
    make=MenuPlan,
    fields={
        "label": _LABEL,
        "prompts": _SAYS,
        "slow": _SOME,
        "wrong": _SOME,
        "still_there": _SOME,
        "silence": _TO,
        "gave_up": _TO,
        "tries": Field(value=whole_between(1, MOST_TRIES)),
        "timeout_s": Field(value=number_between(1, MOST_TIMEOUT_S)),
        "keys": Field(table=_KEYS, needed=True),
    },
)
_INFO = Table(make=InfoPlan, fields={"label": _LABEL, "prompts": _SAYS, "then": Field(value=read_target, needed=True, example='"human"')})
_MESSAGE = Table(
    make=MessagePlan,
    fields={"label": _LABEL, "prompts": _SAYS, "thanks": _SAYS, "most_s": Field(value=whole_between(10, 600))},
)
_LANGUAGE = Table(
    make=LanguagePlan,
    fields={
        "label": _LABEL,
        "tag": Field(value=matching(TAG, "写成 zh_CN、nan_CN（潮汕话）或 en"), needed=True, example='"nan_CN"'),
        "skill": Field(value=matching(SKILL, "技能只用字母、数字和 -")),
        "prompts": _SOME,
        "then": _TO,
    },
)
_GRADES = Named(of=lambda _reader, place, raw: read_text(place, raw), names=re.compile(r"[1-9]"), fix="评分键写 1 到 9 的一位数字")
_SURVEY = Table(make=SurveyPlan, fields={"label": _LABEL, "prompts": _SAYS, "thanks": _SAYS, "grades": Field(table=_GRADES, needed=True)})
_HOURS = Table(
    make=_hours,
    fields={
        "label": _LABEL,
        "opens": Field(value=read_clock, needed=True, example="08:00:00"),
        "closes": Field(value=read_clock, needed=True, example="22:00:00"),
        "days": Field(value=read_weekdays),
    },
)
_HOLIDAY = Table(make=_holiday, fields={"name": _LABEL, "first": _DAY, "last": _DAY})
_SEASON = Table(make=_season, fields={**_HOLIDAY.fields, "greeting": _SAYS})
_SURGE = Table(
    make=Surge,
    fields={
        "label": _LABEL,
        "prompts": _SAYS,
        "from": Field(value=read_moment, name="first", needed=True, example="2026-09-01T18:00:00"),
        "to": Field(value=read_moment, name="last", needed=True, example="2026-09-02T12:00:00"),
    },
)
_REHEARSAL = Table(
    make=Rehearsal,
    fields={
        "name": _LABEL,
        "number": Field(value=matching(NUMBER, "写被叫号码，例如 12345"), needed=True, example='"12345"'),
        "at": _MOMENT,
        "caller": Field(value=matching(NUMBER, "写一个试验号码，例如 19900000001")),
        "steps": Field(value=read_steps, needed=True, example='["听到 greeting", "转人工"]'),
    },
)
_NUMBERS: Named[dict[str, Any]] = Named(
    of=Table(
        make=dict,
        fields={
            "name": _LABEL,
            "greeting": _SOME,
            "recording_notice": _SOME,
            "connecting": _SOME,
            "start": _TO,
            "hours": Field(value=matching(NAME, _NAMES)),
            "outside": _TO,
            "on_holiday": _TO,
            "after_call": _TO,
            "surge": Field(table=Tables(of=_SURGE), name="surges"),
            "season": Field(table=Tables(of=_SEASON), name="seasons"),
        },
    ),
    names=NUMBER,
    fix="写 3 到 12 位的被叫号码",
)
_FILE: Final = {
    "version": Field(value=matching(VERSION, "只用字母、数字、点和 -，例如 2026.1"), needed=True, example='"2026.1"'),
    "number": Field(table=_number_plans, name="numbers", needed=True, example=".12345"),
    "menu": Field(table=Named(of=_MENU, names=NAME, fix=_NAMES), name="menus"),
    "info": Field(table=Named(of=_INFO, names=NAME, fix=_NAMES), name="infos"),
    "message": Field(table=Named(of=_MESSAGE, names=NAME, fix=_NAMES), name="messages"),
    "language": Field(table=Named(of=_LANGUAGE, names=NAME, fix=_NAMES), name="languages"),
    "survey": Field(table=Named(of=_SURVEY, names=NAME, fix=_NAMES), name="surveys"),
    "hours": Field(table=Named(of=_HOURS, names=NAME, fix=_NAMES)),
    "holiday": Field(table=Tables(of=_HOLIDAY), name="holidays"),
    "workdays": Field(value=read_days, name="made_up"),
    "rehearsal": Field(table=Tables(of=_REHEARSAL), name="rehearsals"),
}
