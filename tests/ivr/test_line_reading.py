"""line.toml → plan."""

from datetime import date, datetime, time

from hotline.workdays import Holiday
from ivr.line_plan import HUMAN, Kind, Target
from ivr.line_reading import read_line_plan
from tests.ivr.lines import SHIPPED, SMALL

FULL = (
    SMALL
    + """
[[number.12345.surge]]
label = "台风"
prompts = "surge-typhoon"
from = 2026-09-01T08:00:00
to = 2026-09-02T08:00:00
[hours.office]
label = "办公"
days = "workdays"
opens = 08:30:00
closes = 17:30:00
[hours.weekend]
label = "周末"
days = ["sat", "sun"]
opens = 08:30:00
closes = 17:30:00
[[holiday]]
name = "民俗节"
first = 2026-03-03
last = 2026-03-04
"""
)


def test_what_is_left_out_has_its_default() -> None:
    plan = read_line_plan(SMALL).plan
    assert plan is not None
    number = plan.numbers["12345"]
    assert (number.greeting, number.recording_notice, number.start) == (("greeting",), ("recording-notice",), HUMAN)


def test_every_kind_of_table_is_read() -> None:
    plan = read_line_plan(FULL).plan
    assert plan is not None
    assert plan.numbers["12345"].surges[0].first == datetime(2026, 9, 1, 8)  # noqa: DTZ001 - China's wall clock
    assert plan.hours["office"].workdays_only
    assert plan.hours["weekend"].days == {5, 6}
    assert plan.hours["weekend"].opens == time(8, 30)
    assert plan.holidays == (Holiday(name="民俗节", first=date(2026, 3, 3), last=date(2026, 3, 4)),)


def test_the_shipped_plan_is_read_whole() -> None:
    reading = read_line_plan(SHIPPED)
    assert reading.findings == ()
    assert reading.plan is not None
    assert reading.plan.menus["main"].keys["7"].to == Target(kind=Kind.LANGUAGE, name="teochew")
    assert reading.plan.messages["night"].most_s == 120
    assert reading.plan.surveys["service"].grades == {"1": "满意", "2": "基本满意", "3": "不满意"}
    assert reading.plan.languages["english"].tag == "en"
    assert reading.plan.version == "2026.1"


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    text = SHIPPED.replace("timeout_s = 3", 'timeout_s = "3"').replace('to = "again"', 'to = "agian"')
    assert len(read_line_plan(text).findings) == 5


def test_a_huge_file_is_not_even_read() -> None:
    assert "200 KB" in str(read_line_plan("#" * 200_001).findings[0])


def test_a_file_that_is_no_toml_has_the_line() -> None:
    assert read_line_plan('version = "1"\nname = \n').findings[0].line == 2
    assert read_line_plan('version = "1').findings[0].line == 1
