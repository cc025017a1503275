"""What an SMS says, and what it can never say."""

import pytest

from hotline.errors import MalformedInput
from hotline.notices import CITIZEN, Notice, NoticeRefused, leader, staff
from notify.templates import IN_SECRET, PERSONAL, PLAIN, Template, TextCatalogue, given, letter

DISPATCHED = Template(
    kind="dispatched",
    to="staff",
    text="业务单{ticket}（{appeal}）已派至{unit}，{due}前办结。",
    secret_text="业务单{ticket}已派至贵单位。",
    code="SMS_1",
    secret_code="SMS_2",
)
EXTENDED = Template(kind="extended", to="citizen", text="您的诉求{ticket}延期至{until}。")
TEXTS = TextCatalogue(name="try", signature="揭阳12345", templates=(DISPATCHED, EXTENDED))
VALUES = {"appeal": "投诉", "unit": "某局", "due": "2026年11月30日"}


def told(*, secrecy: int = 0, to: str = staff("u1"), kind: str = "dispatched", **values: str) -> Notice:
    return Notice(kind=kind, to=to, ticket="20261123000001", seq=2, secrecy=secrecy, values=VALUES | values)


def test_a_notice_becomes_a_signed_text_with_the_gateway_s_code_and_values() -> None:
    said = letter(told(), TEXTS, "19900000001")
    assert said.text == "【揭阳12345】业务单20261123000001（投诉）已派至某局，2026年11月30日前办结。"
    assert (said.template, said.values, said.number) == ("SMS_1", ("20261123000001", "投诉", "某局", "2026年11月30日"), "19900000001")
    assert said.key == told().key


@pytest.mark.parametrize(
    ("words", "text"), [("请勿外出{。", "【揭阳12345】请勿外出{。"), ("【市三防办】请勿外出。", "【市三防办】请勿外出。")]
)
def test_what_somebody_worded_himself_goes_out_as_it_stands_and_signed(words: str, text: str) -> None:
    said = given(told(), TEXTS, "19900000001", words)
    assert (said.text, said.template, said.number, said.key) == (text, "", "19900000001", told().key)


@pytest.mark.parametrize(("secrecy", "secret"), [(0, False), (1, False), (2, True), (3, True)])
def test_of_a_secret_ticket_an_sms_tells_neither_what_nor_who(secrecy: int, secret: bool) -> None:
    said = letter(told(secrecy=secrecy), TEXTS, "19900000001")
    assert ("投诉" not in said.text) is secret
    assert ("某局" not in said.text) is secret
    assert said.template == ("SMS_2" if secret else "SMS_1")


def test_where_no_secret_text_is_written_nothing_is_sent_of_a_secret_ticket() -> None:
    with pytest.raises(NoticeRefused, match="保密事项不发短信"):
        letter(told(secrecy=2, to=CITIZEN, kind="extended", until="明天"), TEXTS, "19900000001")


@pytest.mark.parametrize("number", ["19900000001", "06630000001", "打19900000001找他"])
def test_a_telephone_number_in_a_value_is_not_sent(number: str) -> None:
    with pytest.raises(NoticeRefused, match="电话号码") as refused:
        letter(told(unit=number), TEXTS, "19900000002")
    assert "1990000" not in str(refused.value)


def test_a_ticket_s_number_is_no_telephone_number() -> None:
    assert "20261123000001" in letter(told(), TEXTS, "19900000001").text


def test_a_kind_without_a_text_and_a_text_without_its_value_need_a_person() -> None:
    with pytest.raises(NoticeRefused, match="没有 dispatched/leader"):
        letter(told(to=leader("u1")), TEXTS, "19900000001")
    with pytest.raises(NoticeRefused, match="缺少 due"):
        letter(told(due=""), TEXTS, "19900000001")


@pytest.mark.parametrize("name", sorted(PERSONAL))
def test_a_personal_field_is_refused_at_start(name: str) -> None:
    with pytest.raises(MalformedInput, match="个人信息"):
        Template(kind="a", to="staff", text=f"业务单{{{name}}}")


@pytest.mark.parametrize("name", sorted(PLAIN - IN_SECRET))
def test_what_tells_about_a_secret_ticket_is_refused_in_its_text(name: str) -> None:
    with pytest.raises(MalformedInput, match="不得使用"):
        Template(kind="a", to="staff", text="业务单", secret_text=f"业务单{{{name}}}")


def test_a_secret_text_that_says_what_it_is_about_is_refused() -> None:
    with pytest.raises(MalformedInput, match="不得出现“举报”"):
        Template(kind="a", to="staff", text="业务单", secret_text="您的举报{ticket}已派单")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "1至300字"),
        ("长" * 301, "1至300字"),
        ("业务单{ticket", "花括号"),
        ("业务单{ticket!r}", "名称"),
        ("业务单{ticket.number}", "不得使用"),
        ("请拨19900000001", "电话号码"),
    ],
)
def test_a_text_that_cannot_be_right_is_refused_at_start(text: str, words: str) -> None:
    with pytest.raises(MalformedInput, match=words):
        Template(kind="a", to="staff", text=text)


def test_two_texts_for_one_kind_and_recipient_are_refused() -> None:
    with pytest.raises(MalformedInput, match="两个模板"):
        TextCatalogue(name="try", signature="揭阳12345", templates=(DISPATCHED, DISPATCHED))


def test_a_catalogue_says_what_it_lacks() -> None:
    assert TEXTS.lacking([("dispatched", "staff"), ("urged", "staff")]) == [("urged", "staff")]


def test_nobody_but_the_known_parts_is_told_anything() -> None:
    with pytest.raises(MalformedInput, match="对象"):
        Template(kind="a", to="press", text="业务单")
