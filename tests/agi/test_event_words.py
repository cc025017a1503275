"""What is refused says which event and which header, and never the value."""

import pytest

from agi.event_words import count, may_be_empty, name, need
from hotline.errors import MalformedInput

EVENT = {"Event": "UserEvent", "UserEvent": "CitizenGone", "Caller": "", "Cause": "1x", "Twice": ["19900000001", "b"]}


@pytest.mark.parametrize(
    ("read", "header", "why"),
    [
        (need, "Caller", "Caller is empty"),
        (need, "Call", "Call is missing"),
        (may_be_empty, "Twice", "Twice is there twice"),
        (count, "Cause", "Cause is not a count"),
    ],
)
def test_a_header_that_cannot_be_used_is_refused_by_name(read: object, header: str, why: str) -> None:
    with pytest.raises(MalformedInput, match=why) as refused:
        read(EVENT, header)  # type: ignore[operator]
    assert "19900000001" not in str(refused.value)


def test_an_event_is_called_by_both_its_names() -> None:
    assert name(EVENT) == "UserEvent CitizenGone"
    assert may_be_empty(EVENT, "Caller") == ""
