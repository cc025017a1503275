"""What a plan says at a moment: hours, holidays with 调休, greetings of the season, surges."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from hotline.national_days import national
from hotline.workdays import Holiday
from ivr.line_plan import END, HUMAN, Hours, Kind, NumberPlan, Season, StaffPlan, Surge, Target, greeting_of, surge_of

OFFICE = Hours(label="办公", opens=time(8, 30), closes=time(17, 30), workdays_only=True)
NIGHT = Hours(label="夜班", opens=time(22), closes=time(6), days=frozenset({4}))  # from Friday 22:00
OUTSIDE = Target(kind=Kind.MENU, name="night")
FREE = Target(kind=Kind.INFO, name="holiday")
LINE = NumberPlan(number="12345", name="热线", hours="office", outside=OUTSIDE, on_holiday=FREE)
PLAN = StaffPlan(version="1", numbers={"12345": LINE}, hours={"office": OFFICE})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("moment", "start"),
    [
        ("2026-03-03T08:29:59", OUTSIDE),
        ("2026-03-03T08:30:00", HUMAN),
        ("2026-03-03T17:29:59", HUMAN),
        ("2026-03-03T17:30:00", OUTSIDE),
        ("2026-03-07T10:00:00", OUTSIDE),  # a Saturday
        ("2026-02-14T10:00:00", HUMAN),  # a Saturday that is worked
        ("2026-02-17T10:00:00", FREE),  # 春节
        ("2026-09-20T10:00:00", HUMAN),  # a Sunday that is worked
    ],
)
def test_hours_and_holidays_lead_elsewhere(moment: str, start: Target) -> None:
    assert PLAN.start_of(LINE, at(moment)) == start


def test_without_a_clock_it_is_a_working_day() -> None:
    assert PLAN.start_of(LINE, None) == HUMAN


@pytest.mark.parametrize(
    ("moment", "within"),
    [
        ("2026-03-06T21:59:00", False),
        ("2026-03-06T22:00:00", True),
        ("2026-03-07T05:59:00", True),  # still Friday's shift
        ("2026-03-07T06:00:00", False),
        ("2026-03-07T23:00:00", False),
        ("2026-03-06T01:00:00", False),
    ],
)
def test_a_shift_over_midnight_belongs_to_the_day_on_which_it_begins(moment: str, within: bool) -> None:
    assert NIGHT.open_at(at(moment), national()) is within


def test_a_city_may_add_days_of_its_own() -> None:
    typhoon = replace(PLAN, holidays=(Holiday(name="台风停工", first=date(2026, 3, 3), last=date(2026, 3, 3)),))
    assert typhoon.start_of(LINE, at("2026-03-03T10:00:00")) == FREE
    worked = replace(PLAN, made_up=frozenset({date(2026, 3, 7)}))
    assert worked.start_of(LINE, at("2026-03-07T10:00:00")) == HUMAN


def test_a_season_has_its_own_greeting() -> None:
    spring = Season(days=Holiday(name="春节", first=date(2027, 2, 5), last=date(2027, 2, 12)), greeting=("greeting-spring",))
    line = replace(LINE, seasons=(spring,))
    assert greeting_of(line, at("2027-02-12T23:59:59")) == ("greeting-spring",)
    assert greeting_of(line, at("2027-02-13T00:00:00")) == ("greeting",)
    assert greeting_of(line, None) == ("greeting",)


def test_a_surge_is_said_from_its_first_to_its_last_minute() -> None:
    surge = Surge(label="台风", prompts=("surge-typhoon",), first=at("2026-09-01T18:00:00"), last=at("2026-09-02T12:00:00"))
    line = replace(LINE, surges=(surge, replace(surge, prompts=("surge-bus",))))
    assert surge_of(line, at("2026-09-01T17:59:59")) == ()
    assert surge_of(line, at("2026-09-01T18:00:00")) == ("surge-typhoon", "surge-bus")
    assert surge_of(line, at("2026-09-02T12:00:00")) == ()
    assert surge_of(line, None) == ()


def test_a_target_is_written_as_the_staff_write_it() -> None:
    assert [str(OUTSIDE), str(HUMAN), str(END)] == ["menu:night", "human", "end"]
