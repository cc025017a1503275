"""A call in the terminal is the line's own flow."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from app.line_judging import texts_of
from app.line_try import Trial
from app.places import PROJECT
from hotline.workdays import CHINA
from ivr.line_reading import read_line_plan

PLAN = read_line_plan((PROJECT / "config" / "line.toml").read_text(encoding="utf-8")).plan
NOON, NIGHT = datetime(2026, 12, 1, 12, 0, tzinfo=CHINA), datetime(2026, 12, 1, 23, 30, tzinfo=CHINA)


def call(*typed: str, at: datetime = NOON) -> list[str]:
    keys: Iterator[str] = iter(typed)
    shown: list[str] = []

    def ask(_question: str) -> str:
        try:
            return next(keys)
        except StopIteration:
            raise EOFError from None

    assert PLAN is not None
    trial = Trial(
        texts=texts_of(), sounds={"zh_CN/greeting.wav": Path("greeting.wav")}, player=(), ask=ask, show=lambda line: shown.append(str(line))
    )
    trial.call(PLAN, number="12345", at=at)
    return shown


def heard(shown: list[str]) -> list[str]:
    return [line.split("🔊 ")[1].split("：")[0] for line in shown if "🔊" in line]


def test_prompts_are_shown_with_their_words_and_keys_lead_on() -> None:
    shown = call("", "", "3", "1", "")
    assert "您好" in shown[1]
    assert heard(shown) == ["greeting", "recording-notice", "main-menu", "insurance-menu", "connecting-to-agent"]
    assert shown[-1] == "→ 转人工（social-security） a human"


def test_a_key_in_the_greeting_cuts_it_short_and_the_notice_is_said_later() -> None:
    shown = call("0", "")
    assert heard(shown) == ["greeting", "connecting-to-agent", "recording-notice"]
    assert shown[-1] == "→ 转人工 a human"


def test_at_night_another_menu_and_a_message_box_are_met() -> None:
    shown = call("", "", "3", "", "", at=NIGHT)
    assert heard(shown)[2:4] == ["night-menu", "leave-message"]
    assert "  ▶ message night" in shown
    assert shown[-1] == "→ 再见，挂断 we hang up"


def test_the_star_is_the_emergency() -> None:
    assert call("*")[-1].startswith("→ 紧急求助 emergency：先问")
    assert call("", "", "*2")[-1] == "→ 紧急求助 emergency：120 医疗急救"


def test_hanging_up_and_an_end_of_typing_end_the_call() -> None:
    assert call("h")[-1] == call("")[-1] == "挂断 hung up"
