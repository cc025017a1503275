"""Numbers said right, against a table that a person wrote (tests/golden/numbers.tsv)."""

from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.errors import MalformedInput
from ivr.numbers_zh import (
    FRAGMENTS,
    LARGEST,
    Spoken,
    clock,
    count,
    day,
    decimal,
    digits,
    duration,
    number,
    order,
    percent,
    telephone,
    text_of,
    ticket,
)

TABLE = Path(__file__).resolve().parents[1] / "golden" / "numbers.tsv"
CASES = [tuple(line.split("\t")) for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
SAY: dict[str, Callable[[str], Spoken]] = {
    "number": lambda value: number(int(value)),
    "count": lambda value: count(int(value), "unit-person"),
    "order": lambda value: order(int(value)),
    "digits": digits,
    "telephone": telephone,
    "ticket": ticket,
    "duration": lambda value: duration(int(value)),
    "clock": lambda value: clock(time.fromisoformat(value)),
    "day": lambda value: day(date.fromisoformat(value)),
    "year": lambda value: day(date.fromisoformat(value), year=True),
    "weekday": lambda value: day(date.fromisoformat(value), weekday=True),
    "decimal": decimal,
    "percent": percent,
    "workdays": lambda value: count(int(value), "unit-workday"),
    "items": lambda value: count(int(value), "unit-item"),
    "times": lambda value: count(int(value), "unit-time"),
    "days": lambda value: count(int(value), "unit-day"),
    "yuan": lambda value: count(int(value), "unit-yuan"),
}
VALUES = {**{digit: value for value, digit in enumerate("零一二三四五六七八九")}, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}


def understood(text: str) -> int:
    """What a listener makes of a number: an ear of its own, not the code under test turned round."""
    whole, section, digit = 0, 0, 0
    for word in text:
        if word in VALUES:
            digit = VALUES[word]
        elif word in UNITS:
            section, digit = section + (digit or 1) * UNITS[word], 0
        else:
            size = 10**4 if word == "万" else 10**8
            whole, section, digit = (whole + section + digit) * size if size == 10**8 else whole + (section + digit) * size, 0, 0
    return whole + section + digit


def test_the_table_has_two_hundred_cases() -> None:
    assert len(CASES) >= 200
    assert len({case[:2] for case in CASES}) == len(CASES)


@pytest.mark.parametrize(("kind", "value", "words"), CASES)
def test_it_is_said_as_people_say_it(kind: str, value: str, words: str) -> None:
    assert text_of(SAY[kind](value)) == words


@given(st.integers(min_value=0, max_value=LARGEST))
def test_a_listener_understands_every_number(value: int) -> None:
    text = text_of(number(value))
    assert understood(text) == value
    assert "零零" not in text
    assert "两十" not in text


@given(st.integers(min_value=1, max_value=99_999))
def test_order_never_says_liang(value: int) -> None:
    assert "两" not in text_of(order(value))


@given(st.text("0123456789", min_size=1, max_size=30))
def test_no_digit_is_lost_in_groups(value: str) -> None:
    for say in (digits, ticket, telephone):
        assert [key.removeprefix("digit-") for key in say(value) if key != "pause"] == list(value)


@given(st.times())
def test_every_minute_of_the_day_can_be_said(at: time) -> None:
    assert set(clock(at)) <= FRAGMENTS.keys()


@pytest.mark.parametrize(
    "say",
    [
        lambda: number(LARGEST + 1),
        lambda: order(0),
        lambda: digits("12a"),
        lambda: digits("１２"),
        lambda: digits(""),
        lambda: telephone("0663-000"),
        lambda: duration(-1),
    ],
)
def test_what_cannot_be_said_is_refused(say: Callable[[], Spoken]) -> None:
    with pytest.raises(MalformedInput):
        say()


def test_the_studio_has_a_bounded_list_to_record() -> None:
    assert 100 < len(FRAGMENTS) < 160
    assert all(FRAGMENTS.values())
