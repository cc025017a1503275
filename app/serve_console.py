"""The console process: status page and health probe on loopback."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path

import uvicorn

from app.children import STOP_ORDER, running
from app.control import ask_supervisor
from app.health import from_json, report_of
from app.measures_command import live_calls, live_figures
from app.places import Places
from app.restarts import Watch, started, unheard
from app.settings import Secrets, Settings
from app.wall_clock import WallClock
from console import api_measures
from console.api import with_api
from console.model import HealthReport
from console.pages import console_app
from hotline.errors import DoorClosed
from routing.ports import Board
from storage.board_redis import BoardRedis
from storage.wishes_redis import WishesRedis


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handlers: the stop event is ours (app/serve.py)."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(settings: Settings, secrets: Secrets, var: Path, stop: asyncio.Event) -> None:
    """Serve until `stop`; requests under way are finished first."""
    places = Places(var=var)
    wishes = WishesRedis(places.redis_socket, clock=WallClock())
    board = BoardRedis(places.redis_socket)
    reasons = {pause.reason: pause.name for pause in settings.presence.pauses}
    app = with_api(console_app(lambda: current_report(places)), wishes.ask, partial(_shown, board), reasons)
    app.include_router(api_measures.router(partial(live_figures, places), partial(live_calls, places)))
    config = uvicorn.Config(
        app, host="127.0.0.1", port=settings.console.port, log_config=None, access_log=False, timeout_graceful_shutdown=3
    )
    server = _Server(config)
    try:
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(server.serve())
            await stop.wait()
            server.should_exit = True
            await serving
    finally:
        await wishes.shut()
        await board.shut()


async def _shown(board: Board) -> dict[str, object] | None:
    """The board as plain values; whoever shows it need not know its types."""
    view = await board.latest()
    return None if view is None else asdict(view) | {"at": view.at.isoformat()}


async def current_report(places: Places) -> HealthReport:
    """What the supervisor says; without him, what the pid files say."""
    try:
        return from_json(await ask_supervisor(places.supervisor_socket, {"do": "health"}))
    except DoorClosed:
        return _without_supervisor(places)


def _without_supervisor(places: Places) -> HealthReport:
    claims = {name: claim for name in STOP_ORDER if (claim := running(places, name)) is not None}
    unsure = {
        name: unheard(started(Watch(), 0.0, adopted=True), "无人监督 not supervised") if name in claims else Watch() for name in STOP_ORDER
    }
    notes = ("监督进程不在，通话不受影响；请运行 scripts/up the supervisor is gone, calls go on",)
    return report_of(
        state="alone", watches=unsure, pids={name: claim.pid for name, claim in claims.items()}, live_calls=None, places=places, notes=notes
    )
