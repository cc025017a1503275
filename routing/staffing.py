"""排班: how many agents each hour needs so that a share of all callers is answered in time (GB/T 33358: 15 s; 接通率 95 %).

Erlang C gives the first guess; the simulator decides, since callers give up, ask for skills, and bring the last hour's line along.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Final

from routing.erlang import agents_needed
from routing.simulator import HOUR, Called, Chance, Plan, Shift, SimulatedDay, simulate

MOST_ROUNDS: Final = 40
HOURS: Final = 24


@dataclass(frozen=True, kw_only=True)
class HourFigures:
    """One hour of a simulated day. `in_time`: answered within the bound, of all who called; 1.0 when nobody did."""

    hour: int
    calls: int
    agents: int
    in_time: float
    answered: float
    mean_wait_s: float


@dataclass(frozen=True, kw_only=True)
class Staffing:
    """What each hour needs, and what came of it over all simulated days."""

    agents: tuple[int, ...]
    hours: tuple[HourFigures, ...]
    in_time: float
    answered: float
    occupancy: float
    met: bool


def staff_day(plan: Plan, *, share: float, within_s: float, chances: Callable[[], Sequence[Chance]]) -> Staffing:
    """Raise hour by hour until each answers `share` within `within_s` seconds. `chances`: the same days each time they are asked for.

    The plan's own shifts are left out, but for what the agents of the first can: everybody on duty can the same.
    """
    agents = [_first_guess(plan, hour, share, within_s) for hour in range(HOURS)]
    staffing = judge_roster(plan, agents, share=share, within_s=within_s, chances=chances())
    for _ in range(MOST_ROUNDS):
        if staffing.met:
            break
        raised = [_raised(figures, share) for figures in staffing.hours]
        staffing = judge_roster(plan, raised, share=share, within_s=within_s, chances=chances())
    return staffing


def judge_roster(plan: Plan, agents: Sequence[int], *, share: float, within_s: float, chances: Sequence[Chance]) -> Staffing:
    """What this roster (agents for each hour) would do on these days."""
    like = plan.shifts[0] if plan.shifts else None
    days = [simulate(replace(plan, shifts=shifts_of(agents, like)), chance) for chance in chances]
    hours = figures_by_hour(days, agents, within_s)
    calls = [call for day in days for call in day.calls]
    return Staffing(
        agents=tuple(agents),
        hours=hours,
        in_time=_share([call.answered and call.waited <= within_s for call in calls]),
        answered=_share([call.answered for call in calls]),
        occupancy=sum(day.at_work_s for day in days) / max(sum(day.on_duty_s for day in days), 1.0),
        met=all(figures.in_time >= share for figures in hours),
    )


def figures_by_hour(days: Sequence[SimulatedDay], agents: Sequence[int], within_s: float) -> tuple[HourFigures, ...]:
    """Calls by the hour in which they arrived, over all these days (calls are a day's mean, rounded)."""
    sorted_in: list[list[Called]] = [[] for _ in range(HOURS)]
    for day in days:
        for call in day.calls:
            sorted_in[int(call.arrived // HOUR)].append(call)
    return tuple(_hour(hour, calls, agents[hour], within_s, len(days)) for hour, calls in enumerate(sorted_in))


def shifts_of(agents: Sequence[int], like: Shift | None = None) -> tuple[Shift, ...]:
    """One shift per hour."""
    pattern = like or Shift(begins=0, ends=HOUR, agents=0)
    return tuple(replace(pattern, begins=hour * HOUR, ends=(hour + 1) * HOUR, agents=number) for hour, number in enumerate(agents))


def _first_guess(plan: Plan, hour: int, share: float, within_s: float) -> int:
    weights = sum(kind.share for kind in plan.kinds)
    handling = sum(kind.share * kind.talk_s for kind in plan.kinds) / weights + plan.after_call_s
    load = plan.per_hour[hour] / HOUR * handling
    wanted = agents_needed(share, within_s, load=load, handling_s=handling) if load else 1
    return max(1, min(wanted, ceil(load)))


def _raised(figures: HourFigures, share: float) -> int:
    """More for an hour that misses: by how far it misses, at least one."""
    if figures.in_time >= share:
        return figures.agents
    return figures.agents + max(1, round(figures.agents * min(share - figures.in_time, 0.5) * 0.2))


def _hour(hour: int, calls: Sequence[Called], agents: int, within_s: float, days: int) -> HourFigures:
    return HourFigures(
        hour=hour,
        calls=round(len(calls) / days),
        agents=agents,
        in_time=_share([call.answered and call.waited <= within_s for call in calls]),
        answered=_share([call.answered for call in calls]),
        mean_wait_s=sum(call.waited for call in calls) / len(calls) if calls else 0.0,
    )


def _share(kept: Sequence[bool]) -> float:
    return sum(kept) / len(kept) if kept else 1.0
