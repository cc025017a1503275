"""智能分配 on the line: the switchboard as routing/matching.py wants it, and what it chose as the switchboard wants it.

`Switchboard.choosing` is kept up by `follow`, which routing/turn.py calls wherever somebody comes, leaves or changes. It remembers which
mappings it was made of: whoever puts others into the switchboard by hand makes it be built anew, which is slower and just as right.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from math import log2
from typing import Final

from hotline.identity import AgentId, CallId, LegId
from hotline.line import PhoneState, Priority, WaitingCitizen
from hotline.skills import Levels
from routing.choosing import Choosing
from routing.matching import Caller, Line, choose, why_waiting
from routing.model import Agent, Offer, Switchboard
from routing.moves import OfferState, Presence
from routing.seats import Seat, pool_of
from routing.shelved import Shelved, shelved

UNDER_WAY: Final = (OfferState.RINGING, OfferState.ANSWERED, OfferState.JOINED)
HALF_LIFE_S: Final = 7200.0
REST: Final = "missed"
"""Why an agent is paused who did not take a call: he is on duty all the same."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """This agent shall be rung for this citizen. `why` goes into the journal, for whoever asks later."""

    call: CallId
    agent: AgentId
    why: str


def choices(board: Switchboard, now: datetime, *, without: Collection[CallId] = ()) -> list[Choice]:
    """Who is to be rung for whom now. `without`: citizens for whom somebody else decides at this moment."""
    choosing = choosing_of(board)
    line = _less(choosing.line, without)
    found = choose(line, choosing.pool, choosing.staff, board.rules.choice, now.timestamp())
    return [Choice(call=CallId(each.caller), agent=AgentId(each.seat), why=each.why) for each in found]


def why_still_waiting(board: Switchboard, call: CallId, now: datetime) -> str:
    """Why he has no agent yet; empty when he is not in line, or is being offered."""
    choosing = choosing_of(board)
    caller = choosing.line.callers.get(call)
    return why_waiting(caller, choosing.pool, choosing.staff, board.rules.choice, now.timestamp()) if caller else ""


def caller_of(citizen: WaitingCitizen, board: Switchboard) -> Caller:
    """His place in line: since when, and the best of the head starts that he is owed."""
    rules = board.rules
    known = board.knows.of(citizen.caller) if citizen.priority != Priority.TRANSFERRED else None
    reasons = [citizen.priority, Priority.REPEAT if known and citizen.since - known.at < rules.repeat_within.total_seconds() else 0]
    starts = [rules.head_starts.get(reason, 0.0) for reason in reasons] + [rules.choice.of(skill).head_start_s for skill in citizen.skills]
    return Caller(id=citizen.call, since=citizen.since, skills=citizen.skills, head_start_s=max(starts), knows=known.agent if known else "")


def seat_of(agent: Agent, *, by_load: bool) -> Seat | None:
    """Where he stands among those who may be rung now; None when he may not. In order of rest, or of the work that he has had."""
    if not agent.available:
        return None
    order = agent.load if by_load else agent.idle_since.timestamp()
    return Seat(id=agent.id, levels=agent.levels, order=order, kept_for=agent.kept_for)


def worked(agent: Agent, seconds: float, now: datetime) -> Agent:
    """The same after a talk of so long. What is `HALF_LIFE_S` ago counts half, so that a long morning is not held against him all day.

    `load` is the binary logarithm of the sum of all talks, each weighted by how late it was: its order among agents is the same at any
    later moment, and no number grows too large.
    """
    talk = now.timestamp() / HALF_LIFE_S + log2(max(seconds, 1.0))
    least, most = sorted((agent.load, talk))
    return replace(agent, load=most + log2(1 + 2 ** (least - most)))


def levels_on_duty(agent: Agent) -> Levels | None:
    """What he can, as far as it may be waited for; None when he is not there: logged off, without a telephone, or in a pause."""
    there = agent.presence is not Presence.OFFLINE and agent.phone is not PhoneState.ABSENT
    return agent.levels if there and (agent.presence is not Presence.PAUSED or agent.reason == REST) else None


# ── kept from turn to turn ───────────────────────────────────────────────────────────────────────


def choosing_of(board: Switchboard) -> Choosing:
    """What the switchboard keeps, or, if somebody changed it by hand, what it should."""
    kept = board.choosing
    return kept[0] if kept is not None and _same(kept[1], _parts(board)) else built(board)


def keeping(board: Switchboard) -> Switchboard:
    """The same switchboard, whose choosing is true, and whose agents are where one of them is changed quickly."""
    if not isinstance(board.agents, Shelved):
        board = replace(board, agents=shelved(board.agents))
    parts = _parts(board)
    if board.choosing is not None and _same(board.choosing[1], parts):
        return board
    return replace(board, choosing=(built(board), parts))


def follow(
    before: Switchboard, after: Switchboard, *, call: CallId | None = None, agent: AgentId | None = None, leg: LegId | None = None
) -> Switchboard:
    """`after`, which differs from `before` in this citizen, this agent or this offer: its choosing is made of the former one."""
    kept = before.choosing
    if kept is None or not _same(kept[1], _parts(before)):
        return after
    choosing = kept[0]
    back = False
    if leg is not None:
        offers = [offer for offer in (before.offers.get(leg), after.offers.get(leg)) if offer]
        choosing = choosing.offers(offers[-1].call, _under_way(after.offers.get(leg)) - _under_way(before.offers.get(leg)))
        call, back = offers[-1].call, True
    if call is not None:
        choosing = _with_citizen(choosing, after, call, back=back)
    if agent is not None:
        choosing = _with_agent(choosing, after, after.agents[agent])
    return replace(after, choosing=(choosing, _parts(after)))


def built(board: Switchboard) -> Choosing:
    """All of it, from the switchboard alone."""
    agents = board.agents.values()
    on_duty = {str(agent.id): levels for agent in agents if (levels := levels_on_duty(agent)) is not None}
    choosing = Choosing(
        pool=pool_of(seat for agent in agents if (seat := seat_of(agent, by_load=board.rules.by_load))),
        on_duty=on_duty,
        having=Counter(skill for levels in on_duty.values() for skill in levels),
        offered=Counter(offer.call for offer in board.offers.values() if _under_way(offer)),
        served=board.choosing[0].served if board.choosing else 0,
        gave_up=board.choosing[0].gave_up if board.choosing else 0,
    )
    for call in board.waiting:
        choosing = _with_citizen(choosing, board, call)
    return choosing


def _with_citizen(choosing: Choosing, board: Switchboard, call: CallId, *, back: bool = False) -> Choosing:
    citizen = board.waiting.get(call)
    if citizen is None or choosing.offered.get(call):
        return choosing.leaves(call)
    caller = caller_of(citizen, board)
    return choosing.comes_back(caller) if back else choosing.stands(caller)


def _with_agent(choosing: Choosing, board: Switchboard, agent: Agent) -> Choosing:
    return choosing.sits(agent.id, seat_of(agent, by_load=board.rules.by_load), levels_on_duty(agent))


def _under_way(offer: Offer | None) -> int:
    return int(offer is not None and offer.state in UNDER_WAY)


def _less(line: Line, calls: Iterable[CallId]) -> Line:
    for call in calls:
        line = line.without(call)
    return line


def _parts(board: Switchboard) -> tuple[object, ...]:
    return (board.waiting, board.agents, board.offers, board.rules)


def _same(some: tuple[object, ...], others: tuple[object, ...]) -> bool:
    return all(one is other for one, other in zip(some, others, strict=True))
