"""突发公告 as a value."""

import pytest

from hotline.errors import MalformedInput
from hotline.surge import KINDS, LONGEST_TEXT, SurgeNotice, has_sms


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_notices(kind: str) -> None:
    assert SurgeNotice(id=f"{kind}-1764000000").kind == kind


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("earthquake-1764000000", ""),
        ("typhoon", ""),
        ("typhoon-${x}", ""),
        ("../typhoon-1", ""),
        ("typhoon-1764000000", "a" * (LONGEST_TEXT + 1)),
        ("typhoon-1764000000", "两\n行"),
    ],
)
def test_what_is_no_notice_is_refused(name: str, text: str) -> None:
    with pytest.raises(MalformedInput):
        SurgeNotice(id=name, text=text)


@pytest.mark.parametrize(("number", "can"), [("19900000001", True), ("06630000001", False), ("", False), ("199000000012", False)])
def test_only_a_mobile_telephone_gets_a_message(number: str, can: bool) -> None:
    assert has_sms(number) is can
