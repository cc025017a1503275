"""Single values of a line.toml."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest

from ivr.line_plan import EVERY_DAY, HUMAN, Kind, Target
from ivr.line_values import (
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

HERE = ("menu", "main", "x")
NOON = datetime(2026, 9, 1, 12)  # noqa: DTZ001 - as TOML gives it: China's wall clock


@pytest.mark.parametrize(
    ("read", "raw", "value"),
    [
        (read_text, " 夜间 ", "夜间"),
        (matching(re.compile("[a-z]+"), "小写"), "abc", "abc"),
        (read_prompts, "greeting", ("greeting",)),
        (read_prompts, ["greeting", "goodbye"], ("greeting", "goodbye")),
        (read_target, "human", HUMAN),
        (read_target, "human:teochew", Target(kind=Kind.HUMAN, name="teochew")),
        (read_target, "menu:night", Target(kind=Kind.MENU, name="night")),
        (read_target, "again", Target(kind=Kind.AGAIN)),
        (number_between(1, 20), 2.5, 2.5),
        (whole_between(1, 5), 3, 3),
        (read_moment, NOON, NOON),
        (read_day, date(2026, 9, 1), date(2026, 9, 1)),
        (read_days, [date(2026, 9, 1)], frozenset({date(2026, 9, 1)})),
        (read_clock, time(8), time(8)),
        (read_steps, ["听到  greeting ", "按 3"], ("听到 greeting", "按 3")),
        (read_weekdays, "every-day", EVERY_DAY),
        (read_weekdays, "workdays", "workdays"),
        (read_weekdays, ["mon", "sun"], frozenset({0, 6})),
    ],
)
def test_a_value_is_read(read: Callable[[object, object], object], raw: object, value: object) -> None:
    assert read(HERE, raw) == value


@pytest.mark.parametrize(
    ("read", "raw", "fix"),
    [
        (read_text, 1, "文字"),
        (read_text, "  ", "文字"),
        (matching(re.compile("[a-z]+"), "小写"), "ABC", "小写"),
        (read_prompts, [], "提示音名"),
        (read_prompts, [1], "提示音名"),
        (read_prompts, "你好", "目录"),
        (read_target, "menue:x", "menu"),
        (read_target, "menu:", "名字"),
        (read_target, "menu:夜间", "名字"),
        (read_target, "human:", "技能"),
        (read_target, "again:x", "again"),
        (read_target, "emergency", "human"),
        (number_between(1, 20), True, "不加引号"),
        (number_between(1, 20), 21, "1 到 20"),
        (number_between(1, 20), float("nan"), "1 到 20"),
        (whole_between(1, 5), 2.5, "整数"),
        (read_moment, date(2026, 9, 1), "不加引号"),
        (read_moment, NOON.replace(tzinfo=UTC), "北京时间"),
        (read_day, NOON, "2026-02-15"),
        (read_days, "2026-02-15", "不加引号"),
        (read_days, ["2026-02-15"], "不加引号"),
        (read_clock, "08:00", "不加引号"),
        (read_steps, [], "steps"),
        (read_steps, ["听到 greeting", " "], "steps"),
        (read_weekdays, "weekdays", "workdays"),
        (read_weekdays, ["monday"], "mon"),
        (read_weekdays, [["mon"]], "mon"),
    ],
)
def test_a_wrong_value_says_what_to_write(read: Callable[[object, object], object], raw: object, fix: str) -> None:
    with pytest.raises(Wrong) as wrong:
        read(HERE, raw)
    assert fix in wrong.value.fix
