"""The one supervisor: starts all processes, starts again what dies, asks each whether it is well, takes them down in order.

Its own death leaves every process alive; the next supervisor adopts them by their pid files. SIGTERM is an ordered stop of all
(systemd stop); SIGHUP makes it begin anew in place with fresh settings and code. One supervisor per directory: a lock.
"""

import asyncio
import fcntl
import logging
import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any, Literal

from app.children import STOP_STAGES, ChildSpec, collect, launch, running, tell
from app.control import open_door
from app.health import as_json, report_of
from app.moves import RunEvent, RunState, moved
from app.pidfile import Claim, is_alive
from app.places import Places
from app.probes import Probe
from app.restarts import Step, Watch, died, heard, next_step, started, unheard
from app.switch import Switch
from console.model import HealthReport
from hotline.errors import HotlineError, LinkLost

log = logging.getLogger(__name__)

TICK_S = 0.2
PROBE_EVERY_S = 2.0
COUNT_EVERY_S = 5.0
DRAIN_EVERY_S = 0.5
"""Each look starts two programs (app/switch.py)."""

PATIENCE_ON_SIGTERM_S = 20.0
HANG_UP_S = 3.0


class AlreadySupervised(HotlineError):
    """Another supervisor of the same directory is alive."""


def hold_lock(places: Places) -> IO[str]:
    """Become the only supervisor; the lock lasts as long as the returned file is open. Raises `AlreadySupervised`."""
    handle = places.supervisor_lock.open("a", encoding="ascii")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise AlreadySupervised(f"{places.var}: 已有监督进程 another supervisor runs") from None
    return handle


