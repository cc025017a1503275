"""What routing knows of callbacks before the worker does, and what it takes from him."""

from dataclasses import replace

from hotline.callbacks import ASKED, MISSED, Owed
from hotline.identity import CallId
from routing.owing import LONGEST_S, Debts

T1, T2 = CallId("hl1-1764000000.1"), CallId("hl1-1764000000.2")
PLACE = Owed(call=T1, number="19900000001", called="12345", reason=ASKED, since=100.0)
LOST = Owed(call=T2, number="19900000002", called="12345", reason=MISSED, since=90.0)


def test_who_has_just_asked_is_known_until_the_worker_tells_of_him_or_much_time_is_over() -> None:
    debts = Debts().asked(PLACE).told([LOST], 200.0)
    assert set(debts.owed) == {T1, T2}
    known = debts.told([LOST, PLACE], 201.0)
    assert (set(known.owed), known.fresh) == ({T1, T2}, frozenset())
    assert set(known.told([LOST], 202.0).owed) == {T2}, "he got through, says the worker"
    assert set(debts.told([LOST], PLACE.since + LONGEST_S).owed) == {T2}


def test_one_number_has_one_callback_and_the_earlier_place_stays() -> None:
    again = replace(PLACE, call=T2, since=150.0)
    assert set(Debts().asked(PLACE).asked(again).owed) == {T1}
    asked = Debts().told([replace(LOST, number=PLACE.number)], 0.0).asked(PLACE)
    assert set(asked.owed) == {T1}, "who asks is not called as somebody who was missed, too"


def test_what_is_settled_here_stays_so_though_the_worker_tells_of_it_once_more() -> None:
    debts = Debts().told([LOST], 0.0).settle([T2]).told([], 1.0).told([LOST], 2.0)
    assert not debts.owed
    assert not debts.told([], T2.born + LONGEST_S).settled, "and is forgotten when nobody can tell of it any more"


def test_a_pause_that_the_worker_does_not_know_of_is_kept_until_it_is_over() -> None:
    debts = Debts().told([LOST], 0.0).again(T2, 0, 60.0)
    assert debts.told([LOST], 1.0).owed[T2].due == 60.0
    assert debts.told([LOST], 61.0).owed[T2].due == 0.0
    asked = Debts().asked(PLACE).again(T1, 1, 500.0)
    assert asked.told([], 150.0).told([PLACE], 151.0).owed[T1].attempts == 1, "listed later than it was tried"


def test_a_try_counts_at_once_and_the_worker_s_count_takes_its_place() -> None:
    debts = Debts().told([LOST], 0.0).again(T2, 1, 500.0).told([LOST], 1.0)
    assert (debts.owed[T2].attempts, debts.owed[T2].due) == (1, 500.0)
    counted = debts.told([replace(LOST, attempts=1, due=501.0)], 2.0)
    assert (counted.owed[T2].due, dict(counted.tried)) == (501.0, {})


def test_what_nobody_owes_changes_nothing() -> None:
    empty = Debts()
    assert empty.settle([T1]) is empty
    assert empty.again(T1, 1, 2.0) is empty
    assert empty.of_number("") == ()
