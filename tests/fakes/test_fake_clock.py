"""The virtual clock wakes everybody at his own moment."""

import asyncio
from datetime import timedelta

from tests.fakes.fake_clock import NOON, FakeClock, MovedClock


def test_sleepers_wake_in_the_order_of_their_moments_and_see_the_right_time() -> None:
    woken: list[tuple[str, float]] = []

    async def sleeper(clock: FakeClock, name: str, *seconds: float) -> None:
        for each in seconds:
            await clock.sleep(each)
            woken.append((name, (clock.now() - NOON).total_seconds()))

    async def story() -> None:
        clock = FakeClock()
        async with asyncio.TaskGroup() as group:
            group.create_task(sleeper(clock, "slow", 5))
            group.create_task(sleeper(clock, "fast", 2, 2))
            await clock.advance(4.5)
            assert woken == [("fast", 2.0), ("fast", 4.0)]
            await clock.advance(3600)

    asyncio.run(story())
    assert woken[-1] == ("slow", 5.0)


def test_a_clock_that_was_set_goes_on_from_there() -> None:
    clock = MovedClock()
    clock.set(NOON + timedelta(days=1))
    first = clock.now()
    asyncio.run(clock.sleep(0))
    assert NOON + timedelta(days=1) <= first <= clock.now() < NOON + timedelta(days=1, minutes=1)
