"""第十九条: 催办、催办通知书、效能问责."""

import pytest

from tests.regulation.world import World


@pytest.mark.guards("19-1")
def test_the_unit_is_urged_before_the_term_ends(world: World) -> None:
    number = world.sent()
    assert ("urged", "staff:tax") not in world.sweep("2026-03-06T08:59").told(number)
    assert ("urged", "staff:tax") in world.sweep("2026-03-06T09:00").told(number)
    world.sweep("2026-03-06T10:00")
    assert world.history(number).count("urged") == 1


@pytest.mark.guards("19-2")
def test_who_is_overdue_and_has_not_said_why_gets_the_notice_with_a_copy_to_his_leader(world: World) -> None:
    silent, open_handed = world.received(), world.received()
    assert world.refused(open_handed, "explain", "税务局", why="等待鉴定结论") == "19-2"
    world.on("2026-03-06T09:00").do(open_handed, "explain", "税务局", why="等待鉴定结论")
    assert ("explained", "office") in world.told(open_handed)
    world.sweep("2026-03-09T23:59")
    assert "noticed" not in world.history(silent)
    world.sweep("2026-03-10T00:00")
    assert {("overdue", "staff:tax"), ("overdue", "leader:tax")} <= world.told(silent)
    assert "noticed" not in world.history(open_handed)


@pytest.mark.guards("19-3")
def test_five_working_days_after_a_vain_notice_it_is_handed_to_the_inspection(world: World) -> None:
    number = world.sent()
    world.sweep("2026-03-10T00:00").sweep("2026-03-16T23:59")
    assert "handed_over" not in world.history(number)
    world.sweep("2026-03-17T00:00")
    assert ("handed_over", "inspection") in world.told(number)
    [made] = world.ticket(number)["inspections"]
    assert (made["clause"], len(made["evidence"]) > 0) == ("19-3", True)


@pytest.mark.guards("19-3")
def test_who_was_noticed_late_has_five_working_days_to_explain_before_it_is_handed_over(world: World) -> None:
    silent, open_handed = world.sent(), world.sent()
    world.sweep("2026-04-01T10:00").sweep("2026-04-09T23:59")
    assert [world.history(number)[-1] for number in (silent, open_handed)] == ["noticed", "noticed"]
    world.do(open_handed, "explain", "税务局", why="等待上级主管部门的鉴定结论，预计四月中旬办结")
    world.sweep("2026-04-10T00:00")
    assert [world.history(number)[-1] for number in (silent, open_handed)] == ["handed_over", "explained"]
