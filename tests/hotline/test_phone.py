"""The number table: every spelling, no two for one text, and the same letters that the dialplan uses."""

import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.errors import MalformedInput
from hotline.phone import LONGEST, PhoneNumber, Spelling, called_spellings, caller_spellings, mask, read_caller

AREA_CODES = ("0663", "020", "010")
SPELLED = {
    "19900000001": ("19900000001", "019900000001", "8619900000001", "+8619900000001", "008619900000001", "199-0000-0001"),
    "06632000001": ("2000001", "6632000001", "06632000001", "866632000001", "+866632000001", "00866632000001", "0663-2000001"),
    "066320000001": ("20000001", "66320000001", "066320000001", "+8666320000001"),
    "02020000001": ("02020000001", "862020000001", "+862020000001"),
    "01020000001": ("01020000001", "+861020000001"),
    "4000000001": ("4000000001", "864000000001", "+864000000001", "00864000000001"),
    "10086": ("10086", "+8610086", "008610086"),
    "110": ("110",),
    "1001": ("1001",),
    "0085220000001": ("+85220000001", "0085220000001"),
    "": ("", "anonymous", "unavailable", "withheld", "未知", "+", "0", "12", "123456789012345678"),
}  # fmt: skip


@pytest.mark.parametrize(("kept", "text"), [(kept, text) for kept, texts in SPELLED.items() for text in texts])
def test_every_spelling_of_a_caller_comes_out_in_one_form(kept: str, text: str) -> None:
    assert read_caller(text, area_code="0663") == kept


def test_local_numbers_are_completed_by_the_area_code_of_the_trunk() -> None:
    assert read_caller("20000001", area_code="020") == "02020000001"
    assert read_caller("6632000001", area_code="020") == "6632000001"


@pytest.mark.parametrize("area_code", AREA_CODES)
def test_no_text_is_spelled_in_two_ways_so_that_the_dialplan_needs_no_order(area_code: str) -> None:
    clashes = [
        (one.pattern, other.pattern) for one, other in combinations(caller_spellings(area_code), 2) if one != other and _overlap(one, other)
    ]
    assert not clashes


def _overlap(one: Spelling, other: Spelling) -> bool:
    mine, theirs = _letters(one.pattern), _letters(other.pattern)
    return len(mine) == len(theirs) and all(a & b for a, b in zip(mine, theirs, strict=True))


def _letters(pattern: str) -> list[set[str]]:
    known = {"X": set("0123456789"), "Z": set("123456789"), "N": set("23456789")}
    parts = re.findall(r"\[[^]]*\]|.", pattern)
    return [known.get(part) or {sign for sign in "+0123456789" if re.fullmatch(part if part != "+" else r"\+", sign)} for part in parts]


@given(st.text(alphabet="+0123456789- abc", max_size=25), st.sampled_from(AREA_CODES))
def test_whatever_a_carrier_writes_is_kept_as_digits_or_not_at_all(text: str, area_code: str) -> None:
    kept = read_caller(text, area_code=area_code)
    assert kept == "" or PhoneNumber(digits=kept).digits == kept


@given(st.text(alphabet="+0123456789", max_size=LONGEST), st.sampled_from(AREA_CODES))
def test_a_mobile_or_foreign_number_that_was_kept_is_kept_when_read_again(text: str, area_code: str) -> None:
    kept = read_caller(text, area_code=area_code)
    if re.fullmatch(r"1[3-9]\d{9}|00[1-79]\d{6,13}", kept):
        assert read_caller(kept, area_code=area_code) == kept


def test_all_spellings_of_our_number_are_known() -> None:
    texts = called_spellings("12345", aliases=("0663-12345", "8123456"), area_code="0663")
    assert {"12345", "066312345", "66312345", "8666312345", "+8666312345", "008666312345", "+8612345", "8123456"} == set(texts) - {
        "008612345"
    }
    assert len(texts) == len(set(texts))


def test_a_number_that_has_its_area_code_already_is_not_completed() -> None:
    assert called_spellings("02087654321", area_code="0663") == (
        "02087654321", "2087654321", "862087654321", "+862087654321", "00862087654321"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("digits", "e164ish"),
    [("19900000001", "+8619900000001"), ("06632000001", "+866632000001"), ("0085220000001", "+85220000001"), ("12345", "12345")],
)
def test_a_number_tells_its_international_form(digits: str, e164ish: str) -> None:
    assert PhoneNumber(digits=digits).e164ish == e164ish


@pytest.mark.parametrize("digits", ["", "12", "+8619900000001", "199 0000", "1" * 18, "１２３４"])
def test_nothing_but_digits_is_a_number_and_the_message_repeats_none(digits: str) -> None:
    with pytest.raises(MalformedInput, match="not a telephone number") as refused:
        PhoneNumber(digits=digits)
    assert not digits or digits not in str(refused.value)


@pytest.mark.parametrize(
    ("digits", "masked"), [("19900000001", "199****0001"), ("06632000001", "066****0001"), ("2000001", "2****"), ("110", "1****"), ("", "")]
)
def test_a_masked_number_identifies_nobody(digits: str, masked: str) -> None:
    assert mask(digits) == masked
    assert not digits or PhoneNumber(digits=digits).masked() == masked
