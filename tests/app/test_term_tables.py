"""The rule sets as files."""

from pathlib import Path

import pytest

from app.term_tables import SHIPPED, read_terms, shipped
from hotline.errors import BadSettings
from tickets.terms import Appeal, Step

GOOD = SHIPPED.joinpath("jieyang-2015.toml").read_text(encoding="utf-8")


def test_every_shipped_set_is_read_and_named_after_its_file() -> None:
    files = sorted(SHIPPED.glob("*.toml"))
    assert [path.stem for path in files] == ["guangdong-2022", "jieyang-2015"]
    assert all(read_terms(path).name == path.stem for path in files)


def test_the_citys_own_regulation_speaks_about_every_step_and_type() -> None:
    rules = shipped("jieyang-2015")
    assert all(rules.term(step, appeal) for step in Step for appeal in Appeal)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("working_days = 1", "working_day = 1", "terms.0.working_day: 没有这个设置项 no such setting；是不是 did you mean working_days?"),
        ("working_days = 1", "working_days = -1", "terms.0.working_days: 值不对"),
        ('step = "contact"', 'step = "contacts"', "terms.0.step: 值不对"),
        ('["咨询", "求助"]', '["咨询", "求救"]', "terms.1.appeals"),
        ('["维权"]', '["投诉"]', "jieyang-2015: 办结答复（投诉）写了两次"),
        ("since = 2015-03-05", "since = 2015-13-05", "不是 UTF-8 的 TOML"),
        ('name = "jieyang-2015"', 'name = "揭阳"', "name: 值不对"),
    ],
)
def test_a_mistake_is_refused_with_its_place_and_remedy(tmp_path: Path, was: str, now: str, said: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(GOOD.replace(was, now, 1), encoding="utf-8")
    with pytest.raises(BadSettings) as refused:
        read_terms(path)
    assert said in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"none\.toml: 读不到"):
        read_terms(tmp_path / "none.toml")
