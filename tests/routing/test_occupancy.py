"""工时利用率: from the lines of an agent's day."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from routing.moves import Presence
from routing.occupancy import Stood, Work, all_work, work_of

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def stood(seconds: float, presence: str, *, there: bool = True, agent: str = "1001") -> Stood:
    return Stood(agent=agent, at=at(seconds), presence=presence, there=there)


def work(*lines: Stood, begin: float = 0, end: float = 100) -> Work:
    return work_of(lines, at(begin), at(end))["1001"]


def test_a_call_from_its_offer_to_the_end_of_the_work_after_it_is_busy() -> None:
    lines = (
        stood(0, "ready"),
        stood(20, "offered"),
        stood(21, "ringing"),
        stood(25, "talking"),
        stood(70, "after_call"),
        stood(80, "ready"),
    )
    assert work(*lines) == Work(busy_s=60, ready_s=40)
    assert work(*lines).occupancy == 0.6


def test_pauses_and_being_away_are_no_time_on_duty() -> None:
    lines = (
        stood(0, "offline"),
        stood(10, "ready", there=False),
        stood(30, "ready"),
        stood(40, "paused"),
        stood(90, "talking", there=False),
    )
    assert work(*lines) == Work(busy_s=10, ready_s=10, paused_s=50)
    assert work(stood(0, "paused")).occupancy is None


def test_only_the_period_counts_and_he_stands_as_he_stood_before_it() -> None:
    assert work(stood(-500, "talking"), stood(30, "ready"), stood(60, "talking"), end=50) == Work(busy_s=30, ready_s=20)


def test_lines_of_several_agents_are_kept_apart_in_any_order_and_can_be_put_together() -> None:
    each = work_of([stood(50, "ready", agent="1002"), stood(0, "talking"), stood(0, "talking", agent="1002")], at(0), at(100))
    assert each == {"1001": Work(busy_s=100), "1002": Work(busy_s=50, ready_s=50)}
    assert all_work(each.values()).occupancy == 0.75


@given(st.lists(st.tuples(st.floats(-50, 150), st.sampled_from(Presence), st.booleans()), min_size=1))
def test_nobody_works_longer_than_the_period(lines: list[tuple[float, str, bool]]) -> None:
    done = work(*(stood(seconds, presence, there=there) for seconds, presence, there in lines))
    assert 0 <= done.busy_s + done.ready_s + done.paused_s <= 100.001
