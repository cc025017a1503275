"""The show is told in the staff's words, line by line, with its moments."""

import io
from datetime import UTC, datetime

import pytest

from app.demo_screen import Line, Screen, draft_rows, farewell, moment, padded, record_rows, width

RECORD = {
    "call": "hl1-1764000000.1",
    "called": "12345",
    "caller": "19900000001",
    "trunk": "telecom",
    "arrived": "2026-11-23T06:00:00Z",
    "ended": "2026-11-23T06:00:42Z",
    "track": [
        {"what": "flow", "name": "welcome"},
        {"what": "prompts", "name": "greeting"},
        {"what": "keys", "name": "menu"},
        {"what": "prompts", "name": "greeting"},
    ],
    "waited_seconds": 3.04,
    "waited_seconds_with_prompts": None,
    "rings": [{"agent": "1001", "outcome": "busy"}, {"agent": "1002", "outcome": "joined"}],
    "joined": [{"agent": "1002", "began": "2026-11-23T06:00:10Z", "ended": "2026-11-23T06:00:40Z", "by": "agent"}],
    "hung_up_by": "us",
    "abandon_stage": "",
    "completeness": "complete",
    "revision": 2,
}


def in_utc(when: datetime) -> datetime:
    return when.astimezone(UTC)


@pytest.mark.parametrize(("seconds", "shown"), [(3.2, "00:03.2"), (0, "00:00.0"), (-1, "00:00.0"), (59.96, "01:00.0"), (125.5, "02:05.5")])
def test_a_moment_is_minutes_seconds_and_a_tenth(seconds: float, shown: str) -> None:
    assert moment(seconds) == shown


def test_a_line_says_when_who_did_what() -> None:
    out = io.StringIO()
    Screen(out, began=100.0, colour=False).show(Line(at=103.2, who="市民", did="听到", what="欢迎词"))
    assert out.getvalue() == "00:03.2  市民  听到  欢迎词\n"


def test_colours_are_only_for_a_terminal() -> None:
    out = io.StringIO()
    Screen(out, began=0, colour=True).verdict(False, "x")
    assert "\x1b[31m✗\x1b[0m" in out.getvalue()


def test_chinese_takes_two_columns() -> None:
    assert width("市民a") == 5
    assert padded("市民", 6) == "市民  "


def test_the_record_is_shown_in_the_staffs_words_without_the_whole_number() -> None:
    rows = record_rows(RECORD, in_utc)
    shown = dict(rows)
    assert shown["被叫 / 主叫"] == "12345 / 199****0001（telecom）"
    assert shown["来电 → 结束"] == "2026-11-23 06:00:00 → 2026-11-23 06:00:42"
    assert shown["语音轨迹"] == "greeting → menu"
    assert shown["等候"] == "3.0 秒（含语音 —）"
    assert shown["振铃"] == "1001 占线，1002 接通"
    assert shown["通话"] == "坐席 1002，30.0 秒，坐席先挂断"
    assert shown["挂断方"] == "系统（礼貌结束）"
    assert not any("19900000001" in value for _, value in rows)


def test_a_draft_is_shown_in_short() -> None:
    draft = {"reference": "draft-1", "channel": "电话", "called": "12345", "contact_phone": "", "received_at": None, "revision": 1}
    assert dict(draft_rows(draft, in_utc)) == {
        "草稿编号": "draft-1",
        "来源": "电话 12345",
        "联系电话": "匿名",
        "受理时间": "—",
        "版本": "1",
    }


def test_who_was_asked_for_a_grade_is_thanked_and_everybody_else_is_told_goodbye() -> None:
    track = [
        {"what": "prompts", "name": "connecting-to-agent"},
        {"what": "prompts", "name": "survey-thanks"},
        {"what": "flow_over", "name": "parted"},
    ]
    assert farewell({"track": track, "survey": {"service": None}}) == "survey-thanks"
    assert [farewell({"track": track, "survey": None}), farewell(None)] == ["goodbye", "goodbye"]
