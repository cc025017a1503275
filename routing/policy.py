"""Who gets whom: a pure decision (智能分配). Change it here, and the tables in tests/routing/test_policy.py with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from hotline.identity import AgentId, CallId
from hotline.line import PhoneState, WaitingCitizen
from routing.model import Agent


@dataclass(frozen=True, kw_only=True)
class Choice:
    """This agent shall be rung for this citizen. `why` goes into the journal, for whoever asks later."""

    call: CallId
    agent: AgentId
    why: str


def choose(waiting: Iterable[WaitingCitizen], agents: Iterable[Agent], now: datetime) -> list[Choice]:
    """An emergency first (hotline.line.Priority), then who waits longest; for him, of the agents with all his skills, who is idle longest.

    A citizen for whom nobody fits does not hold up those behind him. Agents who talk, ring, rest or are away are left out. A skill that
    nobody has whose telephone is there is not waited for: an agent who must ask back is better than none.
    """
    agents = tuple(agents)
    there = frozenset(skill for agent in agents if agent.phone is not PhoneState.ABSENT for skill in agent.skills)
    idle = sorted((agent for agent in agents if agent.available), key=lambda agent: (agent.idle_since, agent.id))
    choices = []
    for citizen in sorted(waiting, key=lambda citizen: (-citizen.priority, citizen.since, citizen.call)):
        fitting = [agent for agent in idle if agent.skills.issuperset(there.intersection(citizen.skills))]
        if fitting:
            idle.remove(fitting[0])
            choices.append(Choice(call=citizen.call, agent=fitting[0].id, why=_why(citizen, fitting, now)))
    return choices


def _why(citizen: WaitingCitizen, fitting: list[Agent], now: datetime) -> str:
    idle_s = max(0, round((now - fitting[0].idle_since).total_seconds()))
    waited_s = max(0, round(now.timestamp() - citizen.since))
    skills = "+".join(citizen.skills) or "none"
    first = f" priority={citizen.priority}" if citizen.priority else ""
    return f"skills={skills} fitting={len(fitting)} idle_s={idle_s} waited_s={waited_s}{first}"
