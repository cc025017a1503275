"""A notice names parts that people play, never people."""

import pytest

from hotline.errors import MalformedInput
from hotline.notices import CITIZEN, Letter, Notice, leader, staff, unit_of


def test_the_key_is_the_same_for_the_same_telling_alone() -> None:
    told = Notice(kind="dispatched", to=staff("u1"), ticket="20261123000001", seq=3, values={"due": "11月30日"})
    assert told.key == "20261123000001/3/dispatched/staff:u1"
    others = [leader("u1"), staff("u2"), CITIZEN]
    assert len({Notice(kind="dispatched", to=to, ticket=told.ticket, seq=3).key for to in others} | {told.key}) == 4


@pytest.mark.parametrize("to", ["19900000001", "staff:", "staff:单位", "somebody", "citizen:19900000001", ""])
def test_a_number_or_a_stranger_is_no_recipient(to: str) -> None:
    with pytest.raises(MalformedInput, match="通知对象"):
        Notice(kind="dispatched", to=to, ticket="1", seq=1)


def test_a_kind_is_a_template_s_name() -> None:
    with pytest.raises(MalformedInput, match="通知种类"):
        Notice(kind="Dispatched!", to=CITIZEN, ticket="1", seq=1)


def test_a_recipient_belongs_to_a_unit_or_to_none() -> None:
    assert (unit_of(leader("u1")), unit_of(CITIZEN)) == ("u1", "")


def test_a_letter_shows_neither_number_nor_words() -> None:
    shown = repr(Letter(key="1/1/a/citizen", number="19900000001", text="某事", template="T1", values=("某事",)))
    assert "1990000" not in shown
    assert "某事" not in shown
