"""The faults of the kill matrix, each done for real: signals, files taken away, locks, a full volume, a closed door.

`STRIKES` is the whole list: fault → how it is done. Each strike returns how it is healed; what heals by itself is only waited for.
"""

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from app.children import running
from app.pidfile import Claim, is_alive
from bench.matrix_house import House, Town
from storage.node_lock import leader

LOCK_S: Final = 60.0
ALONE_S: Final = 8.0
"""So long may whoever watches over the supervisor take to start a new one; then we do what an operator does."""

ROUTERS: Final = ("routing", "standby")

Heal = Callable[[], Awaitable[None]]
Strike = Callable[[Town], Awaitable[Heal]]


async def nothing() -> None:
    """It heals by itself."""


async def _killed(name: str, town: Town) -> Heal:
    await _signal(town.house, name, signal.SIGKILL)
    return nothing


async def _frozen(name: str, town: Town) -> Heal:
    """Whoever should notice it has to: we never thaw it."""
    await _signal(town.house, name, signal.SIGSTOP)
    return nothing


def _leading(town: Town) -> str:
    """Which of the two routing processes leads at this moment."""
    places = town.house.places
    _, pid = leader(places.run)
    names = {claim.pid: name for name in ROUTERS if (claim := running(places, name))}
    return names.get(pid, ROUTERS[0])


async def _leader(sign: signal.Signals, town: Town) -> Heal:
    """Who leads is killed, or frozen and never thawed by us."""
    await _signal(town.house, _leading(town), sign)
    return nothing


async def _follower_killed(town: Town) -> Heal:
    leads = _leading(town)
    await _signal(town.house, next(name for name in ROUTERS if name != leads), signal.SIGKILL)
    return nothing


async def _both_frozen(town: Town) -> Heal:
    """Nobody is left to take over: the lifeline serves until the supervisor notices."""
    for name in ROUTERS:
        await _signal(town.house, name, signal.SIGSTOP)
    return nothing


async def _supervisor_killed(town: Town) -> Heal:
    await _signal(town.house, "supervisor", signal.SIGKILL)
    return partial(_supervise_again, town.house)


async def _supervise_again(house: House) -> None:
    until = time.monotonic() + ALONE_S
    while time.monotonic() < until:
        if "no supervisor" not in await house.is_well():
            return
        await asyncio.sleep(0.2)
    await asyncio.to_thread(house.run, "up")


async def _database_gone(town: Town) -> Heal:
    """A file that somebody has open lives on without its name: so the worker dies, too, and its successor finds no ledger."""
    house = town.house
    folder, aside = house.places.var / "db", house.places.var / "db-taken-away"
    aside.mkdir()
    for path in sorted(folder.glob("ledger.sqlite*")):
        path.rename(aside / path.name)
    await _signal(house, "worker", signal.SIGKILL)

    async def back() -> None:
        for path in sorted(aside.iterdir()):
            path.replace(folder / path.name)
        aside.rmdir()

    return back


async def _database_locked(town: Town) -> Heal:
    over = threading.Event()
    held = threading.Event()
    thread = threading.Thread(target=_hold_lock, args=(town.house.places.var / "db" / "ledger.sqlite", held, over))
    thread.start()
    await asyncio.to_thread(held.wait, 30)

    async def let_go() -> None:
        await asyncio.to_thread(thread.join, LOCK_S + 10)

    return let_go


def _hold_lock(path: Path, held: threading.Event, over: threading.Event) -> None:
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        connection.execute("BEGIN EXCLUSIVE")
        held.set()
        over.wait(LOCK_S)
    finally:
        connection.close()


async def _database_read_only(town: Town) -> Heal:
    """The directory is a mount of its own in this lane. Nobody may hold a file open for writing: worker and console die until none is."""
    house, folder = town.house, str(town.house.places.var / "db")
    for _ in range(100):
        for name in ("worker", "console"):
            if running(house.places, name):
                await _signal(house, name, signal.SIGKILL)
        if not _remount(folder, "ro"):
            break
        await asyncio.sleep(0.02)
    else:
        raise RuntimeError(f"{folder} could not be made read-only: {_remount(folder, 'ro')}")

    async def writable() -> None:
        trouble = _remount(folder, "rw")
        if trouble:
            raise RuntimeError(trouble)

    return writable


