"""坐席增减: agents come, change and leave while calls are on. Who leaves keeps the call that he has, and goes after it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from hotline.identity import AgentId
from hotline.line import Survey
from hotline.skills import levels_of
from hotline.staff import Employee
from routing.model import Agent, Rules
from routing.moves import BUSY, Presence
from routing.turn import Turn

DISABLED: Final = "disabled"
"""Why an agent is offline who works here no more."""


@dataclass(frozen=True, kw_only=True)
class StaffListed:
    """The operator's list says something else than before: all who work here."""

    staff: tuple[Employee, ...]


def seat_for(each: Employee, rules: Rules, now: datetime) -> Agent:
    """The seat of somebody who was not here before."""
    presence = Presence.OFFLINE if rules.log_on else Presence.READY
    return _as_told(Agent(id=each.id, presence=presence, since=now, idle_since=now), each)


def staff_listed(turn: Turn, listed: StaffListed) -> Turn:
    """Seats for those who are new, new skills for those who changed; who is not named any more leaves."""
    known = turn.board.agents
    fresh = [each for each in listed.staff if each.id not in known]
    for each in listed.staff:
        turn = _listed(turn, each)
    turn = _leave(turn, known.keys() - {each.id for each in listed.staff})
    # A new agent's telephone may have registered before we knew him: the survey sees it.
    return see_off(turn.order(Survey()) if fresh else turn)


def see_off(turn: Turn) -> Turn:
    """Who leaves and has no call any more is gone."""
    if not any(agent.leaves for agent in turn.board.agents.values()):
        return turn
    gone = [agent for agent in turn.board.agents.values() if agent.leaves and agent.presence not in BUSY]
    for agent in gone:
        turn = turn.line_of_day(replace(agent, presence=Presence.OFFLINE, reason=DISABLED))
    left = {name: agent for name, agent in turn.board.agents.items() if agent not in gone}
    return replace(turn, board=replace(turn.board, agents=left)) if gone else turn


def _listed(turn: Turn, each: Employee) -> Turn:
    known = turn.board.agents.get(each.id)
    if known is None:
        seat = seat_for(each, turn.board.rules, turn.now)
        return turn.change(seat).line_of_day(seat)
    after = _as_told(known, each)
    return turn if after == known else turn.change(after)


def _leave(turn: Turn, names: Iterable[AgentId]) -> Turn:
    for name in sorted(names):
        turn = turn.change(replace(turn.board.agents[name], leaves=True))
    return turn


def _as_told(agent: Agent, each: Employee) -> Agent:
    own = None if each.after_call_s is None else timedelta(seconds=each.after_call_s)
    levels = levels_of(each.skills)
    return replace(agent, levels=levels, kept_for=each.kept_for, supervisor=each.supervisor, after_call=own, leaves=False)
