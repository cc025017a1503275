"""The worker: closed journals become records, drafts and recordings (design.md §1). One per data folder, by a lock.

Rounds find what has to be done (`storage.rounds`); durable workflows do it (`storage.workflows`, `storage.after_call`).
"""

import asyncio
import fcntl
import logging
import os
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from agi.told import told
from app.emergency_daily import beside, daily
from app.knowledge_desk import sweep_for_ever
from app.notice_sending import tell_for_ever
from app.settings import Secrets, Settings, Storage
from app.ticket_desk import sweep_tickets
from app.wall_clock import WallClock
from hotline.errors import BadSettings, HotlineError
from hotline.messages import Receipt, TicketDraft
from hotline.ports import TicketSink
from storage.after_call import AfterCall
from storage.alarm_files import clear_alarm, raise_alarm
from storage.ballast import MIB
from storage.callback_list import CallbackList
from storage.callbacks import Callbacks, FirstInLine
from storage.cel_sweep import CelSweep
from storage.database_watch import DatabaseWatch
from storage.disk_watch import DiskWatch, Limits
from storage.engine import open_for_writing
from storage.journal_sweep import JournalSweep
from storage.layout import Layout
from storage.migrate import LedgerGone, prepare_ledger
from storage.outbox import Outbox
from storage.rounds import Rounds
from storage.ticket_sink_embedded import EmbeddedTicketSink
from storage.ticket_sink_http import HttpTicketSink
from storage.workflows import Notice, Workflows
from tickets.model import InDoubt

log = logging.getLogger(__name__)

VERSION = "hotline-2"
"""Explicit, so that a changed line or a new DBOS strands nothing. Change it only together with a workflow's name."""

POLL_S = 0.05
SLOW_POLL_S = 1.0
TIDY_S = 3600.0
STOP_POLL_S = 0.2
TROUBLE_S = 2.0
PUSH_S = 90.0
LOOK_S = 2.0


class AnotherWorker(HotlineError):
    """There is a worker for this data folder already."""


class DatabaseReplaced(HotlineError):
    """A database is not the file that this worker opened: the next one begins with what is there now."""


async def serve(settings: Settings, secrets: Secrets, var: Path, stop: asyncio.Event) -> None:
    """Work until `stop` is set. Raises `AnotherWorker` when one is at it already, and `BadSettings`."""
    layout = Layout(var=var)
    layout.make()
    with only_worker(layout):
        await beside(_besides(settings, secrets, layout), work(settings, secrets, layout, stop, version=VERSION, notice=_whisper))


async def _besides(settings: Settings, secrets: Secrets, layout: Layout) -> None:
    """What runs along with the work and holds none of it up: the daily self-test, notices, entries of the knowledge base that are over."""
    clock = WallClock()
    async with asyncio.TaskGroup() as group:
        group.create_task(_test_daily(settings, layout.var))
        group.create_task(tell_for_ever(settings, secrets, layout, clock))
        group.create_task(sweep_for_ever(settings.tickets, layout, clock))


async def _test_daily(settings: Settings, var: Path) -> None:
    """每日自检: on a switch of its own (app/emergency_command.py), so that nobody on the line notices it."""
    if settings.emergency.self_test:
        from app.emergency_command import self_test  # flows and telephones, which a worker needs for nothing else

        await daily(settings.emergency.self_test, WallClock(), partial(self_test, settings, var))


async def work(settings: Settings, secrets: Secrets, layout: Layout, stop: asyncio.Event, *, version: str, notice: Notice) -> None:
    """The worker without its lock: the sweeps and the looks at disks and databases in threads, pushes on this event loop.

    Raises `DatabaseReplaced` when it must begin anew.
    """
    stopped = threading.Event()
    loop = asyncio.get_running_loop()
    databases = DatabaseWatch(layout)
    looks = loop.run_in_executor(None, _look_after, settings.storage, layout, databases, stopped)
    urging = loop.run_in_executor(None, sweep_tickets, settings.tickets, layout, stopped, _utc_now)
    try:
        async with _sink(settings, secrets, layout) as sink:

            def push(draft: TicketDraft) -> Receipt:
                return _in_time(asyncio.run_coroutine_threadsafe(sink.push(draft), loop))

            sweeps = loop.run_in_executor(None, _work, layout, settings, version, push, notice, databases, stopped)
            try:
                while not sweeps.done():
                    await asyncio.wait([sweeps], timeout=STOP_POLL_S)
                    if stop.is_set():
                        stopped.set()
            finally:
                stopped.set()
                await sweeps
    finally:
        stopped.set()
        await urging
        await looks


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _in_time(pushing: "Future[Receipt]") -> Receipt:
    """What the door answers, or a closed door: a backend that hangs must not hold the draft for ever."""
    try:
        return pushing.result(timeout=PUSH_S)
    except TimeoutError:
        pushing.cancel()
        raise InDoubt(f"ticket backend: no answer in {PUSH_S:g} s") from None


