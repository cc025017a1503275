"""Runs one of our own processes: settings, logs, a sign of life every second, and a graceful end on SIGTERM."""

import asyncio
import importlib
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import cast

from app.children import SERVED
from app.logging import to_file
from app.pidfile import claim_for, is_alive, read_claim
from app.places import Places
from app.settings import Secrets, Settings, read_secrets, read_settings
from app.staff import staffed
from hotline.errors import HotlineError

log = logging.getLogger(__name__)

Serve = Callable[[Settings, Secrets, Path, asyncio.Event], Awaitable[None]]

BEAT_S = 1.0


class AlreadyRuns(HotlineError):
    """There is a living process of this name in this directory."""


def serve_process(name: str, *, config: Path, places: Places) -> int:
    """Run the process of this name until SIGTERM. Returns its exit code: 0 after a graceful end, 1 after a failure."""
    places.make()
    to_file(places.log / f"{name}.log")
    try:
        _claim(name, places)
        settings, secrets = staffed(read_settings(config), places), read_secrets(places.secrets)
        asyncio.run(_serve(name, serving(name), settings, secrets, places))
    except HotlineError as error:
        log.error("%s cannot run: %s", name, error)
        return 1
    except Exception:
        log.exception("%s failed", name)
        return 1
    return 0


def serving(name: str) -> Serve:
    """`serve` of app/serve_NAME.py, imported only here: each process loads what it needs."""
    if name not in SERVED:
        raise ValueError(f"no process {name!r}; there are {', '.join(SERVED)}")
    module = "routing" if name == "standby" else name
    return cast("Serve", importlib.import_module(f"app.serve_{module}").serve)


async def _serve(name: str, serve: Serve, settings: Settings, secrets: Secrets, places: Places) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    log.info("%s begins pid=%d", name, os.getpid())
    async with asyncio.TaskGroup() as group:
        beating = group.create_task(beat(places.alive_file(name)))
        await serve(settings, secrets, places.var, stop)
        beating.cancel()
    with suppress(OSError):
        places.alive_file(name).unlink()
    log.info("%s ends", name)


async def beat(path: Path) -> None:
    """Touch the file every second as long as the event loop turns; cancelled by its owner."""
    while True:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        os.utime(path)
        await asyncio.sleep(BEAT_S)


def _claim(name: str, places: Places) -> None:
    """Under the supervisor the pid file is there already; who starts a process by hand gets one, too. Raises `AlreadyRuns`."""
    claim = read_claim(places.pid_file(name))
    if claim is None or claim.pid != os.getpid():
        if claim is not None and is_alive(claim):
            raise AlreadyRuns(f"{name} 已在运行 runs already, pid {claim.pid}")
        places.alive_file(name).unlink(missing_ok=True)
        places.pid_file(name).write_text(claim_for(os.getpid(), "by hand"), encoding="utf-8")
