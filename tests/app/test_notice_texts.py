"""The texts that come with the product, and what a broken file says."""

import ast
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from app.notice_texts import SHIPPED, read_texts, shipped
from app.places import PROJECT
from hotline.errors import BadSettings
from hotline.notices import Notice, NoticeRefused
from hotline.workdays import CHINA
from notify.templates import SECRET_FROM, letter
from tests.tickets.cases import AGENT, NAME, OFFICE, PHONE, THE_CLOCK, Life, filed, handler, received, replied, sent
from tickets import commands as c
from tickets.terms import Appeal


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


def _told_in(folder: Path) -> set[tuple[str, str]]:
    """(kind, part) of every `Tell` and `Notice` that the room of tickets and the knowledge desk write, out of their source."""
    found = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Tell", "Notice"):
                said = {keyword.arg: keyword.value for keyword in node.keywords}
                kind, to = said.get("kind"), said.get("to")
                if isinstance(kind, ast.Constant) and to is not None:
                    name = getattr(to.func, "id", "") if isinstance(to, ast.Call) else getattr(to, "id", "").lower()
                    found.add((str(kind.value), name))
    return found


def test_whatever_the_tickets_tell_has_its_text() -> None:
    told = _told_in(PROJECT / "tickets")
    assert len(told) >= 20
    assert shipped("jieyang-2015").lacking(sorted(told)) == []


ASK = c.AskReturn(facts="不属于税务事项", legal_basis="水法第十二条", proposed="water")
EXTEND = c.AskExtension(until=datetime(2026, 6, 20, tzinfo=CHINA), legal_term="30日", basis="行政许可法第四十二条", why="需现场鉴定")
LIVES: tuple[Callable[..., Life], ...] = (
    lambda **said: received(**said).do(ASK, handler("tax")).do(c.RefuseReturn(why="属税务"), OFFICE),
    lambda **said: received(**said).do(ASK, handler("tax")).do(c.DispatchAgain(lead="water", why="属水利"), OFFICE),
    lambda **said: _extended(received(**said)),
    lambda **said: filed(**said).do(c.LeaveToOffice(why="职责不明"), AGENT).do(c.Designate(lead="water", why="指定"), OFFICE),
    replied,
    lambda **said: _overdue(sent(**said)),
    lambda **said: sent(**said, urgent=True),
)


def _extended(life: Life) -> Life:
    return life.do(EXTEND, handler("tax")).do(c.DecideExtension(granted=True, why="同意"), OFFICE).do(c.TellExtension(), handler("tax"))


def _overdue(life: Life) -> Life:
    ends = next(due.until for step, due in life.ticket.dues.items() if step.value == "answer")
    life.at = datetime(2026, 3, 6, 9, tzinfo=CHINA)
    life.do(c.Urge(), THE_CLOCK)
    life.at = ends
    return life.do(c.SendNotice(), THE_CLOCK)


@pytest.mark.parametrize("number", range(len(LIVES)))
def test_every_notice_of_a_ticket_s_life_can_be_said_in_words(number: int) -> None:
    notices = LIVES[number]().notices
    assert len(notices) >= 2
    for notice in notices:
        said = letter(notice, shipped("jieyang-2015"), "19900000002")
        for personal in (NAME, PHONE, "咨询减免", "个体户"):
            assert personal not in said.text


@pytest.mark.parametrize("number", range(len(LIVES)))
def test_no_notice_of_a_report_s_life_tells_that_it_is_one(number: int) -> None:
    for notice in LIVES[number](appeal=Appeal.REPORT).notices:
        assert notice.secrecy >= SECRET_FROM
        said = _said(notice)
        for telling in ("举报", NAME, PHONE, "咨询减免", "市税务局", "税务"):
            assert telling not in said


def _said(notice: Notice) -> str:
    """Its text; empty where nothing is sent of a secret ticket."""
    try:
        return letter(notice, shipped("jieyang-2015"), "19900000002").text
    except NoticeRefused as refused:
        return "" if "保密事项不发短信" in str(refused) else f"举报 {refused}"
