import pytest

from hotline.errors import MalformedInput
from storage.ticket_words import asked_grams, grams, holds, indexed, needs_reading, runs, searchable
from tests.checks.check_tickets import PHONE, ticket
from tickets.ticket import Citizen, Secrecy


def test_text_is_taken_in_one_width_and_case_and_apart_at_signs() -> None:
    assert runs("Ｗｉ－Fi 路灯，坏了（128号）") == ["wi", "fi", "路灯", "坏了", "128号"]


def test_the_pairs_are_these_and_no_others() -> None:
    """Who changes this must rebuild the index by a migration: SQLite's can take out only what it was given, exactly."""
    assert grams("拖欠工资3个月。") == {"拖欠", "欠工", "工资", "资3", "3个", "个月"}
    assert indexed(ticket(title="路灯", content="坏 了", address="A1"), {"U-Water"}) == ["@u-water", "a1", "路灯"]


@pytest.mark.parametrize("word", ["灯", "", "，。", "灯 坏", "路" * 41])
def test_a_word_that_the_index_knows_nothing_of_is_refused(word: str) -> None:
    with pytest.raises(MalformedInput, match="2至40"):
        asked_grams(["路灯", word])


def test_only_a_word_of_two_is_found_by_the_index_alone() -> None:
    assert not needs_reading(["路灯", "12"])
    assert needs_reading(["路灯", "路灯坏"])
    assert needs_reading(["路灯 坏"])


def test_a_longer_word_must_stand_in_one_piece() -> None:
    assert holds(ticket(content="工资被拖欠"), ["被拖欠", "工资"])
    assert not holds(ticket(content="拖欠了，欠工，工资"), ["拖欠工资"])
    assert not holds(ticket(title="路灯", content="坏了", address=""), ["路灯坏了"])


@pytest.mark.parametrize("secrecy", [Secrecy.CONTACT, Secrecy.REPORT, Secrecy.SECRET])
def test_nothing_that_tells_who_wrote_it_can_be_searched_for(secrecy: Secrecy) -> None:
    citizen = Citizen(name="市民甲", phone=PHONE, account="wechat:abc")
    content = f"我是市民甲，微信wechat:abc，电话{PHONE}或0663-0001 234，路灯坏了"
    words = " ".join(searchable(ticket(content=content, citizen=citizen, secrecy=secrecy)))
    assert "路灯坏了" in words
    for kept in ("市民甲", "wechat:abc", PHONE, "0001 234", "0663"):
        assert kept not in words, kept
    assert "市民甲" in " ".join(searchable(ticket(content=content, citizen=citizen)))
