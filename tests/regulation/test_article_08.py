"""第八条: 不能现场解答的，以业务单分转."""

import pytest

from tests.regulation.world import World


@pytest.mark.guards("8-1")
@pytest.mark.parametrize("appeal", ["投诉", "举报", "维权"])
def test_what_cannot_be_settled_at_once_is_dispatched(world: World, appeal: str) -> None:
    number = world.file(appeal)
    assert world.refused(number, "answer-at-once", "话务员", basis="kb-1", answer="按规定") == "8-1"
    assert world.do(number, "dispatch", "话务员")["state"] == "sent"
