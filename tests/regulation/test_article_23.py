"""第二十三条: 咨询答复由单位审核确认后录入，3个工作日内."""

from typing import Any

from tests.regulation.world import ANSWER, World

KNOWLEDGE = "/api/v1/knowledge"


def draft_of(world: World, number: str, who: str = "税务局") -> dict[str, Any]:
    """What waits for this unit's review and came from that ticket; empty: nothing."""
    for entry in world.ask("GET", f"{KNOWLEDGE}/reviews", who).json()["entries"]:
        if world.ask("GET", f"{KNOWLEDGE}/{entry['id']}", who).json().get("source") == number:
            return dict(entry)
    return {}


def test_an_answered_consultation_waits_three_working_days_at_most_for_its_unit(world: World) -> None:
    number = world.file("咨询", title="咨询23条")
    world.do(number, "dispatch", "话务员", lead="tax", why="测试")
    world.do(number, "receive", "税务局")
    world.finish(number)
    entry = draft_of(world, number)
    assert entry["review_due"] == "2026-03-06T00:00:00+08:00"  # the end of the third working day
    assert draft_of(world, number, who="水利局") == {}
    assert ANSWER in world.ask("GET", f"{KNOWLEDGE}/{entry['id']}", "税务局").text
    confirmed = world.ask("POST", f"{KNOWLEDGE}/{entry['id']}/confirm", "税务局", {"valid_until": "2027-03-01"})
    assert confirmed.json()["valid"] == 1


def test_a_complaint_leaves_no_knowledge(world: World) -> None:
    number = world.closed("投诉")
    assert draft_of(world, number) == {}
