"""The pool of ready seats, with one more and with one less."""

from random import Random

import pytest

from routing.seats import Pool, Seat, SeatsInTurn, pool_of


def seat(name: str = "a1", order: float = 0.0, kept_for: str = "", **levels: int) -> Seat:
    return Seat(id=name, levels=levels, order=order, kept_for=kept_for)


def test_in_and_out_again_leaves_nothing_behind() -> None:
    pool = Pool().with_seat(seat(tax=1, kept_for="tax"))
    assert pool.without("a1") == Pool()
    assert pool.with_seat(seat(tax=1, kept_for="tax")) == pool
    assert pool.without("a9") is pool


def test_a_seat_that_learns_something_is_one_seat() -> None:
    pool = Pool().with_seat(seat(tax=1)).with_seat(seat(tax=2, water=1, order=3))
    assert pool == pool_of([seat(tax=2, water=1, order=3)])


@pytest.mark.parametrize("seed", range(20))
def test_one_by_one_makes_the_same_pool_as_all_at_once(seed: int) -> None:
    chance, there, pool = Random(seed), dict[str, Seat](), Pool()
    for _ in range(60):
        name = f"a{chance.randrange(12)}"
        if name in there and chance.random() < 0.5:
            pool, _ = pool.without(name), there.pop(name)
        else:
            skills = {skill: chance.randint(1, 2) for skill in chance.sample(("tax", "water", "teochew"), chance.randint(0, 3))}
            there[name] = Seat(id=name, levels=skills, order=chance.randrange(5), kept_for=chance.choice(["", "", "tax"]))
            pool = pool.with_seat(there[name])
        assert pool == pool_of(there.values())


def test_seats_are_asked_in_turn_without_those_who_are_taken() -> None:
    taken: set[str] = set()
    seats = SeatsInTurn(((1.0, "a2"), (2.0, "a1")), taken)
    assert seats.first == (1.0, "a2")
    taken.add("a2")
    assert seats.first == (2.0, "a1")
    taken.add("a1")
    assert seats.first is None
