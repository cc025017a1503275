"""The worker: closed journals become records, drafts and recordings (design.md §1). One per data folder, by a lock.

Three sweeps: `closed/` (begin what is not begun, restart what failed), `late/` (facts that came afterwards), and the outbox (drafts that
the ticket backend has not taken yet). What the sweeps find is done by durable workflows (`storage.workflows`).
"""

import asyncio
import fcntl
import logging
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from app.settings import Secrets, Settings
from hotline.errors import BadSettings, HotlineError
from hotline.messages import Receipt, TicketDraft
from hotline.ports import TicketSink
from storage.after_call import AfterCall
from storage.engine import open_for_writing
from storage.journal_sweep import JournalSweep, Part
from storage.layout import Layout
from storage.migrate import migrate
from storage.outbox import Outbox
from storage.tables import written
from storage.ticket_sink_embedded import EmbeddedTicketSink
from storage.ticket_sink_http import HttpTicketSink
from storage.workflows import Notice, Workflows

log = logging.getLogger(__name__)

VERSION = "hotline-1"
"""Explicit, so that a changed line or a new DBOS strands nothing. Change it only together with a workflow's name."""

POLL_S = 0.05
AT_ONCE = 8
"""Calls that are worked on at the same time; after a long stop thousands may wait in `closed/`."""

SLOW_POLL_S = 1.0
STOP_POLL_S = 0.2
TROUBLE_S = 2.0
PUSH_S = 90.0
OVERDUE_S = 600.0
KEEP_FINISHED = timedelta(days=7)
RESTART_S = (2.0, 5.0, 15.0, 60.0)


class AnotherWorker(HotlineError):
    """There is a worker for this data folder already."""


async def serve(settings: Settings, secrets: Secrets, var: Path, stop: asyncio.Event) -> None:
    """Work until `stop` is set. Raises `AnotherWorker` when one is at it already, and `BadSettings`."""
    layout = Layout(var=var)
    layout.make()
    with only_worker(layout):
        await work(settings, secrets, layout, stop, version=VERSION, notice=_whisper)


async def work(settings: Settings, secrets: Secrets, layout: Layout, stop: asyncio.Event, *, version: str, notice: Notice) -> None:
    """The worker without its lock: the sweeps in a thread, pushes on this event loop."""
    stopped = threading.Event()
    loop = asyncio.get_running_loop()
    async with _sink(settings, secrets, layout) as sink:

        def push(draft: TicketDraft) -> Receipt:
            return asyncio.run_coroutine_threadsafe(sink.push(draft), loop).result(timeout=PUSH_S)

        sweeps = loop.run_in_executor(None, _work, layout, settings.node, version, push, notice, stopped)
        try:
            while not sweeps.done():
                await asyncio.wait([sweeps], timeout=STOP_POLL_S)
                if stop.is_set():
                    stopped.set()
        finally:
            stopped.set()
            await sweeps


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
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


@dataclass(kw_only=True)
class _Begun:
    """A part that was begun, and what became of it."""

    at: float
    tries: int = 1
    restart_at: float | None = None


