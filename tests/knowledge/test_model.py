"""What an entry may say."""

from dataclasses import replace

import pytest

from hotline.errors import MalformedInput
from knowledge.model import Words, without_numbers
from tests.knowledge.values import WORDS, draft, valid


@pytest.mark.parametrize("answer", ["请找19900000001办理", "身份证号445200199001010011", "445200199001010011"])
def test_no_mobile_or_identity_number_stands_in_an_entry(answer: str) -> None:
    with pytest.raises(MalformedInput, match="手机号码") as refused:
        replace(WORDS, answer=answer)
    assert "1990000" not in str(refused.value)


def test_an_office_s_landline_and_a_ticket_s_number_may() -> None:
    assert replace(WORDS, answer="咨询电话06630000001，受理编号20261123000001").answer


@pytest.mark.parametrize(("title", "answer"), [("居", "答"), ("居" * 101, "答"), ("居住证", " "), ("居住证", "答" * 8001)])
def test_an_entry_has_a_title_and_an_answer_of_some_length(title: str, answer: str) -> None:
    with pytest.raises(MalformedInput):
        Words(title=title, answer=answer)


def test_what_a_machine_drafts_has_its_numbers_blackened() -> None:
    assert without_numbers("已电话联系19900000001，请到窗口") == "已电话联系＊＊＊，请到窗口"


def test_an_entry_knows_its_valid_and_its_open_version() -> None:
    assert (draft().valid, valid().open) == (None, None)
    assert valid().valid == valid().newest
