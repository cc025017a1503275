"""[surge] of the settings."""

import pytest
from pydantic import ValidationError

from app.callback_settings import Callbacks
from app.settings import Settings
from app.surge_settings import Surge


def test_the_key_is_one_until_somebody_says_otherwise() -> None:
    assert Settings().surge == Surge(key="1", repeat_seconds=180)


def test_its_key_is_no_other_key_of_the_wait() -> None:
    with pytest.raises(ValidationError, match=r"surge\.key = 2"):
        Settings(surge=Surge(key="2"))
    assert Settings(surge=Surge(key="2"), callbacks=Callbacks(key="")).surge.key == "2"
    assert Settings(surge=Surge(key=""), callbacks=Callbacks(key="")).surge.key == ""