@dataclass(kw_only=True)
class _Rounds:
    """The sweeps, round by round."""

    sweep: JournalSweep
    outbox: Outbox
    workflows: Workflows
    begun: dict[Part, _Begun] = field(default_factory=dict)
    overdue: set[Part] = field(default_factory=set)

    def quick(self) -> None:
        """Begin what was handed over. Costs one listing of an empty folder when there is nothing to do."""
        parts = self.sweep.closed()
        there = set(parts)
        self.begun = {part: begun for part, begun in self.begun.items() if part in there}
        free = AT_ONCE - sum(begun.restart_at is None for begun in self.begun.values())
        for part in [part for part in parts if part not in self.begun][: max(free, 0)]:
            self.workflows.begin_after_call(part)
            self.begun[part] = _Begun(at=time.monotonic())

    def slow(self) -> None:
        """Late facts, failed workflows, overdue pushes, old rows."""
        self.sweep.take_late(time.time())
        for part, begun in self.begun.items():
            self._look_after(part, begun, time.monotonic())
        now = datetime.now(UTC)
        for call, revision, _ in self.outbox.due(now):
            self.workflows.begin_push(call, revision, written(now))

    def _look_after(self, part: Part, begun: _Begun, now: float) -> None:
        if begun.restart_at is not None:
            if now >= begun.restart_at:
                self.workflows.forget(part)
                self.workflows.begin_after_call(part)
                begun.restart_at, begun.at = None, now
            return
        if now - begun.at < SLOW_POLL_S:
            return
        over = self.workflows.is_over(part)
        if over and part in self.sweep.closed():
            wait = RESTART_S[min(begun.tries, len(RESTART_S)) - 1]
            log.error("通话后处理失败，%s 秒后重试 after-call work of %s ended as %s, begun anew in %s s", wait, part.name, over, wait)
            begun.restart_at, begun.tries = now + wait, begun.tries + 1
        self._alarm(part)

    def _alarm(self, part: Part) -> None:
        age = self.sweep.age_s(part, time.time())
        if age > OVERDUE_S and part not in self.overdue:
            self.overdue.add(part)
            log.critical("通话后处理超过 10 分钟未完成 after-call work of %s pending for %.0f minutes", part.name, age / 60)


def _work(
    layout: Layout, node: str, version: str, push: Callable[[TicketDraft], Receipt], notice: Notice, stopped: threading.Event
) -> None:
    """In a thread of its own: everything that may block on a database."""
    if not _patiently(lambda: migrate(layout.ledger), stopped):
        return
    engine = open_for_writing(layout.ledger)
    outbox = Outbox(engine)
    workflows = Workflows(AfterCall(layout, engine, push), notice=notice)
    rounds = _Rounds(sweep=JournalSweep(layout), outbox=outbox, workflows=workflows)
    try:
        if _patiently(lambda: workflows.launch(layout, node=node, version=version), stopped):
            _patiently(lambda: _adopt(workflows, outbox, node, version), stopped)
            log.info("后台任务就绪 worker ready")
            _go_round(rounds, stopped)
    finally:
        workflows.stop()
        engine.dispose()


def _go_round(rounds: _Rounds, stopped: threading.Event) -> None:
    slow_at = tidy_at = time.monotonic()
    while not stopped.wait(POLL_S):
        now = time.monotonic()
        try:
            rounds.quick()
            if now >= slow_at:
                slow_at = now + SLOW_POLL_S
                rounds.slow()
            if now >= tidy_at:
                tidy_at = now + 3600
                rounds.workflows.sweep_finished(written(datetime.now(UTC) - KEEP_FINISHED))
        except (SQLAlchemyError, OSError) as error:
            log.error("后台任务暂时受阻，稍后重试 worker cannot go on, tries again: %s", error)
            stopped.wait(TROUBLE_S)


def _adopt(workflows: Workflows, outbox: Outbox, node: str, version: str) -> None:
    """What another version left unfinished: calls are found again in `closed/`; pushes are made due now."""
    for stranded in workflows.drop_stranded(node=node, version=version):
        kind, call, number, *_ = stranded.split("/")
        if kind == "push":
            outbox.make_due(call, int(number), datetime.now(UTC))


def _patiently(do: Callable[[], None], stopped: threading.Event) -> bool:
    """Until the database lets us; false when told to stop before."""
    while not stopped.is_set():
        try:
            do()
        except (SQLAlchemyError, OSError) as error:
            log.error("数据库暂不可用，稍后重试 database not usable, tries again: %s", error)
            stopped.wait(TROUBLE_S)
        else:
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
    async with HttpTicketSink(settings.tickets.url, secrets.ticket_token.get_secret_value()) as sink:
        yield sink


def _whisper(step: str, what: str) -> None:
    log.debug("step %s %s", step, what)
