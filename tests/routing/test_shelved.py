"""A mapping on shelves is a mapping; what differs between two of them is exactly that."""

from random import Random

import pytest

from routing.shelved import SHELF, Shelved, shelved


def large(count: int = 3 * SHELF) -> Shelved[str, int]:
    return shelved({f"k{number}": number for number in range(count)})


@pytest.mark.parametrize("count", [0, 1, SHELF, SHELF + 1, 3 * SHELF])
def test_it_is_the_mapping_that_it_was_made_of_in_its_order(count: int) -> None:
    plain = {f"k{number}": number for number in range(count)}
    there = shelved(plain)
    assert there == plain
    assert plain == there
    assert (list(there), list(there.values()), list(there.items())) == (list(plain), list(plain.values()), list(plain.items()))
    assert (len(there), "k0" in there, there.get("nobody")) == (count, bool(count), None)


def test_who_is_not_there_is_not_there() -> None:
    with pytest.raises(KeyError):
        large()["nobody"]


def test_a_value_anew_changes_nothing_for_who_has_the_former() -> None:
    before = large()
    after = before.having("k200", -1)
    assert (before["k200"], after["k200"], list(after)) == (200, -1, list(before))
    assert dict(after.differing(before)) == {"k200": -1}
    assert after.same_keys(before)


def test_a_new_key_comes_last() -> None:
    before = large()
    after = before.having("new", 7)
    assert (list(after)[-1], after["new"], len(after)) == ("new", 7, len(before) + 1)
    assert dict(after.differing(before)) == {"new": 7}
    assert not after.same_keys(before)


def test_on_shelves_it_stays_where_it_is() -> None:
    there = large()
    assert shelved(there) is there


@pytest.mark.parametrize("seed", range(5))
def test_after_many_changes_it_says_what_a_plain_mapping_says(seed: int) -> None:
    chance = Random(seed)
    first = there = large()
    plain = dict(first)
    for _ in range(60):
        key, value = f"k{chance.randrange(4 * SHELF)}", object()
        there, plain = there.having(key, value), {**plain, key: value}  # type: ignore[arg-type,dict-item]
    assert there == plain
    assert dict(there.differing(first)) == {key: value for key, value in plain.items() if first.get(key) is not value}
