"""The routing process: who waits, who answers, joins them; closes the journals of calls that ended. It carries no call: when it dies,
music and talks go on, and the other one, which followed, surveys the line and leads (routing/office.py)."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from agi.ami import AmiTelephony
from agi.ami_link import LITTLE, AmiLink
from agi.fence import Fence
from app.places import Places
from app.routing_rules import deciding
from app.settings import Agent, Secrets, Settings
from app.staff import staffed
from app.wall_clock import WallClock
from hotline.identity import AgentId
from hotline.ports import Clock
from routing.desk import Desk
from routing.knows import Knowledge
from routing.memory import recalled
from routing.model import Agent as Seat
from routing.model import Rules, Switchboard, fresh_switchboard
from routing.office import Office
from routing.term import Term, in_term
from storage.agent_list import AgentFile
from storage.audit_files import AuditFiles
from storage.board_redis import BoardRedis
from storage.callback_list import CallbackFile
from storage.journal_files import JournalFiles, new_writer
from storage.layout import Layout
from storage.lease_redis import LeaseRedis
from storage.node_lock import NodeLock
from storage.presence_files import PresenceFiles
from storage.roster_redis import RosterRedis
from storage.wishes_redis import WishesRedis

AMI_USER: Final = "routing"


async def serve(settings: Settings, secrets: Secrets, var: Path, stop: asyncio.Event) -> None:
    """Lead or follow until `stop`. Nothing is hung up at the end."""
    async with AsyncExitStack() as doors:
        rig = _rig(settings, secrets, Places(var=var), doors)
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(rig.link.run()), group.create_task(rig.office.run())]
            await stop.wait()
            for task in reversed(running):
                task.cancel()


@dataclass(frozen=True, kw_only=True)
class _Rig:
    link: AmiLink
    office: Office


def _rig(settings: Settings, secrets: Secrets, places: Places, doors: AsyncExitStack) -> _Rig:
    """All doors of this process, and the office that uses them. `doors` shuts them."""
    clock, var, redis = WallClock(), places.var, places.redis_socket
    places.run.mkdir(parents=True, exist_ok=True)
    lock = NodeLock(places.run)
    leadership, roster = LeaseRedis(redis, lock), RosterRedis(redis)
    fence = Fence(leadership.holds)
    secret = secrets.ami_password.get_secret_value()
    port = settings.asterisk.ami_port
    link = AmiLink(host="127.0.0.1", port=port, user=AMI_USER, secret=secret, clock=clock, hears=LITTLE, guard=fence)
    telephony, journals = AmiTelephony(link), JournalFiles(var, writer=new_writer("routing"))
    board, wishes, audit = BoardRedis(redis, var=var), WishesRedis(redis, clock=clock), AuditFiles(var)
    doors.callback(journals.shut)
    doors.callback(lock.shut)
    for door in (board, wishes, leadership, roster):
        doors.push_async_callback(door.shut)

    callback_list, agent_list = Layout(var=var).callback_list, Layout(var=var).agent_list

    def desk_of(epoch: int, words: Mapping[str, str] | None) -> Desk:
        fence.epoch = epoch
        fresh = in_term(switchboard_of(staffed(settings, places), clock, secrets.veil), epoch)
        known = recalled(fresh, words or {})
        term = Term(epoch=epoch, holds=leadership.holds, roster=roster, kept=None if words is None else known)
        return Desk(
            switchboard=known,
            telephony=telephony,
            clock=clock,
            journals=journals,
            board=board,
            wishes=wishes,
            audit=audit,
            days=PresenceFiles(var),
            debtors=CallbackFile(callback_list),
            staff=AgentFile(agent_list),
            term=term,
        )

    return _Rig(link=link, office=Office(leadership=leadership, roster=roster, telephony=telephony, clock=clock, desk_of=desk_of))


def switchboard_of(settings: Settings, clock: Clock, veil: bytes = b"") -> Switchboard:
    """A new switchboard with the agents and rules of these settings."""
    board = fresh_switchboard(_agents(settings.agents), rules_of(settings), clock.now())
    told = {AgentId(agent.id): agent for agent in settings.agents}
    return replace(
        board,
        knows=Knowledge(key=veil),
        calling=settings.calling,
        agents={name: _as_told(agent, told[name]) for name, agent in board.agents.items()},
    )


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
        say_agent_number=settings.joined.say_agent_number,
        agents_see_supervision=settings.supervision.agents_see,
        callbacks=settings.callbacks.rules,
    )
    return deciding(rules, settings.routing)
