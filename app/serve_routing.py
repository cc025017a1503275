"""The routing process: who waits, who answers, joins them; closes the journals of calls that ended. It carries no call: when it dies,
music and talks go on, and the next one surveys the line."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Final

from agi.ami import AmiTelephony
from agi.ami_link import AmiLink
from app.places import Places
from app.settings import Agent, Secrets, Settings, Waiting
from app.wall_clock import WallClock
from hotline.identity import AgentId
from hotline.ports import Clock
from routing.desk import Desk
from routing.model import Rules, Switchboard, fresh_switchboard
from storage.board_redis import BoardRedis
from storage.journal_files import JournalFiles, new_writer

AMI_USER: Final = "routing"


async def serve(settings: Settings, secrets: Secrets, var: Path, stop: asyncio.Event) -> None:
    """Route until `stop`. Nothing is hung up at the end."""
    clock = WallClock()
    secret = secrets.ami_password.get_secret_value()
    link = AmiLink(host="127.0.0.1", port=settings.asterisk.ami_port, user=AMI_USER, secret=secret, clock=clock)
    journals = JournalFiles(var, writer=new_writer("routing"))
    board = BoardRedis(Places(var=var).redis_socket, var=var)
    desk = Desk(switchboard=switchboard_of(settings, clock), telephony=AmiTelephony(link), clock=clock, journals=journals, board=board)
    try:
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(link.run()), group.create_task(desk.run())]
            await stop.wait()
            for task in running:
                task.cancel()
    finally:
        desk.leave()
        await board.shut()
        journals.shut()


def switchboard_of(settings: Settings, clock: Clock) -> Switchboard:
    """A new switchboard with the agents and rules of these settings."""
    return fresh_switchboard(_agents(settings.agents), _rules(settings.waiting), clock.now())


def _agents(agents: Iterable[Agent]) -> dict[AgentId, frozenset[str]]:
    return {AgentId(agent.id): frozenset(agent.skills) for agent in agents}


def _rules(waiting: Waiting) -> Rules:
    return Rules(ring_s=waiting.ring_seconds, rest=timedelta(seconds=waiting.rest_after_miss_seconds))
