"""The one supervisor: starts all processes, starts again what dies, asks each whether it is well, takes them down in order.

Its own death leaves every process alive; the next supervisor adopts them by their pid files. SIGTERM is an ordered stop of all
(systemd stop); SIGHUP makes it begin anew in place with fresh settings and code. One supervisor per directory: a lock.
"""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from app.children import STOP_STAGES, ChildSpec, collect, end, is_over, launch, running, tell
from app.control import open_door
from app.health import as_json, report_of
from app.moves import RunEvent, RunState, moved
from app.one_supervisor import AlreadySupervised as AlreadySupervised
from app.one_supervisor import hold_lock as hold_lock
from app.pidfile import Claim, is_alive, worked_s
from app.places import Places
from app.remains import keep
from app.restarts import Step, Watch, died, forgiven, half_heard, heard, next_step, started, unheard
from app.switch import Switch
from app.switch_signs import Partly, Probe
from app.troubles import TROUBLES, troubles
from console.model import HealthReport
from hotline.errors import HotlineError, LinkLost
from storage.alarm_files import clear_alarm, raise_alarm

log = logging.getLogger(__name__)

TICK_S = 0.2
PROBE_EVERY_S = 2.0
COUNT_EVERY_S = 5.0
DRAIN_EVERY_S = 0.5
"""Each look starts two programs (app/switch.py)."""

BUSY = 0.2
"""Share of a processor. Who works harder while it is mute is slow rather than frozen."""

PATIENCE_ON_SIGTERM_S = 20.0
HANG_UP_S = 3.0


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
    _burying: set[str] = field(default_factory=set)
    _worked: dict[str, float] = field(default_factory=dict)
    _group: asyncio.TaskGroup = field(default_factory=asyncio.TaskGroup)
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
            async with self._group as group:
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
        last = time.monotonic()
        while not self.leaving and self.state not in (RunState.STOPPING, RunState.STOPPED):
            now = time.monotonic()
            for spec in self.specs:
                self.watches[spec.name] = forgiven(self.watches[spec.name], now, now - last)
                self._look_at(spec, now)
            last = now
            self._tell_troubles(now)
            await self._move_on(now)
            self._wake.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), TICK_S)

    def _look_at(self, spec: ChildSpec, now: float) -> None:
        self._notice_start(spec)
        claim = self.claims.get(spec.name)
        if claim is not None and not is_alive(claim):
            self._notice_death(spec, claim, now)
        match next_step(self.watches[spec.name], now, mute_limit_s=self._limit_s(spec, now)):
            case Step.START if self.state is not RunState.DRAINING or "asterisk" in self.claims:
                self._start(spec, now)
            case Step.KILL_MUTE if claim is not None and spec.name not in self._burying:
                log.error("%s is mute: %s; killing it", spec.name, self.watches[spec.name].words)
                self._burying.add(spec.name)
                self._group.create_task(self._bury(spec, claim))
            case _:
                pass

    def _limit_s(self, spec: ChildSpec, now: float) -> float | None:
        """How long it may be mute: longer for one that carries calls and works hard."""
        watch, claim = self.watches[spec.name], self.claims.get(spec.name)
        if spec.busy_limit_s is None or claim is None or watch.heard_at is None or not watch.words:
            return spec.mute_limit_s
        share = (worked_s(claim.pid) - self._worked.get(spec.name, 0.0)) / max(now - watch.heard_at, TICK_S)
        return spec.busy_limit_s if share > BUSY else spec.mute_limit_s

    async def _bury(self, spec: ChildSpec, claim: Claim) -> None:
        if spec.remains is not None:
            await keep(claim.pid, spec.remains)
        tell(claim, signal.SIGKILL)

    def _tell_troubles(self, now: float) -> None:
        found = troubles(self.watches, now)
        for name in TROUBLES:
            if name in found:
                raise_alarm(self.places.var, name, found[name])
            else:
                clear_alarm(self.places.var, name)

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
        elif is_over(pid):
            del self._starting[spec.name]
            self.watches[spec.name] = died(self.watches[spec.name], time.monotonic())

    def _notice_death(self, spec: ChildSpec, claim: Claim, now: float) -> None:
        collect(claim.pid)
        del self.claims[spec.name]
        self._burying.discard(spec.name)  # not sooner: who is dying is mute too, and its corpse would be written over what was kept
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
        words, silent = "", False
        try:
            await self.probes[spec.name]()
        except Partly as some:
            words = str(some)
        except HotlineError as error:
            words, silent = str(error), True
        except OSError as error:
            words, silent = f"cannot be asked: {error.strerror}", True
        if self.watches[spec.name].started_at == asked:
            self._note(spec, words, silent=silent)

    def _note(self, spec: ChildSpec, words: str, *, silent: bool) -> None:
        watch, now = self.watches[spec.name], time.monotonic()
        if silent:
            self.watches[spec.name] = unheard(watch, words)
            return
        self.watches[spec.name] = half_heard(watch, now, words) if words else heard(watch, now)
        if claim := self.claims.get(spec.name):
            self._worked[spec.name] = worked_s(claim.pid)

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
