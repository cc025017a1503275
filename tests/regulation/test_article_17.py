"""第十七条: 再次重办，不再受理."""

import pytest

from tests.regulation.world import CONTENT, World


def once_more(world: World) -> str:
    """重办的业务单, answered and closed."""
    redo = world.redone(world.closed())
    world.do(redo, "receive", "税务局")
    return world.finish(redo)


@pytest.mark.guards("17-1")
def test_a_second_redo_needs_the_offices_word(world: World) -> None:
    redo = once_more(world)
    world.do(redo, "complain-of", "回访员", words="还是没有解决")
    assert world.refused(redo, "judge", "班长", fault="主观原因", why="未按要求办理") == "17-1"
    world.do(redo, "judge", "市政管办", fault="主观原因", why="未按要求办理")
    assert world.ticket(redo)["state"] == "redone"


@pytest.mark.guards("17-2")
def test_after_a_confirmed_redo_the_same_facts_are_not_accepted_again(world: World) -> None:
    redo = once_more(world)
    world.do(redo, "call-back", "回访员", **CONTENT)
    assert world.do(redo, "confirm-closed", "市政管办")["final"] is True
    again = world.file(repeats=world.ticket(redo)["redo_of"])
    assert world.refused(again, "dispatch", "话务员", lead="tax", why="x") == "17-2"
    assert world.refused(again, "answer-at-once", "话务员", basis="kb-1", answer="可以") == "17-2"
    assert world.do(again, "decline", "话务员", reason="final")["state"] == "declined"
    world.do(world.file(), "dispatch", "话务员")
