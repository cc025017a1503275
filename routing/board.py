"""What boards and announcements may see of the switchboard: numbers and states, never a citizen's number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hotline.identity import AgentId
from hotline.line import PhoneState
from routing.model import Agent, Switchboard
from routing.moves import Duty


@dataclass(frozen=True, kw_only=True)
class BoardView:
    """One look at the line. `longest_wait_s`: 0 when nobody waits. `agents`: free, reserved, talking, resting, occupied or absent."""

    at: datetime
    waiting: int
    longest_wait_s: float
    agents: Mapping[AgentId, str]


def view_of(board: Switchboard, now: datetime) -> BoardView:
    """The switchboard as it may be shown."""
    since = min((citizen.since for citizen in board.waiting.values()), default=now.timestamp())
    return BoardView(
        at=now,
        waiting=len(board.waiting),
        longest_wait_s=max(0.0, round(now.timestamp() - since, 1)),
        agents={agent.id: _shown(agent) for agent in board.agents.values()},
    )


def _shown(agent: Agent) -> str:
    """An agent who is free for us, but whose phone is not idle, is occupied with something else, or absent."""
    if agent.duty is not Duty.FREE or agent.phone is PhoneState.IDLE:
        return str(agent.duty)
    return "absent" if agent.phone is PhoneState.ABSENT else "occupied"
