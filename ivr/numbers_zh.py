"""Numbers as Mandarin says them, in prompt keys: 两/二, 幺, 第几位, minutes, clock, dates. `text_of` gives the words of the same keys.

| where                                   | 2 is                                      | 1 is |
|-----------------------------------------|-------------------------------------------|------|
| counting (两位, 两分钟, 两点)            | 两 alone, and at the head of 百 千 万 亿   | 一   |
| inside a number (十二, 二十, 一万二千)   | 二                                        | 一   |
| order (第二位), dates, decimals          | 二                                        | 一   |
| digit by digit (telephones, tickets)    | 二                                        | 幺   |
| years (二零二六年)                       | 二                                        | 一   |

0 to 99 are recorded whole, for a number made of single digits sounds like a machine; what is larger is put together.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from hotline.errors import MalformedInput

Spoken = tuple[str, ...]
"""Prompt keys, in the order in which they are said."""
LARGEST: Final = 10**12 - 1
_DIGITS = "零一二三四五六七八九"
_PAUSE = "pause"
_LIANG = "number-liang"
_UNITS = ((10**8, "number-yi"), (10**4, "number-wan"))
_PARTS_OF_DAY = (
    (6, "clock-small-hours"),
    (9, "clock-early"),
    (12, "clock-morning"),
    (13, "clock-noon"),
    (18, "clock-afternoon"),
    (24, "clock-evening"),
)


def _below_hundred(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def _fragments() -> Iterator[tuple[str, str]]:
    yield from ((f"number-{number}", _below_hundred(number)) for number in range(100))
    yield from ((f"digit-{digit}", "幺" if digit == 1 else _DIGITS[digit]) for digit in range(10))
    yield from zip((_LIANG, "number-hundred", "number-thousand", "number-wan", "number-yi"), "两百千万亿", strict=True)
    yield from (("number-point", "点"), ("number-minus", "负"), ("number-percent", "百分之"), ("order", "第"), (_PAUSE, "，"))
    yield from (("unit-person", "位"), ("unit-second", "秒"), ("unit-minute", "分钟"), ("unit-hour", "小时"), ("unit-day", "天"))
    yield from (("unit-yuan", "元"), ("unit-item", "件"), ("unit-time", "次"), ("unit-workday", "个工作日"))
    yield from (("date-year", "年"), ("date-month", "月"), ("date-day", "日"), ("clock-point", "点"), ("clock-half", "半"))
    yield from (("clock-minute", "分"), ("clock-zero", "零"))
    words = ("凌晨", "早上", "上午", "中午", "下午", "晚上")
    yield from ((key, word) for (_, key), word in zip(_PARTS_OF_DAY, words, strict=True))
    yield from ((f"week-{day}", f"星期{'一二三四五六日'[day]}") for day in range(7))


FRAGMENTS: Final[Mapping[str, str]] = MappingProxyType(dict(_fragments()))
"""Every key that these functions may say → its words: what the studio records, and what belongs into the prompt catalogue."""


def text_of(keys: Iterable[str]) -> str:
    """The words of these keys."""
    return "".join(FRAGMENTS[key] for key in keys)


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────


def number(value: int) -> Spoken:
    """基数 as it is read by itself: 二, 十二, 一百零二, 两千零二. Raises `MalformedInput` beyond ±10¹² - 1."""
    if abs(value) > LARGEST:
        raise MalformedInput(f"{value}: more than a citizen can follow; say at most {LARGEST}")
    if value < 0:
        return ("number-minus", *number(-value))
    return tuple(_whole(value))


def count(value: int, unit: str) -> Spoken:
    """How many of something: 两位, 十二件, 两百天. `unit` is a key (`unit-person`)."""
    return (*((_LIANG,) if value == 2 else number(value)), unit)


def order(value: int, unit: str = "unit-person") -> Spoken:
    """第几位: 第二位, 第十二位, never 第两位. Order begins with 1."""
    if value < 1:
        raise MalformedInput(f"{value}: the first is 1")
    return ("order", *_ordinal(value), unit)


def decimal(value: str) -> Spoken:
    """零点二, 十二点零五: what follows the point is said digit by digit, as 一, not 幺."""
    whole, _, rest = format(Decimal(value), "f").partition(".")
    sign = ("number-minus",) if whole.startswith("-") and not int(whole) else ()
    spoken = (*sign, *number(int(whole)))
    return (*spoken, "number-point", *(f"number-{digit}" for digit in rest)) if rest else spoken


def percent(value: str) -> Spoken:
    """百分之九十九点五."""
    return ("number-percent", *decimal(value))


def _whole(value: int, *, head: bool = True) -> Iterator[str]:
    """Sections of four digits; 零 stands where a section or a place in it is skipped."""
    for size, unit in _UNITS:
        if value >= size:
            front, value = divmod(value, size)
            yield from (_LIANG,) if front == 2 and head else _section(front, head=head)
            yield unit
            if not value:
                return
            if value < size // 10:
                yield "number-0"
            head = False
    yield from _section(value, head=head)


def _section(value: int, *, head: bool) -> Iterator[str]:
    """0 to 9999. 二 at the head of 千 and 百 is 两; 10 to 19 inside a larger number are 一十…, so nobody mishears 一百十."""
    inside, rest = not head, value
    for size, unit in ((1000, "number-thousand"), (100, "number-hundred")):
        digit, rest = divmod(rest, size)
        if digit:
            yield _LIANG if digit == 2 and not inside else f"number-{digit}"
            yield unit
            inside = True
            if rest and rest < size // 10:
                yield "number-0"
    if rest or value == 0:
        if inside and 10 <= rest < 20:
            yield "number-1"
        yield f"number-{rest}"


def _ordinal(value: int) -> Iterator[str]:
    """As a number, but 二百 and 二千 at the head: 第二百位."""
    return (f"number-{2}" if key == _LIANG else key for key in _whole(value))


# ── digit by digit ───────────────────────────────────────────────────────────────────────────────


def digits(value: str) -> Spoken:
    """Digit by digit, 幺 for 1: 12345 幺二三四五. Raises `MalformedInput` on anything but digits."""
    if not value.isascii() or not value.isdigit():
        raise MalformedInput("only digits can be said digit by digit")
    return tuple(f"digit-{digit}" for digit in value)


def telephone(value: str) -> Spoken:
    """A telephone number in groups, as people tell it: mobiles 3-4-4, landlines behind their area code, with a short pause between."""
    return _grouped(value, _telephone_groups(value))


def ticket(value: str) -> Spoken:
    """A ticket number in groups of four; a last group is never one digit alone."""
    sizes = [4] * (len(value) // 4)
    left = len(value) % 4
    if left == 1 and sizes:
        sizes[-1:] = [3, 2]
    elif left:
        sizes.append(left)
    return _grouped(value, sizes)


def _telephone_groups(value: str) -> list[int]:
    if len(value) == 11 and value.startswith("1"):
        return [3, 4, 4]
    if value.startswith(("400", "800")) and len(value) == 10:
        return [3, 3, 4]
    if value.startswith("0") and len(value) >= 10:
        area = 3 if value[1] in "12" else 4
        rest = len(value) - area
        return [area, rest - 4, 4]
    return [4, 4] if len(value) == 8 else [3, 4] if len(value) == 7 else [len(value)]


def _grouped(value: str, sizes: Iterable[int]) -> Spoken:
    spoken: list[str] = []
    start = 0
    for size in sizes:
        spoken += [_PAUSE] * bool(spoken) + list(digits(value[start : start + size]))
        start += size
    return tuple(spoken)


# ── time ─────────────────────────────────────────────────────────────────────────────────────────


def duration(seconds: int) -> Spoken:
    """两分钟, 一分钟三十秒, 一小时零五分钟, 两小时: at most two units, the smaller one only while it matters."""
    if seconds < 0:
        raise MalformedInput(f"{seconds} s: time does not run backwards")
    minutes, left = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        few = ("number-0",) if 0 < minutes < 10 else ()
        return (*count(hours, "unit-hour"), *few, *_in_line(minutes, "unit-minute", few=bool(few)))
    if minutes:
        return (*count(minutes, "unit-minute"), *(_in_line(left, "unit-second") if minutes < 10 else ()))
    return count(seconds, "unit-second")


def _in_line(value: int, unit: str, *, few: bool = False) -> Spoken:
    if not value:
        return ()
    return (*number(value), unit) if few else count(value, unit)


def clock(at: time) -> Spoken:
    """下午两点半, 上午九点零五分, 凌晨零点, 中午十二点十五分: twelve hours with the part of the day. Seconds are left out."""
    part = next(key for end, key in _PARTS_OF_DAY if at.hour < end)
    hour = at.hour - 12 if at.hour > 12 else at.hour
    spoken = (part, _LIANG if hour == 2 else f"number-{hour}", "clock-point")
    if not at.minute:
        return spoken
    if at.minute == 30:
        return (*spoken, "clock-half")
    zero = ("clock-zero",) if at.minute < 10 else ()
    return (*spoken, *zero, f"number-{at.minute}", "clock-minute")


def day(value: date, *, year: bool = False, weekday: bool = False) -> Spoken:
    """二月十二日; with its year 二零二六年二月十二日; with the day of the week 二月十二日星期四."""
    spoken: Spoken = (f"number-{value.month}", "date-month", f"number-{value.day}", "date-day")
    if year:
        spoken = (*(f"number-{digit}" for digit in f"{value.year:04}"), "date-year", *spoken)
    return (*spoken, f"week-{value.weekday()}") if weekday else spoken
