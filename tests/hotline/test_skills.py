"""Skills as they are written in settings and tables."""

import pytest

from hotline.errors import MalformedInput
from hotline.skills import levels_of, written


def test_a_level_is_written_behind_the_skill_and_one_goes_without_saying() -> None:
    assert levels_of(("teochew:3", "tax")) == {"teochew": 3, "tax": 1}
    assert written({"teochew": 3, "tax": 1}) == ("tax", "teochew:3")
    assert levels_of(written(levels_of(("a:9", "b")))) == {"a": 9, "b": 1}


@pytest.mark.parametrize("wrong", ["", "tax:0", "tax:10", "tax:", "税务", "a b", "tax&water", "x" * 41])
def test_what_is_no_skill_is_refused_with_the_remedy(wrong: str) -> None:
    with pytest.raises(MalformedInput, match="teochew:3"):
        levels_of((wrong,))
