import re

import pytest

from hotline.dialling import EMERGENCY, INTERNATIONAL, NO_NUMBER, NOT_ALLOWED, Calling, Dialling

DIALLING = Dialling(centres=frozenset({"06630000911"}))


@pytest.mark.parametrize(
    "number", ["19900000001", "13800000000", "06630000188", "0200000018", "075500000000", "013800000000", "01000000000"]
)
def test_mobile_and_full_local_numbers_may_be_called(number: str) -> None:
    assert DIALLING.refusal(number) == ""


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("0085212345678", INTERNATIONAL), ("+8613800000000", INTERNATIONAL), ("00", INTERNATIONAL),
        ("110", EMERGENCY), ("120", EMERGENCY), ("119", EMERGENCY), ("122", EMERGENCY), ("0663110", EMERGENCY), ("020119", EMERGENCY),
        ("06630000911", EMERGENCY),
        ("12345", NOT_ALLOWED), ("95566", NOT_ALLOWED), ("2000000", NOT_ALLOWED),
        ("16812345", NOT_ALLOWED), ("16012345", NOT_ALLOWED), ("16812345678", NOT_ALLOWED), ("016812345678", NOT_ALLOWED),
        ("17951138000", NOT_ALLOWED), ("075516812345", NOT_ALLOWED), ("01016812345", NOT_ALLOWED), ("02096812345", NOT_ALLOWED),
        ("1380000", NOT_ALLOWED), ("138000000000", NOT_ALLOWED), ("066312345", NOT_ALLOWED), ("06639501234", NOT_ALLOWED),
        ("", NO_NUMBER), ("13", NO_NUMBER), ("1380000000000", NO_NUMBER), ("19900000001;x", NO_NUMBER),
        ("１３８００００００００", NO_NUMBER),
    ],
)  # fmt: skip
def test_what_may_not_be_called_is_refused_in_words(number: str, words: str) -> None:
    assert DIALLING.refusal(number) == words


def test_a_list_of_the_operators_own_cannot_allow_what_nothing_can() -> None:
    open_to_all = Dialling(prefixes=("0", "1", "9"))
    assert open_to_all.refusal("95566") == ""
    assert [open_to_all.refusal(number) for number in ("110", "0086100000")] == [EMERGENCY, INTERNATIONAL]
    assert [open_to_all.refusal(number) for number in ("16812345", "12112345", "075516812345")] == [NOT_ALLOWED] * 3, "they cost extra"
    assert open_to_all.refusal("12329") == ""


@pytest.mark.parametrize("number", ["110", "0663122", "06630000911", "19900000001", "12345", "95566", "16812345", "013800000000"])
def test_the_dialplan_decides_by_the_same_expressions(number: str) -> None:
    assert bool(re.fullmatch(DIALLING.emergency_pattern, number)) == (DIALLING.refusal(number) == EMERGENCY)
    assert bool(re.fullmatch(DIALLING.allowed_pattern, number)) == number.startswith(DIALLING.prefixes)
    if DIALLING.refusal(number) == "":
        assert re.fullmatch(DIALLING.whole_pattern, number)
    elif DIALLING.refusal(number) == NOT_ALLOWED:
        assert not all(re.fullmatch(each, number) for each in (DIALLING.whole_pattern, DIALLING.allowed_pattern))
    patterns = DIALLING.emergency_pattern + DIALLING.allowed_pattern + DIALLING.whole_pattern
    assert not {"{", "}", ",", "$"} & set(patterns), "they would mean something there"


def test_without_trunks_nobody_is_called() -> None:
    assert Calling().trunks == {}
