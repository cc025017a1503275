"""How often somebody is tried, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from hotline.callbacks import Patience

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def test_the_pauses_grow_and_the_last_one_stays() -> None:
    patience = Patience()
    waits = [(patience.after(attempts, NOON) - NOON) / timedelta(minutes=1) for attempts in (0, 1, 2, 3)]
    assert waits == [0, 10, 60, 60]
    assert Patience(pauses=()).after(2, NOON) == NOON


def test_nobody_is_called_at_night_by_the_clock_of_china() -> None:
    asked = [Patience().open_at(datetime(2026, 11, 23, hour, 59, tzinfo=UTC)) for hour in (23, 0, 12, 13)]
    assert asked == [False, True, True, False]


@pytest.mark.parametrize(
    ("attempts", "outcome", "over"), [(1, "busy", False), (3, "no_answer", True), (1, "not_allowed", True), (2, "unreachable", False)]
)
def test_it_is_over_after_enough_tries_or_when_no_try_could_succeed(attempts: int, outcome: str, over: bool) -> None:
    assert Patience().over(attempts, outcome) is over
