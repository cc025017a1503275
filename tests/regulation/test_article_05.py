"""第五条: 三级平台，档案保存."""

import pytest

from tests.regulation.world import ANSWER, World


@pytest.mark.guards("5-1")
def test_matters_go_down_the_tiers_and_answers_up_again(world: World) -> None:
    number = world.received()
    assert world.refused(number, "sub-dispatch", "税务局", to="rc-street") == "5-1"
    world.do(number, "sub-dispatch", "税务局", to="tax-rc")
    world.do(number, "reply", "区税务局", text=ANSWER, satisfied="满意")
    assert world.refused(number, "report-closed", "区税务局", result="已办理") == "5-1"
    world.do(number, "sub-report", "区税务局", text="已办理")
    world.do(number, "report-closed", "税务局", result="已办理")


@pytest.mark.guards("5-2")
def test_archives_are_kept_two_years_from_the_report_on(world: World) -> None:
    assert world.ticket(world.closed())["kept_until"] == "2028-03-02"


def test_a_report_is_held_beyond_that(world: World) -> None:
    number = world.file("举报")
    assert world.ticket(number)["hold"] is True
    assert world.attempt(number, "hold", "话务员", on=False, why="x").status_code == 403
    world.do(number, "hold", "档案专人", on=False, why="案件已结")
