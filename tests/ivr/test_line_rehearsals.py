"""预演: rehearsals in the staff's words."""

from dataclasses import replace
from datetime import datetime

import pytest

from ivr.line_plan import Rehearsal
from ivr.line_rehearsals import rehearse_plan
from tests.ivr.lines import shipped

DAY = datetime(2026, 12, 1, 10)  # noqa: DTZ001 - China's wall clock, as the staff write it
NIGHT = datetime(2026, 12, 1, 23)  # noqa: DTZ001


def told(at: datetime, *steps: str) -> list[str]:
    rehearsal = Rehearsal(name="试", number="12345", at=at, steps=steps)
    return [flaw.what for flaw in rehearse_plan(replace(shipped(), rehearsals=(rehearsal,)))]


def test_the_shipped_rehearsals_all_go_as_written() -> None:
    assert list(rehearse_plan(shipped())) == []


@pytest.mark.parametrize(
    ("at", "steps"),
    [
        (DAY, "不按/转人工"),
        (DAY, "听到 main-menu/按 0/转人工"),
        (DAY, "按 1/转人工 enterprise"),
        (DAY, "听到 greeting/按 3/听到 insurance-menu/按 4/听到 office-hours/按 1/转人工 social-security"),
        (DAY, "按 8/听到 language-chosen/转人工 english"),
        (DAY, "听到 recording-notice/按 */应急"),
        (DAY, "听到 main-menu/按 */应急"),
        (DAY, "按 1/听到 connecting-to-agent/按 */应急"),
        (NIGHT, "按 3/听到 leave-message/按 0/转人工"),
        (NIGHT, "按 3/听到 leave-message/按 */应急"),
        (NIGHT, "按 3/留言 night"),
        (DAY, "听到 greeting/挂断"),
    ],
)
def test_a_rehearsal_that_is_right_says_nothing(at: datetime, steps: str) -> None:
    assert told(at, *steps.split("/")) == []


@pytest.mark.parametrize(
    ("at", "steps", "found"),
    [
        (DAY, "按 3/留言 night", "第 2 步“留言 night”：还在等他按键，听到 insurance-menu"),
        (DAY, "听到 night-menu/转人工", "实际是：听到 greeting，听到 recording-notice，听到 main-menu"),
        (DAY, "按 7/转人工 english", "第 2 步“转人工 english”：实际是：转人工 teochew"),
        (DAY, "不按/留言 night", "实际是：转人工"),
        (NIGHT, "按 3/转人工", "实际是：留言 night"),
        (DAY, "不按/应急", "实际是：转人工"),
        (DAY, "不按/再见", "实际是：转人工"),
        (DAY, "不按/按 3", "这里不等按键"),
        (DAY, "听到 main-menu", "没有写到结尾，实际接下去：听到 main-menu"),
        (DAY, "按 三/转人工", "写清按哪个键"),
        (DAY, "跳舞/转人工", "不认识这一步"),
    ],
)
def test_a_rehearsal_that_goes_another_way_says_how(at: datetime, steps: str, found: str) -> None:
    assert found in "".join(told(at, *steps.split("/")))
