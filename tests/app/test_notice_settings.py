"""[notices]."""

import pytest
from pydantic import ValidationError

from app.notice_settings import Notices


def test_nothing_is_sent_unless_a_gateway_is_named() -> None:
    assert Notices().url == ""


@pytest.mark.parametrize("wrong", [{"url": "sms.example"}, {"office_phone": "0663-1"}, {"texts": "../x"}, {"gateway": "x"}])
def test_what_cannot_be_right_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Notices(**wrong)  # type: ignore[arg-type]
