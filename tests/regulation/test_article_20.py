"""第二十条: 办理时限."""

import pytest

from tests.regulation.world import World


@pytest.mark.guards("20-1")
def test_the_unit_speaks_with_him_within_one_working_day(world: World) -> None:
    world.on("2026-04-30T10:00")  # before 劳动节
    number = world.received()
    assert world.last_day(number, "contact") == "2026-05-06"
    assert world.on("2026-05-07T00:00").do(number, "contact", "税务局")["late"] == ["contact"]


@pytest.mark.guards("20-2")
@pytest.mark.parametrize(
    ("appeal", "day"),
    [
        ("咨询", "2026-03-09"),
        ("求助", "2026-03-09"),
        ("建议", "2026-04-14"),
        ("投诉", "2026-04-14"),
        ("举报", "2026-04-14"),
        ("维权", "2026-04-14"),
    ],
)
def test_each_kind_has_its_term_and_says_why(world: World, appeal: str, day: str) -> None:
    number = world.sent(appeal)
    assert world.last_day(number, "answer") == day
    assert "揭府办〔2015〕4号" in world.ticket(number)["dues"]["answer"]["why"]


@pytest.mark.guards("20-3")
def test_an_urgent_order_says_its_own_term(world: World) -> None:
    number = world.sent("投诉", ordered_until="2026-03-03T18:00:00+08:00", order_doc="市应急〔2026〕1号")
    due = world.ticket(number)["dues"]["answer"]
    assert (due["until"], "市应急〔2026〕1号" in due["why"]) == ("2026-03-03T18:00:00+08:00", True)
