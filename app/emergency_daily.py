"""每日自检: with `[emergency] self_test = "04:30"` the emergency self-test is made every day at that moment, China time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Final

from hotline.ports import Clock
from hotline.workdays import CHINA

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 900.0
"""Not one long sleep: who thaws a frozen machine in the morning is not tested at noon of the day after."""


async def daily(at: str, clock: Clock, test: Callable[[], Awaitable[object]]) -> None:
    """Run `test` whenever it is this time of day ("04:30"); for ever, or not at all when `at` is empty. Cancelled by its owner.

    A test that raises is told to the log and made again the next day: nothing here may end the process that hosts it.
    """
    while at:
        due = next_moment(at, clock.now())
        while clock.now() < due:
            await clock.sleep(min(LOOK_EVERY_S, (due - clock.now()).total_seconds()))
        try:
            await test()
        except Exception:  # whatever it is: records are more important than this test
            log.exception("紧急求助自检未能进行 the emergency self-test could not be made")


async def beside(side: Coroutine[None, None, None], work: Coroutine[None, None, None]) -> None:
    """`work` with `side` running along: it ends with the work, and what the work raises is raised as it is, in no group."""
    trouble: Exception | None = None
    async with asyncio.TaskGroup() as group:
        running = group.create_task(side)
        try:
            await work
        except Exception as error:  # noqa: BLE001 - raised again below
            trouble = error
        finally:
            running.cancel()
    if trouble:
        raise trouble


def next_moment(at: str, now: datetime) -> datetime:
    """The next time it is `HH:MM` in China, after now."""
    here = now.astimezone(CHINA)
    hour, minute = (int(part) for part in at.split(":"))
    due = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return due if due > here else due + timedelta(days=1)
