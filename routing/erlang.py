"""Erlang C (爱尔兰C公式): waiting in a line with one skill, Poisson arrivals, exponential talks and nobody who gives up.

Exact under these conditions and nowhere else: the simulator is checked against it where it holds, and starts its search from it.
Load is in erlangs: arrivals per second times seconds of handling. A line with as many erlangs as agents or more never settles.
"""

from math import exp, inf


def probability_of_waiting(load: float, agents: int) -> float:
    """The share of callers who must wait at all; 1.0 when the line never settles."""
    if agents <= load:
        return 1.0
    blocked = 1.0  # Erlang B, by its stable recursion (no factorials)
    for number in range(1, agents + 1):
        blocked = load * blocked / (number + load * blocked)
    busy = load / agents
    return blocked / (1 - busy + busy * blocked)


def answered_within(seconds: float, *, load: float, agents: int, handling_s: float) -> float:
    """The share of callers who wait no longer than that (GB/T 33358 asks for 15 s); 0.0 when the line never settles."""
    if agents <= load:
        return 0.0
    return 1 - probability_of_waiting(load, agents) * exp(-(agents - load) * seconds / handling_s)


def mean_wait(*, load: float, agents: int, handling_s: float) -> float:
    """Seconds, over all callers; without end when the line never settles."""
    return inf if agents <= load else probability_of_waiting(load, agents) * handling_s / (agents - load)


def agents_needed(share: float, within_s: float, *, load: float, handling_s: float) -> int:
    """The least number of agents with which this share of callers waits no longer than that."""
    agents = max(1, int(load) + 1)
    while answered_within(within_s, load=load, agents=agents, handling_s=handling_s) < share:
        agents += 1
    return agents
