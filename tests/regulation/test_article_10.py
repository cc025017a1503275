"""第十条: 保密."""

import pytest

from tests.regulation.world import CITIZEN, World


@pytest.mark.guards("10-1a")
def test_a_secret_contact_is_not_shown_to_the_unit(world: World) -> None:
    number = world.sent("投诉", secrecy=1, content=f"请联系{CITIZEN['phone']}")
    shown = world.sees(number, "税务局")
    assert shown
    assert CITIZEN["phone"] not in shown
    assert CITIZEN["name"] not in shown
    assert CITIZEN["phone"] in world.sees(number, "回访员")


@pytest.mark.guards("10-1b")
def test_nothing_shown_to_the_unit_names_who_reported_it(world: World) -> None:
    number = world.sent("举报", content=f"{CITIZEN['name']}反映，电话{CITIZEN['phone']}", calls=["hl1-1.7"])
    for who in ("税务局", "话务员", "监察"):
        shown = world.sees(number, who)
        assert shown
        assert not [word for word in (*CITIZEN.values(), "hl1-1.7", "1234") if word in shown.replace("12345", "")], who
    assert CITIZEN["phone"] in world.sees(number, "涉密专人")
    assert world.ask("GET", f"/api/v1/progress?number={number}&digits=1234").status_code != 200


@pytest.mark.guards("10-1c")
def test_the_unit_that_is_complained_of_never_learns_of_it(world: World) -> None:
    number = world.sent("投诉")
    assert world.sees(number, "税务局")
    world.do(number, "mark-accused", "话务员", units=["tax"])
    assert world.sees(number, "税务局") == ""
    assert world.attempt(number, "receive", "税务局").status_code == 404
    assert world.ticket(number)["state"] == "to_designate"
    assert world.refused(number, "designate", "市政管办", lead="tax", why="x") == "10-1"


@pytest.mark.guards("10-2a")
def test_what_is_secret_is_there_only_for_who_is_cleared(world: World) -> None:
    number = world.file(who="涉密专人", secrecy=3)
    for who in ("话务员", "市政管办", "监察"):
        assert world.sees(number, who) == "", who
        assert world.attempt(number, "dispatch", who).status_code == 404 or who == "监察"
    assert world.do(number, "dispatch", "涉密专人")["state"] == "sent"


@pytest.mark.guards("10-2b")
def test_a_units_own_rules_raise_the_level_and_name_its_staff(world: World) -> None:
    number = world.sent(code="0199")
    assert world.ticket(number)["secrecy"] == 1
    assert world.sees(number, "税务局") == ""
    assert world.do(number, "receive", "税务局专人")["state"] == "received"
