"""Wishes travel as plain JSON, and everything that may be wished has its words."""

import json
from dataclasses import asdict, fields
from typing import get_type_hints

import pytest

from hotline.wishes import Wanted, Wish, known_wishes

FLAT = (str, int, float, bool, tuple[str, ...])


@pytest.mark.parametrize("name", sorted(known_wishes()))
def test_every_wish_is_flat_so_that_it_travels_as_it_is(name: str) -> None:
    kind = known_wishes()[name]
    hints = get_type_hints(kind)
    assert not [field.name for field in fields(kind) if hints[field.name] not in FLAT]
    wish = kind(**{field.name: hints[field.name]() for field in fields(kind) if hints[field.name] in (str, int, float, bool)})
    assert json.loads(json.dumps(asdict(wish))).keys() == {field.name for field in fields(kind)}


@pytest.mark.parametrize("name", sorted(known_wishes()))
def test_every_wish_says_what_it_is(name: str) -> None:
    assert (known_wishes()[name].__doc__ or "").strip()


def test_nobody_waits_for_the_answer_to_a_wish_without_an_id() -> None:
    assert (Wish().id, Wish().by) == ("", "")
    assert len(set(Wanted)) == 5
