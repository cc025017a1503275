"""The texts that come with the product, and what a broken file says."""

from pathlib import Path

import pytest

from app.notice_texts import SHIPPED, read_texts, shipped
from hotline.errors import BadSettings
from notify.templates import SECRET_FROM


def test_every_catalogue_that_is_shipped_can_be_read() -> None:
    assert [read_texts(path).name for path in sorted(SHIPPED.glob("*.toml"))] == ["jieyang-2015"]


def test_the_regulation_s_own_notices_have_their_texts() -> None:
    wanted = [
        *(
            ("dispatched", "staff"),
            ("dispatched_urgent", "staff"),
            ("redo", "staff"),
            ("to_designate", "office"),
            ("return_asked", "office"),
        ),
        *(("urged", "staff"), ("overdue", "staff"), ("overdue", "leader"), ("handed_over", "inspection"), ("extended", "citizen")),
        *(("accepted", "citizen"), ("declined", "citizen"), ("due_reckoned", "staff"), ("knowledge_review", "staff")),
    ]
    assert shipped("jieyang-2015").lacking(wanted) == []


def test_a_citizen_is_told_nothing_by_sms_about_a_secret_ticket() -> None:
    texts = shipped("jieyang-2015").templates
    assert [text.kind for text in texts if text.to == "citizen" and text.secret_text] == []
    assert SECRET_FROM == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "不是 UTF-8 的 TOML"),
        ('name = "a"\nsignature = "揭阳"\n', "templates: 缺少"),
        ('name = "a"\nsignature = "揭阳"\n[[templates]]\nkind = "a"\nto = "staff"\ntxt = "b"\ntext = "c"\n', "没有这个设置项"),
        ('name = "a"\nsignature = "揭阳"\n[[templates]]\nkind = "a"\nto = "staff"\ntext = "{phone}"\n', "个人信息"),
    ],
)
def test_a_broken_file_says_which_and_why(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "texts.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings, match=words) as refused:
        read_texts(path)
    assert "texts.toml" in str(refused.value)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="读不到"):
        read_texts(tmp_path / "none.toml")
