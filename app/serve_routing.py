"""The routing process: who waits, who answers, joins them; closes the journals of calls that ended. It carries no call: when it dies,
music and talks go on, and the next one surveys the line."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from agi.ami import AmiTelephony
from agi.ami_link import AmiLink
from app.places import Places
from app.routing_rules import deciding
from app.settings import Agent, Secrets, Settings
from app.wall_clock import WallClock
from hotline.identity import AgentId
from hotline.ports import Clock
from routing.desk import Desk
from routing.model import Agent as Seat
from routing.model import Rules, Switchboard, fresh_switchboard
from storage.board_redis import BoardRedis
from storage.journal_files import JournalFiles, new_writer
from storage.wishes_redis import WishesRedis

AMI_USER: Final = "routing"


async def serve(settings: Settings, secrets: Secrets, var: Path, stop: asyncio.Event) -> None:
    """Route until `stop`. Nothing is hung up at the end."""
    clock = WallClock()
    secret = secrets.ami_password.get_secret_value()
    link = AmiLink(host="127.0.0.1", port=settings.asterisk.ami_port, user=AMI_USER, secret=secret, clock=clock)
    journals = JournalFiles(var, writer=new_writer("routing"))
    board = BoardRedis(Places(var=var).redis_socket, var=var)
    wishes = WishesRedis(Places(var=var).redis_socket, clock=clock)
    desk = Desk(
        switchboard=switchboard_of(settings, clock),
        telephony=AmiTelephony(link),
        clock=clock,
        journals=journals,
        board=board,
        wishes=wishes,
    )
    try:
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(link.run()), group.create_task(desk.run())]
            await stop.wait()
            for task in running:
                task.cancel()
    finally:
        desk.leave()
        await board.shut()
        await wishes.shut()
        journals.shut()


def switchboard_of(settings: Settings, clock: Clock) -> Switchboard:
    """A new switchboard with the agents and rules of these settings."""
    board = fresh_switchboard(_agents(settings.agents), rules_of(settings), clock.now())
    told = {AgentId(agent.id): agent for agent in settings.agents}
    return replace(board, agents={name: _as_told(agent, told[name]) for name, agent in board.agents.items()})


def _as_told(agent: Seat, told: Agent) -> Seat:
    own = None if told.after_call_seconds is None else timedelta(seconds=told.after_call_seconds)
    return replace(agent, supervisor=told.supervisor, after_call=own, kept_for=told.kept_for)


def _agents(agents: Iterable[Agent]) -> dict[AgentId, frozenset[str]]:
    return {AgentId(agent.id): frozenset(agent.skills) for agent in agents}


def rules_of(settings: Settings) -> Rules:
    """What the operator has set, as the switchboard reads it."""
    waiting, presence = settings.waiting, settings.presence
    rules = Rules(
        ring_s=waiting.ring_seconds,
        rest=timedelta(seconds=waiting.rest_after_miss_seconds),
        misses_in_a_row=presence.misses_in_a_row,
        after_call=timedelta(seconds=waiting.after_call_seconds),
        after_call_of={
            line.number: timedelta(seconds=line.after_call_seconds) for line in settings.lines if line.after_call_seconds is not None
        },
        longer=timedelta(seconds=presence.longer_seconds),
        pauses={pause.reason: timedelta(minutes=pause.limit_minutes) for pause in presence.pauses},
        log_on=presence.log_on,
    )
    return deciding(rules, settings.routing)
