"""What the city's own ticket system can do."""

import pytest
from pydantic import ValidationError

from app.backend_settings import Backend
from app.settings import Settings


def test_a_backend_that_honours_keys_needs_no_waiting() -> None:
    assert Settings().backend.settle is None


def test_one_that_does_not_is_left_alone_after_a_lost_reply() -> None:
    settle = Backend(asks_first=True, settle_seconds=300).settle
    assert settle is not None
    assert settle.total_seconds() == 300


def test_no_time_at_all_would_double_what_is_on_its_way() -> None:
    with pytest.raises(ValidationError):
        Backend(asks_first=True, settle_seconds=0)