def _look_after(storage: Storage, layout: Layout, databases: DatabaseWatch, stopped: threading.Event) -> None:
    """In a thread of its own: neither a database that is locked nor a step that hangs keeps an alarm waiting. Raises `DatabaseReplaced`."""
    limits = Limits(
        low=storage.low_percent / 100,
        short=storage.short_percent / 100,
        least=storage.least_free_mib * MIB,
        ballast_mib=storage.ballast_mib,
    )
    disks = DiskWatch(layout=layout, limits=limits, second=storage.second_volume)
    while not stopped.is_set():
        disks.look(time.monotonic())
        if not databases.look():
            stopped.set()
            raise DatabaseReplaced("数据库文件已更换，重新开始 a database file is not the one that was opened: beginning anew")
        stopped.wait(LOOK_S)


@contextmanager
def only_worker(layout: Layout) -> Iterator[None]:
    """Hold the worker's lock. The system frees it when the process dies, however it dies."""
    with layout.worker_lock.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            pid = lock.read().strip() or "?"
            raise AnotherWorker(f"已有后台任务进程在运行 a worker (pid {pid}) already serves {layout.var}; this one ends") from None
        with suppress(OSError):  # who holds it is a courtesy, and a full disk no reason not to work
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
        yield


def _work(
    layout: Layout,
    settings: Settings,
    version: str,
    push: Callable[[TicketDraft], Receipt],
    notice: Notice,
    databases: DatabaseWatch,
    stopped: threading.Event,
) -> None:
    """In a thread of its own: everything that may block on a database."""
    if not _patiently(lambda: prepare_ledger(layout), stopped, layout):
        return
    engine, node = open_for_writing(layout.ledger), settings.node
    outbox = Outbox(engine)
    owed = Callbacks(engine, patience=settings.callbacks.patience, missed=settings.callbacks.missed)
    settle = settings.backend.settle if settings.tickets.sink == "http" else None
    workflows = Workflows(AfterCall(layout, engine, push, callbacks=owed, settle=settle), notice=notice)
    cel, first = CelSweep(layout, told, born=datetime.now(UTC)), FirstInLine(layout.first_in_line, owed)
    looks = (cel.round, first.round, CallbackList(layout.callback_list, owed).round)
    rounds = Rounds(sweep=JournalSweep(layout), outbox=outbox, workflows=workflows, besides=looks, told=cel.expect)
    try:
        if _patiently(lambda: workflows.launch(layout, node=node, version=version), stopped, layout):
            _patiently(lambda: _adopt(workflows, outbox, node, version), stopped, layout)
            databases.opened()
            log.info("后台任务就绪 worker ready")
            _go_round(rounds, stopped)
    finally:
        workflows.stop()
        cel.close()
        engine.dispose()


def _go_round(rounds: Rounds, stopped: threading.Event) -> None:
    slow_at = tidy_at = time.monotonic()
    while not stopped.wait(POLL_S):
        now, wall = time.monotonic(), datetime.now(UTC)
        try:
            rounds.quick(now)
            if now >= slow_at:
                slow_at = now + SLOW_POLL_S
                rounds.slow(now, wall)
            if now >= tidy_at:
                # Some hundred at a time: a city's day leaves tens of thousands, so it goes on until there is nothing left.
                tidy_at = now + (SLOW_POLL_S if rounds.tidy(wall) else TIDY_S)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            log.error("后台任务暂时受阻，稍后重试 worker cannot go on, tries again: %s", error)
            stopped.wait(TROUBLE_S)


def _adopt(workflows: Workflows, outbox: Outbox, node: str, version: str) -> None:
    """What a dead worker was to push is due now; what another version left unfinished is begun anew: calls are found in `closed/`."""
    outbox.begin_again(datetime.now(UTC))
    for stranded in workflows.drop_stranded(node=node, version=version):
        kind, call, number, *_ = stranded.split("/")
        if kind == "push":
            outbox.make_due(call, int(number), datetime.now(UTC))


def _patiently(do: Callable[[], None], stopped: threading.Event, layout: Layout) -> bool:
    """Until the database lets us; false when told to stop before."""
    while not stopped.is_set():
        try:
            do()
        except LedgerGone as error:
            raise_alarm(layout.var, "ledger-gone", str(error))
            stopped.wait(TROUBLE_S)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            log.error("数据库暂不可用，稍后重试 database not usable, tries again: %s", error)
            stopped.wait(TROUBLE_S)
        else:
            clear_alarm(layout.var, "ledger-gone")
            return True
    return False


@asynccontextmanager
async def _sink(settings: Settings, secrets: Secrets, layout: Layout) -> AsyncIterator[TicketSink]:
    """The door that the settings name."""
    if settings.tickets.sink == "embedded":
        engine = open_for_writing(layout.ledger)
        try:
            yield EmbeddedTicketSink(engine)
        finally:
            engine.dispose()
        return
    if not settings.tickets.url.startswith(("http://", "https://")):
        raise BadSettings('tickets.url: must be an http(s) address when tickets.sink = "http"')
    token, secret = secrets.ticket_token.get_secret_value(), secrets.ticket_secret.get_secret_value()
    async with HttpTicketSink(settings.tickets.url, token, secret=secret, asks_first=settings.backend.asks_first) as sink:
        yield sink


def _whisper(step: str, what: str) -> None:
    log.debug("step %s %s", step, what)
