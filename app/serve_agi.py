"""The agi process: serves the flows to Asterisk and writes what happens into the call journals. It opens no database."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from agi.driver import Driver
from agi.provision import LANGUAGE
from agi.server import Server
from agi.sounds import Sounds
from app import care_list
from app.care_list import CareList
from app.line_book import LineBook
from app.line_judging import judge_line, plain_plan, skills_of
from app.line_shelf import LineShelf
from app.places import Places
from app.provisioning import key_plan
from app.settings import Secrets, Settings
from app.wall_clock import WallClock
from hotline.ports import Clock
from ivr.checkpoint import resume
from ivr.flows.catalogue import FLOWS
from ivr.flows.line import ON_THE_LINE, WELCOMED, House, Plans, after_call, connecting_again, line, line_again
from ivr.flows.message import message_box
from ivr.orders import FlowFunction
from storage.journal_files import JournalFiles, new_writer
from storage.layout import Layout

GRACE_S: Final = 3.0
"""What running visits get at the end; with agi.server.LAST_WORDS_S it stays below the supervisor's patience (app/children.py)."""


async def serve(settings: Settings, secrets: Secrets, var: Path, stop: asyncio.Event) -> None:
    """Serve visits until `stop`, then let those under way finish for `GRACE_S`; the dialplan goes on with the rest."""
    await serve_by(WallClock(), settings, var, stop)


async def serve_by(clock: Clock, settings: Settings, var: Path, stop: asyncio.Event) -> None:
    """The same by any clock: hours, holidays and publications follow it."""
    journal = JournalFiles(var, writer=new_writer("agi"))
    shelf = shelf_of(settings, var, clock)
    try:
        layout, area_code = Layout(var=Places(var=var).var), settings.sip.area_code
        straight = CareList(var / care_list.FILE, area_code=area_code)
        first = CareList(layout.first_in_line, area_code=area_code, named="断线优先名单")
        flows = flows_of(settings, shelf.plan, straight=straight, first=first)
        driver = Driver(
            flows=flows, sounds=Sounds(sounds_of(var)), journal=journal, clock=clock, spool=layout.spool, keys=key_plan(settings)
        )
        server = Server(driver.visit, most=settings.agi.max_visits)
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(shelf.watch())
            await server.serve(host="127.0.0.1", port=settings.agi.port, stop=stop, grace_s=GRACE_S)
            watching.cancel()
    finally:
        journal.shut()


def shelf_of(settings: Settings, var: Path, clock: Clock) -> LineShelf:
    """The menus of this system, with what is published by now."""
    book = LineBook(Places(var=var).line)
    shelf = LineShelf(book, plain=plain_plan(settings), judge=lambda text: judge_line(text, settings), clock=clock)
    shelf.look()
    return shelf


def flows_of(
    settings: Settings,
    plans: Plans,
    *,
    straight: Callable[[str], bool] = lambda _caller: False,
    first: Callable[[str], bool] = lambda _caller: False,
) -> dict[str, FlowFunction]:
    """Every flow of a system whose lines have these plans.

    `straight`: which caller goes to a human without a menu; `first`: which one goes before all who wait longer (he was cut off).
    """
    skills = skills_of(settings)
    house = House(skills=lambda: skills, message=message_box, straight=straight, first=first)
    again = resume({ON_THE_LINE: line_again(plans, house), WELCOMED: connecting_again(plans, house)})
    return {**FLOWS, "welcome": line(plans, house), "parted": after_call(plans, house), "resume": again}


def sounds_of(var: Path) -> Path:
    """Where the prompts lie that were rendered for Asterisk (agi/provision.py); absolute, since Asterisk has a folder of its own."""
    return Places(var=var).var / "asterisk" / "sounds" / LANGUAGE
