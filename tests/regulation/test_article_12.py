"""第十二条: 谁主管、谁负责."""

import pytest

from tests.regulation.world import World


@pytest.mark.guards("12-1")
def test_it_goes_to_who_is_in_charge_or_somebody_says_why_not(world: World) -> None:
    number = world.file()
    assert world.refused(number, "dispatch", "话务员", lead="env") == "12-1"
    assert world.do(number, "dispatch", "话务员")["lead"] == "tax"
    assert world.do(world.file(code="02", place="445281"), "dispatch", "话务员")["lead"] == "pn"


@pytest.mark.guards("12-2")
def test_an_urgent_complaint_goes_to_the_bureau_and_the_place_at_once(world: World) -> None:
    number = world.file("投诉", code="02", place="445202", urgent=True)
    ticket = world.do(number, "dispatch", "话务员")
    assert (ticket["lead"], ticket["at_once"]) == ("rc", ["env"])
    assert {("dispatched_urgent", "staff:rc"), ("dispatched_urgent", "staff:env")} <= world.told(number)


@pytest.mark.guards("12-3")
def test_what_nobody_can_tell_is_designated_by_the_office_with_its_reason(world: World) -> None:
    number = world.file(code="03")
    assert world.refused(number, "dispatch", "话务员", lead="tax", why="我看是") == "12-3"
    world.do(number, "leave-to-office", "话务员", why="多个部门")
    assert ("to_designate", "office") in world.told(number)
    assert world.attempt(number, "designate", "话务员", lead="tax", why="就近").status_code == 403
    assert world.refused(number, "designate", "市政管办", lead="tax", why=" ") == "12-3"
    assert world.do(number, "designate", "市政管办", lead="tax", why="职能就近")["lead"] == "tax"
