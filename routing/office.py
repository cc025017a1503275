"""The office (主持席位): this process leads or follows. It leads in terms; each has a desk of its own, as if a new process had begun.

Who follows does nothing but claim the office several times a second, so that he has it within two seconds of the leader's silence.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

from hotline.errors import Deposed, DoorClosed, LineFault
from hotline.line import Follow
from hotline.ports import Clock, Telephony
from routing.desk import Desk
from routing.ports import Leadership, Roster

log = logging.getLogger(__name__)

CLAIM_EVERY_S: Final = 0.3
A_MOMENT_S: Final = 0.01

DeskOf = Callable[[int, Mapping[str, str] | None], Desk]
"""Makes the desk of a term: its number, and what the roster remembers; None = it does not answer."""


class Office:
    """Claims the office for ever, and runs a desk as long as it has it."""

    def __init__(self, *, leadership: Leadership, roster: Roster, telephony: Telephony, clock: Clock, desk_of: DeskOf) -> None:
        self._leadership = leadership
        self._roster = roster
        self._telephony = telephony
        self._clock = clock
        self._desk_of = desk_of
        self._epoch = 0
        self._term: asyncio.Task[None] | None = None

    @property
    def leads(self) -> bool:
        """A desk of ours is at work."""
        return self._term is not None and not self._term.done()

    async def run(self) -> None:
        """Lead or follow until it is cancelled; then the office is given up."""
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    await self._look(group)
                    # Who leads keeps the office long before it is free; who is silent loses it in this moment.
                    await self._clock.sleep(min(CLAIM_EVERY_S, self._leadership.free_in() + A_MOMENT_S))
        finally:
            await self._leadership.resign()

    async def _look(self, group: asyncio.TaskGroup) -> None:
        epoch = await self._leadership.claim()
        if self._term is not None and (self._term.done() or epoch != self._epoch):
            await self._end()
            if epoch == self._epoch:
                # A desk that stopped by itself may have left something half done: what comes after it is another term.
                await self._leadership.resign()
                epoch = await self._leadership.claim()
        if epoch is not None and self._term is None:
            self._epoch = epoch
            self._term = group.create_task(self._serve(epoch))

    async def _end(self) -> None:
        assert self._term is not None
        self._term.cancel()
        await asyncio.wait({self._term})
        self._term = None
        with suppress(LineFault):  # a link that is down says nothing anyhow
            await self._telephony.do(Follow())

    async def _serve(self, epoch: int) -> None:
        words: Mapping[str, str] | None = None
        try:
            words = await self._roster.recall(epoch)
        except DoorClosed as closed:
            log.error("%s: 从线路上重建 what is on the line is all that is known", closed)
        desk = self._desk_of(epoch, words)
        try:
            await desk.run()
        except* Deposed as deposed:
            log.warning("term %d is over: %s", epoch, deposed.exceptions[0])
        finally:
            if self._leadership.holds(epoch):
                desk.leave()
