"""The few questions that every phase asks."""

import pytest

from hotline.access import Role
from hotline.errors import MalformedInput
from tests.tickets.cases import AGENT, MONDAY, RULES, off, sent
from tickets.decision import Case, article_of, day_of, missed, said, short
from tickets.moves import MoveRefused
from tickets.terms import Step


def case(*switched_off: str) -> Case:
    return Case(by=AGENT, role=Role.AGENT, at=MONDAY, rules=off(*switched_off) if switched_off else RULES)


def test_a_refusal_names_the_article_behind_the_chinese_words() -> None:
    with pytest.raises(MoveRefused) as refused:
        case().require("14-1b", False, "请先给书面答复 write first")
    assert (str(refused.value), refused.value.article) == ("请先给书面答复（第14-1条） write first", "14-1")
    case().require("14-1b", True, "x")
    case("14-1b").require("14-1b", False, "x")


def test_a_unit_is_called_by_its_name_where_it_has_one() -> None:
    assert (case().unit_name("tax"), case().unit_name("gone")) == ("市税务局", "gone")


def test_texts_are_trimmed_and_bounded() -> None:
    assert (said(" 好 ", "理由"), short("  ", "理由")) == ("好", "")
    with pytest.raises(MalformedInput, match="请填写理由"):
        said(" ", "理由")
    with pytest.raises(MalformedInput, match="最多3个字"):
        short("一二三四", "理由", most=3)


def test_articles_and_days_as_people_say_them() -> None:
    assert (article_of("13-3a"), article_of("19-2")) == ("13-3", "19-2")
    assert (day_of(sent().ticket.dues[Step.ANSWER]), day_of(None)) == ("3月9日", "")


def test_a_term_is_missed_from_its_first_late_moment_on() -> None:
    ticket = sent().ticket
    until = ticket.dues[Step.CONTACT].until
    assert (missed(ticket, Step.CONTACT, until), missed(ticket, Step.CONTACT, MONDAY)) == (["contact"], [])
    assert missed(ticket, Step.CALLBACK, until) == []
