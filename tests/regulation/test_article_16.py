"""第十六条: 主观原因的重新制作业务单发回."""

import pytest

from tests.regulation.world import World


@pytest.mark.guards("16-1")
def test_a_person_judges_and_the_redo_is_a_new_ticket_that_hangs_on_the_old_one(world: World) -> None:
    number = world.closed()
    world.do(number, "complain-of", "回访员", words="没有解决")
    assert world.attempt(number, "judge", "回访员", fault="主观原因", why="x").status_code == 403
    assert world.attempt(number, "judge", "税务局", fault="诉求不合理", why="x").status_code == 403
    world.do(number, "judge", "班长", fault="主观原因", why="未到现场")
    old = world.ticket(number)
    redo = world.ticket(old["links"][0]["to"])
    assert (old["state"], redo["state"], redo["lead"]) == ("redone", "sent", "tax")
    assert (redo["redo_of"], redo["redo_count"]) == (number, 1)
    assert ("redo", "staff:tax") in world.told(redo["number"])


def test_what_was_not_the_units_fault_is_not_redone(world: World) -> None:
    number = world.closed()
    world.do(number, "complain-of", "回访员", words="要求免税")
    assert world.do(number, "judge", "班长", fault="诉求不合理", why="不符合条件")["state"] == "called_back"
