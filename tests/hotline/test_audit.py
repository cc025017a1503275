"""An act says who did it."""

import pytest

from hotline.audit import Act
from tests.fakes.fake_clock import NOON


def test_an_act_without_a_doer_cannot_be_made() -> None:
    with pytest.raises(TypeError):
        Act(at=NOON, act="listen")  # type: ignore[call-arg]
