"""第十八条: 归档."""

import pytest

from tests.regulation.world import CONTENT, World


@pytest.mark.guards("18-1")
def test_what_is_confirmed_is_archived_by_the_archivist(world: World) -> None:
    number = world.closed()
    world.do(number, "call-back", "回访员", **CONTENT)
    assert world.refused(number, "archive", "档案专人") == "18"
    world.do(number, "confirm-closed", "班长")
    assert world.refused(number, "archive", "市政管办") == "18"
    assert world.do(number, "archive", "档案专人")["state"] == "archived"
