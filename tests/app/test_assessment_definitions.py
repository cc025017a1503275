"""The definitions that come with the product, and what a broken file says."""

from pathlib import Path

import pytest

from app.assessment_definitions import all_definitions, read_definitions
from hotline.errors import BadSettings

HEAD = 'name = "a"\ntitle = "甲"\ndocument = "乙"\nsince = 2026-01-01\n'


def test_the_shipped_version_has_what_articles_25_to_27_ask_for() -> None:
    (version,) = all_definitions()
    names = {measure.name for measure in version.measures}
    assert {"回复率", "按时办结率", "事项满意率", "话务满意率", "催办次数", "退办件数", "重办件数"} <= names
    assert all(measure.article for measure in version.measures)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "不是 UTF-8 的 TOML"),
        (HEAD, "measures: 缺少"),
        (HEAD + '[[measures]]\nid = "a"\nname = "甲率"\nmoment = "closed"\nwiht = ["replied"]\n', "没有这个设置项"),
        (HEAD + '[[measures]]\nid = "a"\nname = "甲率"\nmoment = "closed"\nwith = ["liked"]\n', "没有条件 'liked'"),
        (HEAD + '[[measures]]\nid = "a"\nname = "甲率"\nmoment = "closed"\nsource = "mails"\n', "measures.0.source"),
    ],
)
def test_a_broken_file_says_which_and_why(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "a.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings, match=words):
        read_definitions(path)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="读不到"):
        read_definitions(tmp_path / "none.toml")
