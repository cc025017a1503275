"""业务单台 of this system: the desk on the ledger's database, with rules that follow the units as they are registered.

The worker keeps one for the sweep (催办, 催办通知书, 移交监察, 三天联系未果), the console one for people. Both may act at once: what was
decided on an old version is refused and decided anew (tickets/desk.py).
"""

import asyncio
import logging
import threading
import time
import traceback
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Engine

from app.settings import Tickets
from app.ticket_rules import ticket_rules
from hotline.errors import BadSettings, DoorClosed, HotlineError
from storage.alarm_files import clear_alarm, raise_alarm
from storage.engine import open_for_reading, open_for_writing
from storage.layout import Layout
from storage.tickets import StoredTickets, open_door
from storage.units import Units
from tickets.desk import Aftermath, SweepFailed, TicketDesk

SWEEP_S: Final = 15.0
"""So often the sweep looks for moments that have come: a reminder is due to the minute, not to the second."""
RECKON_S: Final = 86400.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class OpenDesk:
    """The desk and what it stands on. `shut` it."""

    desk: TicketDesk
    tickets: StoredTickets
    units: Units
    settings: Tickets
    engines: tuple[Engine, ...]

    def refresh(self) -> None:
        """Follow the units as they are registered now. Raises `DoorClosed`, `BadSettings`."""
        with open_door():
            units, secrecy = self.units.in_force(), self.units.secrecy()
        self.desk.rules = ticket_rules(self.settings, units, secrecy)

    def shut(self) -> None:
        """Let go of the database."""
        for engine in self.engines:
            engine.dispose()


def open_desk(settings: Tickets, layout: Layout, *, aftermath: Aftermath | None = None) -> OpenDesk:
    """On the ledger of this folder, which must be migrated. `refresh` it before use: it knows no units yet. Raises `BadSettings`."""
    writing, reading = open_for_writing(layout.ledger), open_for_reading(layout.ledger)
    tickets = StoredTickets(writing, reading=reading)
    desk = TicketDesk(tickets, ticket_rules(settings, {}), aftermath=aftermath)
    return OpenDesk(desk=desk, tickets=tickets, units=Units(writing, reading), settings=settings, engines=(writing, reading))


class TicketSweep:
    """Looks for moments that have come. What it does is kept with its notice in one transaction, so that it may die at any point."""

    def __init__(self, opened: OpenDesk, layout: Layout) -> None:
        """`opened` is his from now on."""
        self._opened = opened
        self._layout = layout
        self._reckoned_at = -RECKON_S

    def round(self, monotonic: float, now: datetime) -> int:
        """One look; how many steps were made. A trouble of any kind is an alarm until a later look has none.

        First what is ripe, then what must be reckoned again: who cannot do the one does the other all the same.
        """
        made = self._tried("ticket-sweep", "业务单催办出错，请查看日志并联系维护人员 reminders are not sent", self._sweep(now))
        if monotonic - self._reckoned_at >= RECKON_S:
            words = "业务单时限重算出错，请查看日志并联系维护人员 dates were not reckoned again"
            if self._tried("ticket-reckoning", words, self._reckon(now)) is not None:
                self._reckoned_at = monotonic
        return made or 0

    def _tried(self, alarm: str, words: str, look: Coroutine[Any, Any, int]) -> int | None:
        """None: the door is closed, and it is tried again at the next look."""
        try:
            made = asyncio.run(look)
        except DoorClosed as error:
            log.error("业务单催办暂时受阻，稍后重试 tickets cannot be swept, tried again: %s", error)
            return None
        except Exception as error:  # noqa: BLE001 - this thread must outlive whatever is wrong; it is an alarm
            _log(error)
            raise_alarm(self._layout.var, alarm, f"{words}: {type(error).__name__}")
            return 0
        clear_alarm(self._layout.var, alarm)
        return made

    async def _sweep(self, now: datetime) -> int:
        await asyncio.to_thread(self._opened.refresh)
        return await self._opened.desk.sweep(now)

    async def _reckon(self, now: datetime) -> int:
        if moved := await self._opened.desk.reckon_again(now):
            log.warning("放假安排公布，%d张业务单的时限已重算 dates were reckoned again", moved)
        return moved


def _log(error: Exception) -> None:
    """Where it went wrong. Not what an error says that is not ours: it may hold what stands in a ticket."""
    failed = error.failed if isinstance(error, SweepFailed) else {"": error}
    for number, each in failed.items():
        words = str(each) if isinstance(each, HotlineError) else ""
        where = "".join(traceback.format_tb(each.__traceback__))
        log.error("业务单催办出错 the sweep of tickets failed: %s %s %s\n%s", number, type(each).__name__, words, where)


def sweep_tickets(settings: Tickets, layout: Layout, stopped: threading.Event, now: Callable[[], datetime]) -> None:
    """In a thread of its own until told to stop: nothing else waits for it, and it for nothing else. Once it looks, no error ends it."""
    try:
        opened = open_desk(settings, layout)
    except BadSettings as error:
        log.critical("业务单规则有误，不催办，请改正后重启 tickets are not swept: %s", error)
        raise_alarm(layout.var, "ticket-sweep", f"业务单规则有误，不催办，请改正后重启 tickets are not swept: {error}")
        return
    except Exception as error:  # noqa: BLE001 - nobody waits for this thread: it says itself that it could not begin
        _log(error)
        raise_alarm(layout.var, "ticket-sweep", f"业务单打不开，不催办，请查看日志后重启 tickets are not swept: {type(error).__name__}")
        return
    sweep = TicketSweep(opened, layout)
    try:
        while not stopped.wait(SWEEP_S):
            try:
                sweep.round(time.monotonic(), now())
            except Exception as error:  # noqa: BLE001 - not even the alarm could be raised (a full disk): looked at again
                _log(error)
    finally:
        opened.shut()
