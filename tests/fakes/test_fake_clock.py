"""The virtual clock wakes everybody at his own moment."""

import asyncio

from tests.fakes.fake_clock import NOON, FakeClock


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
