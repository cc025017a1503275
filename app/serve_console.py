"""The console process on loopback: status page and health probe, the desks, accounts, tickets and what stands around them."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from app.accounts import desk_proof_of, open_accounts, with_accounts
from app.around import Around, Later, with_around
from app.children import STOP_ORDER, running
from app.console_doors import look_after, with_tickets
from app.control import ask_supervisor
from app.database_problems import with_database
from app.health import from_json, report_of
from app.measures_command import live_calls, live_figures
from app.places import Places
from app.restarts import Watch, started, unheard
from app.settings import Secrets, Settings
from app.ticket_desk import OpenDesk, open_desk
from app.wall_clock import WallClock
from console import api_measures
from console.api import with_api
from console.api_intake_sms import SmsDesk
from console.model import HealthReport
from console.pages import console_app
from console.problems import with_problems
from hotline.errors import DoorClosed
from routing.ports import Board
from storage.board_redis import BoardRedis
from storage.layout import Layout
from storage.wishes_redis import WishesRedis


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handlers: the stop event is ours (app/serve.py)."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(settings: Settings, secrets: Secrets, var: Path, stop: asyncio.Event) -> None:
    """Serve until `stop`; requests under way are finished first."""
    places = Places(var=var)
    async with AsyncExitStack() as held:
        house = _house(settings, secrets, places, held)
        server = _Server(_config(house.app, settings))
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(server.serve())
            looking = group.create_task(look_after(house.sms, house.opened, WallClock()))
            await stop.wait()
            server.should_exit = True
            looking.cancel()
            await serving


@dataclass(frozen=True, kw_only=True)
class House:
    """The application, and what of it must be looked after."""

    app: FastAPI
    sms: SmsDesk
    opened: OpenDesk


def _house(settings: Settings, secrets: Secrets, places: Places, held: AsyncExitStack) -> House:
    """The whole console; `held` lets go of what it holds. Raises `BadSettings`."""
    wishes, board = WishesRedis(places.redis_socket, clock=WallClock()), BoardRedis(places.redis_socket)
    held.push_async_callback(wishes.shut)
    held.push_async_callback(board.shut)
    accounts, heard = open_accounts(places), Later()
    held.callback(accounts.shut)
    opened = open_desk(settings.tickets, Layout(var=places.var), aftermath=heard)
    held.callback(opened.shut)
    app = with_database(with_problems(console_app(lambda: current_report(places), hosts=settings.console.hosts)))
    reception, guard = with_accounts(app, accounts, now=WallClock().now, https=settings.console.https)
    reasons = {pause.reason: pause.name for pause in settings.presence.pauses}
    with_api(app, wishes.ask, partial(_shown, board), reasons, prove=desk_proof_of(accounts, reception, guard))
    app.include_router(api_measures.router(partial(live_figures, places), partial(live_calls, places)))
    sms = with_tickets(app, opened, settings, secrets, reception=reception, guard=guard, clock=WallClock())
    around = Around(desk=opened.desk, units=opened.units, writing=opened.engines[0], reading=opened.engines[1])
    with_around(app, around, reception, guard)
    heard.then = around.drafts()
    return House(app=app, sms=sms, opened=opened)


def _config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(app, host="127.0.0.1", port=settings.console.port, log_config=None, access_log=False, timeout_graceful_shutdown=3)


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
