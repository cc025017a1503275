"""Nobody guesses for long, and what is remembered of it is bounded."""

from datetime import UTC, datetime, timedelta

from console.tries import ALTOGETHER, ALTOGETHER_IN, MOST_NUMBERS, PER_NUMBER, PER_NUMBER_IN, Tries

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def test_after_some_wrong_tries_a_number_is_closed_for_an_hour_and_others_are_not() -> None:
    tries = Tries()
    for count in range(PER_NUMBER):
        assert not tries.too_often("1", NOW + timedelta(minutes=count))
        tries.wrong("1", NOW + timedelta(minutes=count))
    last = NOW + timedelta(minutes=PER_NUMBER)
    assert (tries.too_often("1", last), tries.too_often("2", last)) == (True, False)
    assert not tries.too_often("1", NOW + PER_NUMBER_IN)


def test_one_try_at_each_of_many_numbers_is_closed_too() -> None:
    tries = Tries()
    for count in range(ALTOGETHER):
        tries.wrong(str(count), NOW)
    assert tries.too_often("new", NOW)
    assert not tries.too_often("new", NOW + ALTOGETHER_IN)


def test_memory_is_bounded() -> None:
    tries = Tries()
    for count in range(MOST_NUMBERS + 10):
        tries.too_often(str(count), NOW + ALTOGETHER_IN * count)
        tries.wrong(str(count), NOW + ALTOGETHER_IN * count)
    assert (len(tries._by_number), len(tries._all)) == (MOST_NUMBERS, 1)
