"""第六条: 受理范围，紧急求助."""

import pytest

from tests.regulation.world import World


@pytest.mark.guards("6-1")
def test_only_what_concerns_this_city_is_dispatched(world: World) -> None:
    assert world.refused(world.file(place="440100"), "dispatch", "话务员", lead="tax", why="x") == "6-1"
    world.do(world.file(place="445202"), "dispatch", "话务员", lead="tax", why="x")


@pytest.mark.parametrize("appeal", ["咨询", "求助", "建议", "投诉", "举报", "维权"])
def test_every_kind_of_appeal_is_taken(world: World, appeal: str) -> None:
    assert world.ticket(world.file(appeal))["appeal"] == appeal
    assert world.try_filing("闲聊").status_code == 422


@pytest.mark.guards("6-2")
def test_what_is_not_accepted_has_a_reason_and_he_is_told(world: World) -> None:
    number = world.file()
    assert world.refused(number, "decline", "话务员", reason="rumours") == "6-2"
    assert world.attempt(number, "decline", "话务员", reason="because").status_code == 422
    declined = world.do(number, "decline", "话务员", reason="rumours", where="已劝告，不再传播")["declined"]
    assert declined == {"reason": "rumours", "where": "已劝告，不再传播"}
    assert ("declined", "citizen") in world.told(number)


@pytest.mark.guards("6-3")
def test_who_is_in_danger_is_transferred_first(world: World) -> None:
    answer = world.try_filing("求助", life_at_risk=True)
    assert (answer.status_code, answer.json()["article"]) == (409, "6-3")
    number = world.file("求助", life_at_risk=True, transferred_to="120")
    assert world.ticket(number)["urgent"] is True
