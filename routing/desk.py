"""The desk (总机台): the only loop of the room. It feeds what happens to `routing.handlers.step`, one at a time, and does what follows.

Nothing else happens between asking for a survey and taking its answer: that makes a survey newer than all the desk knows.
"""

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Final

from hotline.audit import Act
from hotline.call_facts import CallFact
from hotline.callbacks import CallBack
from hotline.errors import Deposed, DoorClosed, HotlineError, LinkLost, OurMistake
from hotline.identity import CallId
from hotline.line import Join, Lead, LineOrder, LinkDown, LinkRestored, RingAgent, Snapshot, Survey, Ways
from hotline.ports import Clock, Telephony
from hotline.supervision import SupervisionOrder
from hotline.transfers import Announce, RingUnit, TransferOrder
from hotline.wishes import Wish
from routing.board import view_of
from routing.callbacks import CallsOwed
from routing.handlers import Happening, step
from routing.model import Joined, JoinRefused, OrderDone, OrderRefused, RingRefused, Surveyed, Switchboard, Tick
from routing.ports import Audit, Board, Days, Debtors, Journals, Staff, Wishes
from routing.staff import StaffListed
from routing.supervising import SupervisionDone, SupervisionRefused
from routing.term import Term
from routing.turn import Turn, presence_line

log = logging.getLogger(__name__)

TICK_S: Final = 1.0
LAST_LINES_S: Final = 0.2
"""After a hang-up the AGI process may still have a line to write; then the journal is handed over."""


