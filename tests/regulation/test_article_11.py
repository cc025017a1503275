"""第十一条: 当场答复并记录，派发并短信通知."""

import pytest

from tests.regulation.world import World


@pytest.mark.guards("11-1")
def test_what_is_answered_at_once_names_its_basis_and_is_written_down(world: World) -> None:
    number = world.file()
    assert world.refused(number, "answer-at-once", "话务员", basis=" ", answer="可以") == "11-1"
    ticket = world.do(number, "answer-at-once", "话务员", basis="kb-7/3", answer="带执照到窗口办理")
    assert (ticket["state"], ticket["basis"], ticket["reply"]["text"]) == ("answered_at_once", "kb-7/3", "带执照到窗口办理")
    assert world.history(number) == ["filed", "answered_at_once"]


@pytest.mark.guards("11-2")
def test_the_units_people_are_told_at_once(world: World) -> None:
    number = world.file()
    world.do(number, "dispatch", "话务员")
    assert {("dispatched", "staff:tax"), ("dispatched", "staff:rc")} <= world.told(number)


@pytest.mark.parametrize("channel", ["电话", "留言", "短信", "微信", "微博", "网页", "邮件"])
def test_every_channel_is_taken(world: World, channel: str) -> None:
    assert world.ticket(world.file(channel=channel))["channel"] == channel
