"""How the bench of the take-over counts."""

import asyncio

import pytest

from bench.takeover import MOST_S, Taken, UnevenDesks, harm, idle, report_of
from phones.sip import ask
from phones.stand_in import Invite


def invite(at: float, number: int = 0, *, ended: float = 0.0) -> Invite:
    message = ask("INVITE", "sip:2001@127.0.0.1", [("From", f"<sip:1990000{number:04d}@127.0.0.1>;tag=a")])
    return Invite(message=message, at=at, ended=ended)


@pytest.mark.parametrize(
    ("spans", "free", "seconds"),
    [
        ([(9.0, 10.4), (9.9, 11.4), (10.5, 11.5)], [], 1.4),
        ([(10.1, 10.2)], [12.0], 1.0),
        ([(9.0, 9.9), (10.1, 10.2)], [], 0.1),
        ([(9.0, 9.9)], [9.95], 3.0),
        ([(9.0, 9.9)], [], 3.0),
        ([], [], 3.0),
    ],
    ids=["free before", "still free", "over before the blow", "nobody rung", "nobody free", "nothing"],
)
def test_who_is_free_longest_after_the_blow_counts(spans: list[tuple[float, float]], free: list[float], seconds: float) -> None:
    assert idle(spans, free, 10.0, 13.0) == pytest.approx(seconds)


def test_a_talk_that_the_switch_ended_was_hurt_and_a_second_offer_is_seen() -> None:
    assert harm([invite(1, 1), invite(2, 2), invite(3, 3)]) == (0, 0)
    assert harm([invite(1, 1), invite(2, 2, ended=2.5), invite(3, 1), invite(4, 1)]) == (1, 1)


def test_the_worst_counts_and_nothing_measured_is_no_success() -> None:
    good = Taken(idle={"killed": [0.2, 0.4], "frozen": [1.6]}, waiting=9)
    assert all(bar.ok for bar in report_of(good)[1])
    assert not all(bar.ok for bar in report_of(Taken(idle={"killed": [0.2, MOST_S + 0.1], "frozen": [1.6]}, waiting=9))[1])
    assert not all(bar.ok for bar in report_of(Taken())[1])
    assert not all(bar.ok for bar in report_of(Taken(idle=good.idle, waiting=9, twice=1))[1])
    assert not all(bar.ok for bar in report_of(Taken(idle=good.idle))[1]), "nobody stood in line"
    names = ["takeover_calls", "takeover_killed_median_s", "takeover_frozen_median_s"]
    assert [figure.name for figure in report_of(good)[0]] == names


def test_each_invite_knows_since_when_its_agent_was_free() -> None:
    async def story() -> tuple[list[tuple[float, float]], tuple[float, ...]]:
        desks = UnevenDesks(passwords={})
        desks._ready |= {"2001": 4.0, "2002": 5.0}
        desks._rung(invite(6.0))
        return desks.spans, tuple(desks.free_since)

    assert asyncio.run(story()) == ([(4.0, 6.0)], (5.0,))
