"""第十五条: 回访."""

import pytest

from tests.regulation.world import CONTENT, World


@pytest.mark.guards("15-1")
def test_he_is_called_back_within_three_working_days_and_each_call_is_kept(world: World) -> None:
    world.on("2026-04-30T10:00")  # before 劳动节
    number = world.closed()
    assert world.last_day(number, "callback") == "2026-05-08"
    world.do(number, "call-back", "回访员", reached=False)
    ticket = world.on("2026-05-09T00:00").do(number, "call-back", "回访员", **CONTENT)
    assert ([call["reached"] for call in ticket["callbacks"]], ticket["late"]) == ([False, True], ["callback"])


@pytest.mark.guards("15-2")
@pytest.mark.parametrize("missing", ["satisfied", "timely", "sound"])
def test_he_is_asked_and_the_units_speed_and_quality_are_checked(world: World, missing: str) -> None:
    number = world.closed()
    assert world.refused(number, "call-back", "回访员", **CONTENT | {missing: None}) == "15-2"
    assert world.attempt(number, "call-back", "税务局", **CONTENT).status_code == 403
    world.do(number, "call-back", "回访员", **CONTENT)
