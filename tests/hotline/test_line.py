import dataclasses
from typing import get_args

import pytest

import hotline.line as line


@pytest.mark.parametrize("word", [*get_args(line.LineOrder), *get_args(line.LineFact)], ids=lambda word: str(word.__name__))
def test_orders_and_facts_are_frozen_and_say_what_they_promise(word: type) -> None:
    assert dataclasses.is_dataclass(word)
    assert word.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert (word.__doc__ or "").strip()[-1] in ".`"


def test_no_word_is_both_an_order_and_a_fact() -> None:
    assert not set(get_args(line.LineOrder)) & set(get_args(line.LineFact))
