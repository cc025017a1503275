"""A request says what is known, and nothing else."""

import pytest
from pydantic import ValidationError

from console.asking import Body


class Small(Body):
    words: str


def test_a_request_with_anything_unknown_or_too_long_is_refused() -> None:
    assert Small(words="示忙").words == "示忙"
    with pytest.raises(ValidationError):
        Small.model_validate({"words": "x", "more": 1})
    with pytest.raises(ValidationError):
        Small(words="x" * 201)
