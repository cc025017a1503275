"""第九条: 成员单位接收、办理；三级平台经同意."""

import pytest

from tests.regulation.world import ANSWER, World


@pytest.mark.guards("9-1")
def test_a_unit_receives_before_it_handles(world: World) -> None:
    number = world.sent()
    assert world.refused(number, "reply", "税务局", text=ANSWER, satisfied="满意") == "9-1"
    assert world.attempt(number, "receive", "话务员").status_code == 403
    world.do(number, "receive", "税务局")
    world.do(number, "reply", "税务局", text=ANSWER, satisfied="满意")


@pytest.mark.guards("9-7")
def test_a_third_tier_that_the_office_has_not_agreed_with_gets_nothing(world: World) -> None:
    number = world.received()
    assert world.refused(number, "sub-dispatch", "税务局", to="tax-new") == "9-7"
    assert world.do(number, "sub-dispatch", "税务局", to="tax-rc")["below"] == ["tax-rc"]