@dataclass(kw_only=True)
class Supervisor:
    """All processes of one directory. `serve` runs until they are down, or until it leaves them alive for another supervisor.

    `leaving` then says why: `anew` = start over in this very process, `hand_over` = somebody else waits to take them.
    """

    places: Places
    specs: Sequence[ChildSpec]
    probes: Mapping[str, Probe]
    switch: Switch
    state: RunState = RunState.STARTING
    leaving: Literal["", "anew", "hand_over"] = ""
    live_calls: int | None = None
    born: float = field(default_factory=time.time)
    watches: dict[str, Watch] = field(init=False)
    claims: dict[str, Claim] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    _starting: dict[str, int] = field(default_factory=dict)
    _patience_until: float | None = None
    _look_again_at: float = 0.0
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.watches = {spec.name: Watch() for spec in self.specs}

    async def serve(self) -> None:
        """Supervise until stopped or told to begin anew. The caller holds the lock."""
        self._listen_to_signals()
        door = await open_door(self.places.supervisor_socket, self._answer)
        try:
            await self._adopt()
            async with asyncio.TaskGroup() as group:
                work = [group.create_task(self._probe_for_ever(spec)) for spec in self.specs] + [group.create_task(self._count_for_ever())]
                await self._watch_over()
                for task in work:
                    task.cancel()
            if not self.leaving:
                await self.take_down()
        finally:
            door.close()
            self.places.supervisor_socket.unlink(missing_ok=True)

    # ── what others ask ──────────────────────────────────────────────────────────────────────────

    def report(self) -> HealthReport:
        """How well everything is."""
        pids = {name: claim.pid for name, claim in self.claims.items()}
        notes = tuple(self.notes)
        return report_of(state=self.state, watches=self.watches, pids=pids, live_calls=self.live_calls, places=self.places, notes=notes)

    def drain(self, within_s: float) -> None:
        """Refuse new citizens, let conversations end for so many seconds at most, then stop all."""
        self.state = moved(self.state, RunEvent.DRAIN_ASKED)
        self.live_calls = None
        self._patience_until = time.monotonic() + within_s
        self._wake.set()

    def stop(self) -> None:
        """Stop all now; calls are ended in order."""
        self.state = moved(self.state, RunEvent.STOP_ASKED)
        self._wake.set()

    def leave(self, why: Literal["anew", "hand_over"]) -> None:
        """Stop supervising: every process stays alive and is adopted by what comes after."""
        self.leaving = why
        self._wake.set()

    async def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        match request:
            case {"do": "health"}:
                pass
            case {"do": "drain", "within_s": int() | float() as within_s}:
                self.drain(float(within_s))
            case {"do": "stop"}:
                self.stop()
            case {"do": "leave", "why": "anew" | "hand_over" as why}:
                self.leave(why)
            case _:
                return {"error": "not a request"}
        return {"pid": os.getpid(), "born": self.born, **as_json(self.report())}

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.drain, PATIENCE_ON_SIGTERM_S)
        loop.add_signal_handler(signal.SIGINT, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self._begin_anew)

    def _begin_anew(self) -> None:
        log.info("SIGHUP: beginning anew with fresh settings and code")
        self.leave("anew")

    # ── keeping them alive ───────────────────────────────────────────────────────────────────────

    async def _adopt(self) -> None:
        """Take over who runs already; who was started from something else is replaced, Asterisk only when nobody is on the line."""
        for spec in self.specs:
            claim = running(self.places, spec.name)
            if claim is None:
                continue
            if claim.fingerprint != spec.fingerprint and await self._may_replace(spec):
                log.info("replacing %s: settings or code changed", spec.name)
                await end(claim, spec.grace_s)
                self._start(spec, time.monotonic())
                continue
            log.info("adopting %s pid=%d", spec.name, claim.pid)
            self.claims[spec.name] = claim
            self.watches[spec.name] = started(self.watches[spec.name], time.monotonic(), adopted=True)
        with suppress(LinkLost):
            if "asterisk" in self.claims:
                await self.switch.refuse_new(False)

    async def _may_replace(self, spec: ChildSpec) -> bool:
        if spec.replaceable:
            return True
        with suppress(LinkLost):
            if await self.switch.live_calls() > 0:
                self.notes.append(f"{spec.name}：设置已改，通话结束后请再次运行 scripts/up (run it again when the line is empty)")
                return False
        return True

    async def _watch_over(self) -> None:
        while not self.leaving and self.state not in (RunState.STOPPING, RunState.STOPPED):
            now = time.monotonic()
            for spec in self.specs:
                self._look_at(spec, now)
            await self._move_on(now)
            self._wake.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), TICK_S)

    def _look_at(self, spec: ChildSpec, now: float) -> None:
        self._notice_start(spec)
        claim = self.claims.get(spec.name)
        if claim is not None and not is_alive(claim):
            self._notice_death(spec, claim, now)
        match next_step(self.watches[spec.name], now, mute_limit_s=spec.mute_limit_s):
            case Step.START if self.state is not RunState.DRAINING or "asterisk" in self.claims:
                self._start(spec, now)
            case Step.KILL_MUTE:
                log.error("%s is mute: %s; killing it", spec.name, self.watches[spec.name].words)
                if claim is not None:
                    tell(claim, signal.SIGKILL)
            case _:
                pass

    def _start(self, spec: ChildSpec, now: float) -> None:
        self.watches[spec.name] = started(self.watches[spec.name], now, adopted=False)
        try:
            pid = launch(spec, self.places)
        except OSError as error:  # no memory, no disk, no more processes: try again later, the others go on
            log.error("%s cannot be started: %s", spec.name, error.strerror)
            self.watches[spec.name] = died(self.watches[spec.name], now)
            return
        self._starting[spec.name] = pid
        log.info("started %s pid=%d restarts=%d", spec.name, pid, self.watches[spec.name].restarts)

    def _notice_start(self, spec: ChildSpec) -> None:
        """The pid file appears a few milliseconds after the start; a launch that failed never writes one."""
        pid = self._starting.get(spec.name)
        if pid is None:
            return
        claim = running(self.places, spec.name)
        if claim is not None and claim.pid == pid:
            self.claims[spec.name] = claim
            del self._starting[spec.name]
        elif _is_over(pid):
            del self._starting[spec.name]
            self.watches[spec.name] = died(self.watches[spec.name], time.monotonic())

    def _notice_death(self, spec: ChildSpec, claim: Claim, now: float) -> None:
        collect(claim.pid)
        del self.claims[spec.name]
        self.watches[spec.name] = died(self.watches[spec.name], now)
        lost = "; HOTLINE: its calls are lost, reconciliation closes their journals" if spec.name == "asterisk" else ""
        log.error("%s pid=%d died%s", spec.name, claim.pid, lost)

    async def _probe_for_ever(self, spec: ChildSpec) -> None:
        while True:
            if self.watches[spec.name].started_at is not None:
                await self._probe(spec)
            await asyncio.sleep(PROBE_EVERY_S if self.watches[spec.name].healthy else TICK_S)

    async def _probe(self, spec: ChildSpec) -> None:
        asked = self.watches[spec.name].started_at
        try:
            await self.probes[spec.name]()
            words = ""
        except HotlineError as error:
            words = str(error)
        except OSError as error:
            words = f"cannot be asked: {error.strerror}"
        watch = self.watches[spec.name]
        if watch.started_at == asked:
            self.watches[spec.name] = unheard(watch, words) if words else heard(watch, time.monotonic())

    async def _count_for_ever(self) -> None:
        while True:
            try:
                self.live_calls = await self.switch.live_calls()
                await self.switch.turn_logs_over(self.places.asterisk_log)
            except LinkLost:
                self.live_calls = None
            await asyncio.sleep(COUNT_EVERY_S)

    # ── the way down ─────────────────────────────────────────────────────────────────────────────

    async def _move_on(self, now: float) -> None:
        if self.state is RunState.STARTING and all(watch.healthy for watch in self.watches.values()):
            self.state = moved(self.state, RunEvent.ALL_HEALTHY)
            log.info("all healthy")
        if self.state is RunState.DRAINING:
            await self._drain_on(now)

    async def _drain_on(self, now: float) -> None:
        if now < self._look_again_at:
            return
        self._look_again_at = now + DRAIN_EVERY_S
        try:
            await self.switch.refuse_new(True)
            self.live_calls = await self.switch.live_calls()
        except LinkLost:
            self.live_calls = None if "asterisk" in self.claims else 0
        if self.live_calls == 0:
            self.state = moved(self.state, RunEvent.LINE_EMPTY)
        elif self._patience_until is not None and now >= self._patience_until:
            log.warning("patience is over with %s calls on the line", self.live_calls)
            self.state = moved(self.state, RunEvent.PATIENCE_OVER)

    async def take_down(self) -> None:
        """End every call in order, then every process, stage by stage."""
        await self._end_calls()
        by_name = {spec.name: spec for spec in self.specs}
        for stage in STOP_STAGES:
            async with asyncio.TaskGroup() as group:
                for name in stage:
                    if name in by_name:
                        group.create_task(self._take_down(by_name[name]))
        self.state = moved(self.state, RunEvent.ALL_DOWN)
        log.info("all down")

    async def _take_down(self, spec: ChildSpec) -> None:
        claim = running(self.places, spec.name)
        if claim is not None:
            log.info("stopping %s pid=%d", spec.name, claim.pid)
            await end(claim, spec.grace_s)
        self.places.pid_file(spec.name).unlink(missing_ok=True)
        self.watches[spec.name] = Watch()

    async def _end_calls(self) -> None:
        with suppress(LinkLost, TimeoutError):
            async with asyncio.timeout(HANG_UP_S):
                if await self.switch.live_calls() == 0:
                    return
                await self.switch.hang_up_all()
                for _ in range(int(HANG_UP_S / TICK_S)):
                    await asyncio.sleep(TICK_S)
                    if await self.switch.live_calls() == 0:
                        return


async def end(claim: Claim, grace_s: float) -> None:
    """SIGTERM, then after so many seconds SIGKILL; returns when the process is gone."""
    tell(claim, signal.SIGTERM)
    with suppress(TimeoutError):
        async with asyncio.timeout(grace_s):
            await _gone(claim)
    tell(claim, signal.SIGKILL)
    await _gone(claim)


async def _gone(claim: Claim) -> None:
    while is_alive(claim):  # noqa: ASYNC110 - an adopted process tells nobody that it ends
        await asyncio.sleep(0.02)
    collect(claim.pid)


def _is_over(pid: int) -> bool:
    """True if a child of ours has ended; collects it."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True
