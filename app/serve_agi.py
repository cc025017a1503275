"""The agi process: serves the flows to Asterisk and writes what happens into the call journals. It opens no database."""

import asyncio
from pathlib import Path
from typing import Final

from agi.driver import Driver
from agi.provision import LANGUAGE
from agi.server import Server
from agi.sounds import Sounds
from app.places import Places
from app.settings import Secrets, Settings
from ivr.flows.catalogue import flows
from ivr.orders import FlowFunction
from ivr.plans import LinePlan
from storage.journal_files import JournalFiles, new_writer

GRACE_S: Final = 3.0
"""What running visits get at the end; with agi.server.LAST_WORDS_S it stays below the supervisor's patience (app/children.py)."""


async def serve(settings: Settings, secrets: Secrets, var: Path, stop: asyncio.Event) -> None:
    """Serve visits until `stop`, then let those under way finish for `GRACE_S`; the dialplan goes on with the rest."""
    journal = JournalFiles(var, writer=new_writer("agi"))
    try:
        driver = Driver(flows=flows_of(settings), sounds=Sounds(sounds_of(var)), journal=journal)
        server = Server(driver.visit, most=settings.agi.max_visits)
        await server.serve(host="127.0.0.1", port=settings.agi.port, stop=stop, grace_s=GRACE_S)
    finally:
        journal.shut()


def flows_of(settings: Settings) -> dict[str, FlowFunction]:
    """Every flow of a system with these lines."""
    return flows(
        LinePlan(number=line.number, name=line.name, greeting=line.greeting, recording_notice=line.recording_notice)
        for line in settings.lines
    )


def sounds_of(var: Path) -> Path:
    """Where the prompts lie that were rendered for Asterisk (agi/provision.py); absolute, since Asterisk has a folder of its own."""
    return Places(var=var).var / "asterisk" / "sounds" / LANGUAGE
