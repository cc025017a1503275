"""What is missing of a recording."""

import pytest

from recordings.gaps import TOLERANCE_S, AudioGap, gaps_of, moved


def test_a_crash_of_the_switch_makes_no_gap() -> None:
    assert gaps_of(60.0, 60.0, 60.0 + TOLERANCE_S) == ()


def test_a_side_that_is_short_has_a_gap_of_which_nobody_knows_where() -> None:
    assert gaps_of(60.0, 50.5, 60.0) == (AudioGap(side="heard", seconds=9.5),)
    assert gaps_of(20.0, 50.0, 60.0) == (AudioGap(side="citizen", seconds=40.0), AudioGap(side="heard", seconds=10.0))


def test_when_both_sides_stopped_together_it_is_one_gap() -> None:
    assert gaps_of(50.0, 51.0, 60.0) == (AudioGap(side="both", seconds=10.0),)


def test_of_a_side_that_is_not_there_everything_is_missing() -> None:
    assert gaps_of(None, 60.0, 60.0) == (AudioGap(side="citizen", seconds=60.0, begins=0.0),)
    assert gaps_of(None, None, 60.0) == (AudioGap(side="both", seconds=60.0, begins=0.0),)


@pytest.mark.parametrize(("expected", "seconds"), [(12.0, 0.0), (13.0, 3.0), (30.0, 20.0)])
def test_a_call_that_turns_out_to_be_longer_or_shorter_moves_the_gap(expected: float, seconds: float) -> None:
    gaps = moved(gaps_of(10.0, 10.0, 20.0), seconds=10.0, before=20.0, expected=expected)
    assert gaps == ((AudioGap(side="both", seconds=seconds),) if seconds else ())


def test_a_whole_recording_may_turn_out_to_be_short() -> None:
    assert moved((), seconds=10.0, before=10.0, expected=15.0) == (AudioGap(side="both", seconds=5.0),)
