"""How the bench of the take-over counts."""

import pytest

from bench.takeover import MOST_S, Taken, harm, report_of, silence
from phones.sip import ask
from phones.stand_in import Invite


def invite(at: float, number: int = 0, *, ended: float = 0.0) -> Invite:
    message = ask("INVITE", "sip:2001@127.0.0.1", [("From", f"<sip:1990000{number:04d}@127.0.0.1>;tag=a")])
    return Invite(message=message, at=at, ended=ended)


@pytest.mark.parametrize(
    ("moments", "seconds"),
    [([9.5, 9.9, 11.4, 11.5], 1.5), ([9.9, 10.1, 10.2, 10.9], 0.7), ([2.0, 9.9, 10.2], 0.3), ([9.9], 3.0), ([], 3.0)],
)
def test_the_longest_silence_that_ends_after_the_blow_counts(moments: list[float], seconds: float) -> None:
    assert silence([invite(at) for at in moments], 10.0) == pytest.approx(seconds)


def test_a_talk_that_the_switch_ended_was_hurt_and_a_second_offer_is_seen() -> None:
    assert harm([invite(1, 1), invite(2, 2), invite(3, 3)]) == (0, 0)
    assert harm([invite(1, 1), invite(2, 2, ended=2.5), invite(3, 1), invite(4, 1)]) == (1, 1)


def test_the_worst_counts_and_nothing_measured_is_no_success() -> None:
    good = Taken(silences={"killed": [0.2, 0.4], "frozen": [1.6]})
    assert all(bar.ok for bar in report_of(good)[1])
    assert not all(bar.ok for bar in report_of(Taken(silences={"killed": [0.2, MOST_S + 0.1], "frozen": [1.6]}))[1])
    assert not all(bar.ok for bar in report_of(Taken())[1])
    assert not all(bar.ok for bar in report_of(Taken(silences=good.silences, twice=1))[1])
    assert [figure.name for figure in report_of(good)[0]] == ["takeover_calls", "takeover_killed_s", "takeover_frozen_s"]
