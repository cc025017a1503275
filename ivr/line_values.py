"""The single values of a line.toml: each reader takes a place and what TOML gave, and returns what the plan wants.

Raises `Wrong`, which says what is wrong and what to write instead, in plain Chinese.
"""

import difflib
import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Final

from ivr.line_places import Place
from ivr.line_plan import EVERY_DAY, NAMED, Kind, Target

NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")
SKILL: Final = re.compile(r"[A-Za-z0-9_.-]{1,40}")
VERSION: Final = re.compile(r"[A-Za-z0-9_.-]{1,40}")
NUMBER: Final = re.compile(r"[0-9]{3,12}")
TAG: Final = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
_PROMPT = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_WEEK = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}


class Wrong(Exception):
    """A value cannot be read: what is wrong, and the fix."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


def read_text(place: Place, raw: object) -> str:
    """Words, without blanks around them."""
    if not isinstance(raw, str) or not raw.strip():
        raise Wrong(f"{place[-1]} 应当是文字", f'写成 {place[-1]} = "文字"')
    return raw.strip()


def matching(form: re.Pattern[str], fix: str) -> Callable[[Place, object], str]:
    """Words of one form, else `fix` is what to do."""

    def read(place: Place, raw: object) -> str:
        text = read_text(place, raw)
        if not form.fullmatch(text):
            raise Wrong(f"{place[-1]} = “{text}” 写法不对", fix)
        return text

    return read


def read_prompts(place: Place, raw: object) -> tuple[str, ...]:
    """One prompt key or a list of them."""
    keys = [raw] if isinstance(raw, str) else raw
    if not isinstance(keys, list) or not keys or not all(isinstance(key, str) for key in keys):
        raise Wrong(f"{place[-1]} 没有提示音", f'写成 {place[-1]} = ["提示音名"]')
    wrong = [key for key in keys if not _PROMPT.fullmatch(key)]
    if wrong:
        raise Wrong(f"提示音名 “{wrong[0]}” 写法不对", "提示音名只用小写字母、数字和 -，要说的话写在提示音目录里")
    return tuple(keys)


def read_target(place: Place, raw: object) -> Target:
    """`kind` or `kind:name`."""
    kind, colon, name = read_text(place, raw).partition(":")
    allowed = list(Kind)
    if kind not in allowed:
        near = difflib.get_close_matches(kind, allowed, n=1)
        raise Wrong(f"去处 “{raw}” 不认识", f"是不是想写 {near[0]}" if near else f"去处以这些词开头：{'、'.join(allowed)}")
    if Kind(kind) in NAMED and not NAME.fullmatch(name):
        raise Wrong(f"去处 “{raw}” 没有说清是哪一个", f'写成 "{kind}:名字"，名字用小写字母、数字和 -')
    if kind == Kind.HUMAN and colon and not SKILL.fullmatch(name):
        raise Wrong(f"去处 “{raw}” 的技能写法不对", '写成 "human" 或 "human:技能"，技能只用字母、数字和 -')
    if Kind(kind) not in NAMED and kind != Kind.HUMAN and colon:
        raise Wrong(f"{kind} 后面不跟名字", f'写成 "{kind}"')
    return Target(kind=Kind(kind), name=name)


def number_between(low: float, high: float) -> Callable[[Place, object], float]:
    """A number within these bounds, which both count."""

    def read(place: Place, raw: object) -> float:
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            raise Wrong(f"{place[-1]} 应当是数", f"写 {low:g} 到 {high:g} 之间的数，不加引号")
        if not low <= raw <= high:
            raise Wrong(f"{place[-1]} = {raw} 超出范围", f"写 {low:g} 到 {high:g} 之间的数，不加引号")
        return raw

    return read


def whole_between(low: int, high: int) -> Callable[[Place, object], int]:
    """A whole number within these bounds."""
    between = number_between(low, high)

    def read(place: Place, raw: object) -> int:
        if isinstance(raw, float):
            raise Wrong(f"{place[-1]} = {raw} 不是整数", f"写 {low} 到 {high} 之间的整数")
        return int(between(place, raw))

    return read


def read_moment(place: Place, raw: object) -> datetime:
    """A date with its time on China's wall clock, without a zone."""
    if not isinstance(raw, datetime):
        raise Wrong(f"{place[-1]} 应当是日期和时间", f"写成 {place[-1]} = 2026-09-01T18:00:00，不加引号")
    if raw.tzinfo is not None:
        raise Wrong(f"{place[-1]} 带了时区", "一律写北京时间，去掉后面的 Z 或 +08:00")
    return raw


def read_day(place: Place, raw: object) -> date:
    """A date."""
    if not isinstance(raw, date) or isinstance(raw, datetime):
        raise Wrong(f"{place[-1]} 应当是日期", f"写成 {place[-1]} = 2026-02-15，不加引号")
    return raw


def read_days(place: Place, raw: object) -> frozenset[date]:
    """A list of dates."""
    if not isinstance(raw, list):
        raise Wrong(f"{place[-1]} 应当是一列日期", f"写成 {place[-1]} = [2026-02-14, 2026-02-28]，不加引号")
    return frozenset(read_day(place, one) for one in raw)


def read_clock(place: Place, raw: object) -> time:
    """A time of day."""
    if not isinstance(raw, time):
        raise Wrong(f"{place[-1]} 应当是时刻", f"写成 {place[-1]} = 08:30:00，不加引号")
    return raw


def read_steps(place: Place, raw: object) -> tuple[str, ...]:
    """The steps of a rehearsal, blanks made single."""
    if not isinstance(raw, list) or not raw or not all(isinstance(step, str) and step.strip() for step in raw):
        raise Wrong(f"{place[-1]} 应当是一列步骤", '写成 steps = ["听到 greeting", "按 3", "转人工"]')
    return tuple(" ".join(step.split()) for step in raw)


def read_weekdays(_place: Place, raw: object) -> frozenset[int] | str:
    """`every-day`, `workdays` or the days of the week (0 = Monday)."""
    if raw == "every-day":
        return EVERY_DAY
    if raw == "workdays":
        return "workdays"
    if isinstance(raw, list) and raw and all(isinstance(day, str) and day in _WEEK for day in raw):
        return frozenset(_WEEK[day] for day in raw)
    raise Wrong("days 的写法不认识", '写 "every-day"（每天）、"workdays"（工作日，含调休）或 ["mon", "tue", …]')
