"""line.toml and hotline.toml must agree."""

import pytest

from app.line_judging import judge_line, plain_plan, refused
from app.places import PROJECT
from app.settings import Agent, Line, Settings, read_settings
from ivr.line_check import Surroundings, check

TEXT = (PROJECT / "config" / "line.toml").read_text(encoding="utf-8")
OURS = Line(number="12345", name="揭阳市12345市民服务热线")


def said(*lines: Line, text: str = TEXT) -> list[str]:
    verdict = judge_line(text, Settings(lines=lines, agents=(Agent(id="1001", name="坐席1001"),)))
    return [str(finding) for finding in refused(verdict)]


def test_what_we_ship_agrees() -> None:
    verdict = judge_line(TEXT, read_settings(PROJECT / "config" / "hotline.toml"))
    assert verdict.plan is not None
    assert not refused(verdict)


def test_a_number_that_only_one_of_them_has_is_told_with_its_line() -> None:
    [missing] = said(OURS, Line(number="12350", name="分中心"))
    assert "12350" in missing
    unknown = said(Line(number="12399", name="分中心"))
    assert sorted("交换机不认识号码 12345" in line or "有号码 12399，这里没有" in line for line in unknown) == [True, True]


def test_another_name_is_refused() -> None:
    assert len(said(Line(number="12345", name="另一个名字"))) == 1


def test_another_greeting_of_the_lifeline_is_a_hint() -> None:
    verdict = judge_line(TEXT, Settings(lines=(Line(number="12345", name=OURS.name, greeting="goodbye"),)))
    assert verdict.plan is not None
    assert any("goodbye" in finding.what and not finding.refuses for finding in verdict.findings)


@pytest.mark.parametrize("text", ["", "version = ", TEXT.replace('"menu:main"', '"menu:gone"')])
def test_what_is_wrong_by_itself_is_refused_as_ever(text: str) -> None:
    assert said(OURS, text=text)


def test_the_plain_plan_is_sound() -> None:
    plan = plain_plan(Settings(lines=(OURS,)))
    assert check(plan, Surroundings(texts={"zh_CN": {"greeting": "您好。紧急求助请按星号键。", "recording-notice": "x"}})) == ()
