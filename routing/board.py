"""What boards and announcements may see of the switchboard: numbers and states, never a citizen's number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from hotline.identity import AgentId, CallId
from hotline.line import PhoneState
from routing.announcing import wait_of
from routing.matching import Caller
from routing.model import Agent, Switchboard
from routing.moves import OfferState, Presence
from routing.policy import choosing_of, keeping, why_still_waiting
from routing.presence import overdue
from routing.supervising import Supervision

MOST_WAITS: Final = 50


@dataclass(frozen=True, kw_only=True)
class EmergencyView:
    """A citizen on his way to 110, 120, 119 or 122. `state`: asked, ringing, talking or unreached (a duty agent is owed to him, at once).

    `service`: empty while he has named none. `for_s`: seconds in this state.
    """

    call: CallId
    service: str
    state: str
    for_s: float


@dataclass(frozen=True, kw_only=True)
class SpottedView:
    """A citizen of whom the recogniser believes that he speaks of an emergency, and who is not on his way to a centre.

    `agent`: who talks with him and brings the service in with one press; None = nobody is with him. `for_s`: seconds since the word.
    """

    call: CallId
    service: str
    agent: AgentId | None
    for_s: float


@dataclass(frozen=True, kw_only=True)
class SupervisedView:
    """A supervisor is at an agent's talk. `mode`: listen, whisper, barge. `agent_sees`: his own screen may show it, too."""

    call: CallId
    agent: AgentId
    supervisor: AgentId
    mode: str
    for_s: float
    agent_sees: bool = False


@dataclass(frozen=True, kw_only=True)
class AgentView:
    """One agent: his presence (`Presence`), for how long, why, and who forced it. `overdue`: his pause lasts longer than its reason allows.

    `misses`: calls in a row that he did not take; `missed`: all of them. `wanted`: what he will be after his call.
    """

    agent: AgentId
    presence: str
    phone: str
    for_s: float
    reason: str = ""
    by: str = ""
    overdue: bool = False
    misses: int = 0
    missed: int = 0
    wanted: str = ""


@dataclass(frozen=True, kw_only=True)
class WaitView:
    """One who waits and is not being offered at this moment. `place`: 1 = the next. `why`: why he has no agent yet (routing/matching.py).

    He may wait `least` to `most` minutes more; `most` 0 = how long is not known.
    """

    call: CallId
    place: int
    waited_s: float
    why: str
    least: int = 0
    most: int = 0


@dataclass(frozen=True, kw_only=True)
class BoardView:
    """One look at the line. `longest_wait_s`: 0 when nobody waits.

    `agents`: in one word, his presence; for one who is ready and whose phone is not idle: occupied or absent. `presences`: all about them.
    """

    at: datetime
    waiting: int
    longest_wait_s: float
    agents: Mapping[AgentId, str]
    emergencies: tuple[EmergencyView, ...] = ()
    spotted: tuple[SpottedView, ...] = ()
    presences: tuple[AgentView, ...] = ()
    supervised: tuple[SupervisedView, ...] = ()
    waits: tuple[WaitView, ...] = ()
    """The first in line, `MOST_WAITS` of them at most."""
    silent_trunks: tuple[str, ...] = ()
    """Carriers that do not answer the switch."""


def view_of(board: Switchboard, now: datetime) -> BoardView:
    """The switchboard as it may be shown."""
    since = min((citizen.since for citizen in board.waiting.values()), default=now.timestamp())
    return BoardView(
        at=now,
        waiting=len(board.waiting),
        longest_wait_s=max(0.0, round(now.timestamp() - since, 1)),
        agents={agent.id: _shown(agent) for agent in board.agents.values()},
        emergencies=tuple(
            EmergencyView(call=call, service=each.service, state=str(each.state), for_s=round((now - each.since).total_seconds(), 1))
            for call, each in sorted(board.emergencies.items(), key=lambda item: item[1].since)
        ),
        spotted=_spotted(board, now),
        presences=tuple(_agent(board, agent, now) for agent in board.agents.values()),
        supervised=tuple(_supervised(board, each, now) for each in board.supervisions.values()),
        waits=_waits(board, now),
        silent_trunks=tuple(sorted(board.silent_trunks)),
    )


def _spotted(board: Switchboard, now: datetime) -> tuple[SpottedView, ...]:
    there = {call: each for call, each in board.spotted.items() if call not in board.emergencies}
    agents = {offer.call: offer.agent for offer in board.offers.values() if offer.state is OfferState.JOINED}
    return tuple(
        SpottedView(call=call, service=each.service, agent=agents.get(call), for_s=round((now - each.since).total_seconds(), 1))
        for call, each in sorted(there.items(), key=lambda item: item[1].since)
    )


def _waits(board: Switchboard, now: datetime) -> tuple[WaitView, ...]:
    board = keeping(board)
    first = islice(choosing_of(board).line.in_order(), MOST_WAITS)
    return tuple(_wait(board, caller, place, now) for place, caller in enumerate(first, start=1))


def _wait(board: Switchboard, caller: Caller, place: int, now: datetime) -> WaitView:
    left, call = wait_of(board, caller, now.timestamp()), CallId(caller.id)
    why, waited_s = why_still_waiting(board, call, now), max(0.0, round(now.timestamp() - caller.since, 1))
    return WaitView(call=call, place=place, waited_s=waited_s, why=why, least=left.least if left else 0, most=left.most if left else 0)


def _supervised(board: Switchboard, each: Supervision, now: datetime) -> SupervisedView:
    return SupervisedView(
        call=each.call,
        agent=each.agent,
        supervisor=each.supervisor,
        mode=str(each.mode),
        for_s=round((now - each.since).total_seconds(), 1),
        agent_sees=board.rules.agents_see_supervision,
    )


def _agent(board: Switchboard, agent: Agent, now: datetime) -> AgentView:
    for_s = round((now - agent.since).total_seconds(), 1)
    return AgentView(
        agent=agent.id,
        presence=str(agent.presence),
        phone=str(agent.phone),
        for_s=for_s,
        reason=agent.reason,
        by=agent.by,
        overdue=overdue(board.rules, agent, for_s),
        misses=agent.misses,
        missed=agent.missed,
        wanted=agent.wanted.what if agent.wanted else "",
    )


def _shown(agent: Agent) -> str:
    """An agent who is ready, but whose phone is not idle, is occupied with something else, or absent."""
    if agent.presence is not Presence.READY or agent.phone is PhoneState.IDLE:
        return str(agent.presence)
    return "absent" if agent.phone is PhoneState.ABSENT else "occupied"
