"""第二十八条: 移交监察机关效能问责的情形，各附证据."""

from typing import Any

import pytest

from tests.regulation.world import World

PROOF = {"evidence": ["业务单记录"]}


def handed(world: World, clause: str, *, without: str, **proven: Any) -> None:  # noqa: ANN401 - JSON
    """With its proof it is handed over by the office alone; without it, it is refused by this clause."""
    number = world.received()
    command = {"clause": clause, **PROOF, **proven}
    bare = {name: value for name, value in command.items() if name != without}
    assert world.refused(number, "hand-to-inspection", "市政管办", **bare) == clause
    assert world.attempt(number, "hand-to-inspection", "班长", **command).status_code == 403
    assert world.do(number, "hand-to-inspection", "市政管办", **command)["inspections"][0]["clause"] == clause
    assert {("handed_over", "inspection"), ("handed_over", "leader:tax")} <= world.told(number)
    assert "业务单记录" not in world.sees(number, "税务局")


@pytest.mark.guards("28-1")
def test_who_shirks_and_something_comes_of_it(world: World) -> None:
    handed(world, "28-1", without="consequence", consequence="延误救助")


@pytest.mark.guards("28-2")
def test_who_is_late_without_an_objective_reason(world: World) -> None:
    number = world.received()
    command = {"clause": "28-2", **PROOF}
    assert world.refused(number, "hand-to-inspection", "市政管办", **command) == "28-2"
    made = world.on("2026-03-10T00:00").do(number, "hand-to-inspection", "市政管办", **command)["inspections"][0]
    assert any(each.startswith("answer: 2026-03-10") for each in made["evidence"])


@pytest.mark.guards("28-3")
def test_who_reports_what_is_not_so(world: World) -> None:
    handed(world, "28-3", without="verified", verified="市政管办2026年3月5日核实")


@pytest.mark.guards("28-4")
def test_who_is_rude(world: World) -> None:
    handed(world, "28-4", without="verified", verified="回听录音核实")


@pytest.mark.guards("28-5")
def test_who_gives_a_citizen_away(world: World) -> None:
    handed(world, "28-5", without="consequence", consequence="诉求人受到骚扰")


@pytest.mark.guards("28-6")
def test_who_breaks_discipline_otherwise(world: World) -> None:
    handed(world, "28-6", without="evidence")