class Desk:
    """Runs the switchboard over its doors until it is cancelled; then `leave` it."""

    def __init__(
        self,
        *,
        switchboard: Switchboard,
        telephony: Telephony,
        clock: Clock,
        journals: Journals,
        board: Board,
        wishes: Wishes | None = None,
        audit: Audit | None = None,
        days: Days | None = None,
        debtors: Debtors | None = None,
        staff: Staff | None = None,
        term: Term | None = None,
    ) -> None:
        self.switchboard = switchboard
        self._telephony = telephony
        self._clock = clock
        self._journals = journals
        self._board = board
        self._wishes = wishes
        self._audit = audit
        self._days = days
        self._debtors = debtors
        self._staff = staff
        self._term = term or Term()
        self._happenings: asyncio.Queue[Happening] = asyncio.Queue()
        self._closing: set[CallId] = set()
        self._ticking = False

    async def run(self) -> None:
        """Serve the line, for ever. Raises `Deposed` when another leads."""
        await self._begin()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._tick())
            group.create_task(self._show())
            group.create_task(self._hear_wishes())
            group.create_task(self._hear_of_callbacks())
            group.create_task(self._hear_of_staff())
            while True:
                happening = await self._happenings.get()
                for call in await self._take(happening):
                    self._closing.add(call)
                    closing = self._close_soon(call)
                    try:
                        group.create_task(closing)
                    except RuntimeError:  # the group is ending, and its word was swallowed by a timeout below us (asyncio.wait_for of 3.11)
                        closing.close()
                        raise Deposed("this desk is being ended") from None
                if isinstance(happening, Tick):
                    self._ticking = False

    def leave(self) -> None:
        """Hand over the journals of calls that ended a moment ago; those that go on are for the next process."""
        for call in sorted(self._closing):
            self._journals.close(call)
        self._closing.clear()

    async def _begin(self) -> None:
        """Listen to the line. The survey shows all that an earlier leader has done.

        Who has a place in line without a channel is known before it, or those whom it shows would all stand before him.
        """
        self._tell_of_callbacks()
        if self._days:
            now = self._clock.now()
            self._days.write([presence_line(agent, now) for agent in self.switchboard.agents.values()])
        if self._term.epoch:
            with suppress(LinkLost):  # it says itself when it is there again
                await self._telephony.do(Lead())
                self._happenings.put_nowait(LinkRestored())

    async def _take(self, happening: Happening) -> tuple[CallId, ...]:
        """One thing and all that follows from it. Returns the calls that are over. Raises `Deposed`."""
        self._term.check()
        if isinstance(happening, Tick):
            await self._term.tick(self.switchboard)
        try:
            turn = step(self.switchboard, happening, self._clock.now())
        except OurMistake as mistake:
            log.error("%s left out: %s", type(happening).__name__, mistake)
            return ()
        if not await self._written(turn.audits):
            turn = _not_done(Turn(board=self.switchboard, now=turn.now), turn, happening)
        await self._term.keep(turn.board)
        self._term.check()  # it may have been frozen meanwhile
        self.switchboard = turn.board
        for note in turn.notes:
            self._note(note.call, note.fact)
        if self._days:
            self._days.write(turn.presences)
        closed = turn.closed
        for order in turn.orders:
            if (answer := await self._carry_out(order)) is not None:
                closed += await self._take(answer)
        if self._wishes:
            for each in turn.answers:
                await self._wishes.answer(each.wish, each.answer)
        return closed

    async def _written(self, acts: Iterable[Act]) -> bool:
        """What is not in the audit is not done."""
        try:
            for act in acts:
                if self._audit:
                    await self._audit.keep(act)
        except DoorClosed as closed:
            log.critical("%s", closed)
            return False
        return True

    def _note(self, call: CallId, fact: CallFact) -> None:
        log.info("%s %s %s", call, fact.kind, getattr(fact, "agent", ""))
        self._journals.write(call, fact)

    async def _carry_out(self, order: LineOrder) -> Happening | None:
        """Do it, and say what it came to; None when nothing follows."""
        open_calls = frozenset(self._journals.orphans(())) if isinstance(order, Survey) else frozenset()
        try:
            answer = await self._telephony.do(order)
        except LinkLost as lost:
            if not self.switchboard.linked:
                return None  # known already, and asked again every second
            log.warning("%s: %s", type(order).__name__, lost)
            return LinkDown()
        except HotlineError as refused:
            log.warning("%s refused: %s", type(order).__name__, refused)
            return _refused(order)
        if isinstance(answer, Snapshot):
            return Surveyed(snapshot=answer, open_calls=open_calls)
        if isinstance(answer, Ways):
            return answer
        if isinstance(order, TransferOrder):
            return OrderDone(order=order)
        if isinstance(order, SupervisionOrder):
            return SupervisionDone(order=order)
        return Joined(leg=order.leg) if isinstance(order, Join) else None

    async def _listen(self) -> None:
        async for fact in self._telephony.facts():
            self._happenings.put_nowait(fact)

    async def _hear_wishes(self) -> None:
        if self._wishes is None:
            return
        async for wish in self._wishes.wishes():
            self._happenings.put_nowait(wish)

    async def _hear_of_callbacks(self) -> None:
        while True:
            await self._clock.sleep(TICK_S)
            self._tell_of_callbacks()

    def _tell_of_callbacks(self) -> None:
        if self._debtors is not None and (owed := self._debtors.news()) is not None:
            self._happenings.put_nowait(CallsOwed(owed=owed))

    async def _hear_of_staff(self) -> None:
        while self._staff is not None:
            if (staff := self._staff.news()) is not None:
                self._happenings.put_nowait(StaffListed(staff=staff))
            await self._clock.sleep(TICK_S)

    async def _tick(self) -> None:
        # One at a time, and the next only when all that follows from it is done: what was told before a survey's answer is read before the
        # next survey, which alone makes an end believed (routing/reconcile.py).
        while True:
            await self._clock.sleep(TICK_S)
            if not self._ticking:
                self._ticking = True
                self._happenings.put_nowait(Tick())

    async def _show(self) -> None:
        while True:
            self._term.check()
            await self._board.publish(view_of(self.switchboard, self._clock.now()))
            await self._clock.sleep(TICK_S)

    async def _close_soon(self, call: CallId) -> None:
        await self._clock.sleep(LAST_LINES_S)
        if call in self._closing:
            self._term.check()
            self._closing.discard(call)
            self._journals.close(call)


def _not_done(before: Turn, turn: Turn, happening: Happening) -> Turn:
    """The audit cannot be written: a wish is refused and changes nothing; what has happened has happened, but nothing is ordered."""
    if isinstance(happening, Wish):
        return before.refuse(happening, "审计日志写不进，未执行 the audit cannot be written, so it was not done")
    return replace(turn, orders=())


def _refused(order: LineOrder) -> Happening | None:
    if isinstance(order, RingAgent | RingUnit | CallBack):
        return RingRefused(leg=order.leg)
    if isinstance(order, Announce):
        return JoinRefused(leg=order.leg)
    if isinstance(order, TransferOrder):
        return OrderRefused(order=order)
    if isinstance(order, SupervisionOrder):
        return SupervisionRefused(order=order)
    return JoinRefused(leg=order.leg) if isinstance(order, Join) else None