def _remount(folder: str, how: str) -> str:
    done = subprocess.run(["mount", "-o", f"remount,bind,{how}", folder], check=False, capture_output=True, text=True)
    return done.stderr.strip()


async def _disk_full(town: Town) -> Heal:
    """Fill it, and fill again what the ballast or a closed file gives back, as a runaway process would."""
    filler = town.house.places.var / "filler"
    stop = threading.Event()
    await asyncio.to_thread(_fill, filler)
    thread = threading.Thread(target=_keep_full, args=(filler, stop))
    thread.start()

    async def empty() -> None:
        stop.set()
        await asyncio.to_thread(thread.join, 10)
        filler.unlink(missing_ok=True)

    return empty


def _keep_full(filler: Path, stop: threading.Event) -> None:
    while not stop.wait(0.1):
        _fill(filler)


def _fill(filler: Path) -> None:
    with filler.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            free = shutil.disk_usage(filler.parent).free
            if not free:
                return
            file.write(bytes(min(free, 1 << 20)))


async def _ami_cut(town: Town) -> Heal:
    """Nobody can log in any more, and who was logged in is thrown out."""
    house = town.house
    conf = house.places.asterisk_etc / "manager.conf"
    text = conf.read_text(encoding="utf-8")
    conf.write_text(text.replace("enabled = yes", "enabled = no", 1), encoding="utf-8")
    await house.ask("manager reload")
    for line in (await house.ask("manager show connected")).splitlines():
        for word in line.split():
            if word.isdigit():
                await house.ask(f"manager kick session {word}")

    async def on() -> None:
        conf.write_text(text, encoding="utf-8")
        await house.ask("manager reload")

    return on


async def _trunk_black_holed(town: Town) -> Heal:
    pid = town.centres[0].phone.pid
    os.kill(pid, signal.SIGSTOP)

    async def thaw() -> None:
        os.kill(pid, signal.SIGCONT)

    return thaw


async def _script_hangs(town: Town) -> Heal:
    """The lifeline is all that is left: so its script must be needed, and nobody may start anything again."""
    house = town.house
    scripts = sorted(path for path in house.places.var.rglob("agi-bin/*") if path.is_file())
    if not scripts:
        raise RuntimeError("this system has no note-taker script in agi-bin")
    texts = {path: path.read_bytes() for path in scripts}
    for path in scripts:
        path.write_text("#!/bin/sh\nexec sleep 600\n", encoding="utf-8")
    for name in ("supervisor", "watchdog", "agi", *ROUTERS):
        await _signal(house, name, signal.SIGKILL)

    async def mend() -> None:
        for path, text in texts.items():
            path.write_bytes(text)
        await _supervise_again(house)

    return mend


async def _signal(house: House, name: str, sign: signal.Signals) -> None:
    claim = running(house.places, name)
    if claim is None:
        raise RuntimeError(f"{name} does not run: it cannot be harmed")
    os.kill(claim.pid, sign)
    if sign is signal.SIGKILL:
        await _dead(claim)


async def _dead(claim: Claim) -> None:
    async with asyncio.timeout(5):
        while is_alive(claim):  # noqa: ASYNC110 - somebody else's child tells us nothing
            await asyncio.sleep(0.005)


STRIKES: Final[Mapping[str, Strike]] = MappingProxyType(
    {
        **{f"{name}-killed": partial(_killed, name) for name in ("agi", "watchdog", "worker", "redis", "asterisk")},
        **{f"{name}-frozen": partial(_frozen, name) for name in ("agi", "redis", "asterisk")},
        "routing-killed": partial(_leader, signal.SIGKILL),
        "routing-frozen": partial(_leader, signal.SIGSTOP),
        "standby-killed": _follower_killed,
        "routers-frozen": _both_frozen,
        "supervisor-killed": _supervisor_killed,
        "database-gone": _database_gone,
        "database-locked": _database_locked,
        "database-read-only": _database_read_only,
        "disk-full": _disk_full,
        "ami-cut": _ami_cut,
        "trunk-black-holed": _trunk_black_holed,
        "script-hangs": _script_hangs,
    }
)
