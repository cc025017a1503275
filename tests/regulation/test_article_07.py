"""第七条: 其他渠道."""

import pytest

from tests.regulation.world import World


@pytest.mark.guards("7-1")
@pytest.mark.parametrize(
    ("reason", "where"),
    [
        ("internal", "单位正常工作渠道"),
        ("other_bodies", "向有关机关反映"),
        ("courts", "按照法律程序解决"),
        ("letters", "信访部门"),
    ],
)
def test_what_belongs_elsewhere_is_told_where(world: World, reason: str, where: str) -> None:
    assert world.do(world.file(), "decline", "话务员", reason=reason)["declined"]["where"] == where
