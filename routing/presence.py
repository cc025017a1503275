"""坐席状态: logging on and off, pauses, the work after a call, calls that were not taken, and what a supervisor forces.

What an agent wishes while a call takes him is kept and obeyed after it; no wish ever ends a talk. Who is paused because he missed a call
comes back by himself after a rest, until he has missed too many in a row: then only he, or a supervisor, brings him back.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from hotline.call_facts import AgentParted, AgentRang, OfferEnded
from hotline.errors import MalformedInput
from hotline.identity import AgentId, LegId
from hotline.line import LegRings, Priority
from hotline.wishes import AgentWants, ForcePresence, Wanted
from routing.model import Agent, Rules
from routing.moves import AGENT_MOVES, BUSY, RESERVED, OfferEvent, OfferState, Presence, PresenceEvent
from routing.turn import Turn

MISSED: Final = "missed"
"""Reason of a pause: he did not take a call."""
UNREACHABLE: Final = "unreachable"
"""Reason of a pause: his phone could not be rung; that is not his fault and is not counted."""

HIS_FAULT: Final = frozenset({"busy", "no_answer", "refused", "hung_up"})
MISSED_AS: Final = MappingProxyType({"hung_up": "refused"})
"""An agent who picked up and hung up before he was joined has refused; all other outcomes keep their names."""

EVENTS: Final[Mapping[str, PresenceEvent]] = MappingProxyType(
    {
        Wanted.LOGGED_ON: PresenceEvent.LOGGED_ON,
        Wanted.LOGGED_OFF: PresenceEvent.LOGGED_OFF,
        Wanted.PAUSED: PresenceEvent.PAUSED,
        Wanted.READY: PresenceEvent.RESUMED,
    }
)

WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        Wanted.LOGGED_ON: "已签入 logged on",
        Wanted.LOGGED_OFF: "已签出 logged off",
        Wanted.PAUSED: "已示忙 paused",
        Wanted.READY: "已示闲 ready",
        Wanted.LONGER: "已延长话后处理 more time after the call",
    }
)

PROMPTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        Wanted.LOGGED_ON: "agent-logged-on",
        Wanted.LOGGED_OFF: "agent-logged-off",
        Wanted.PAUSED: "agent-paused",
        Wanted.READY: "agent-ready",
        Wanted.LONGER: "code-done",
    }
)

# ── wishes ───────────────────────────────────────────────────────────────────────────────────────


def agent_wants(turn: Turn, wish: AgentWants) -> Turn:
    """An agent's own wish."""
    agent = _agent_of(turn, wish.agent)
    if agent is None:
        return turn.refuse(wish, f"没有坐席 {wish.agent} there is no such agent")
    if trouble := _trouble(turn.board.rules, wish):
        return turn.refuse(wish, trouble)
    if agent.presence in BUSY:
        return _keep(turn, agent, wish)
    if wish.what == Wanted.LONGER:
        return _longer(turn, agent, wish)
    return _obey(turn, agent, wish)


def force_presence(turn: Turn, wish: ForcePresence) -> Turn:
    """A supervisor's: audited, whatever became of it. A talk goes on to its end first."""
    if trouble := _no_right(turn, wish) or _trouble(turn.board.rules, wish):
        return _audit(turn, wish, f"refused: {trouble}").refuse(wish, trouble)
    agent = turn.board.agents[AgentId(wish.agent)]
    turn = _audit(turn, wish, "done")
    if wish.what == Wanted.LONGER and agent.presence not in BUSY:
        return _longer(turn, agent, wish)
    return _keep(turn, agent, wish) if agent.presence in BUSY else _obey(turn, agent, wish)


def _no_right(turn: Turn, wish: ForcePresence) -> str:
    by = _agent_of(turn, wish.by)
    if by is None or not by.supervisor:
        return "只有班长可以 only a supervisor may do that"
    if _agent_of(turn, wish.agent) is None:
        return f"没有坐席 {wish.agent} there is no such agent"
    return "" if wish.why.strip() else "请写明理由 say why: it is kept in the audit"


def _audit(turn: Turn, wish: ForcePresence, outcome: str) -> Turn:
    act = f"force {wish.what}{f' {wish.reason}' if wish.reason else ''}"
    return turn.audit(by=wish.by, act=act, agent=wish.agent, why=wish.why, outcome=outcome)


def _trouble(rules: Rules, wish: AgentWants | ForcePresence) -> str:
    """Why it cannot be a wish at all; empty: it can."""
    if wish.what not in WORDS:
        return f"不认识的状态 no such presence: {wish.what[:20]}"
    if wish.what == Wanted.PAUSED and wish.reason not in rules.pauses:
        return f"示忙原因应为 the reason must be one of: {', '.join(rules.pauses)}"
    return ""


def _keep(turn: Turn, agent: Agent, wish: AgentWants | ForcePresence) -> Turn:
    """A call has him: later. A supervisor's wish is not undone by the agent's own."""
    if isinstance(agent.wanted, ForcePresence) and isinstance(wish, AgentWants):
        return turn.refuse(wish, "班长已有安排，通话后执行 a supervisor has decided otherwise for after the call")
    kept = None if wish.what in (Wanted.READY, Wanted.LOGGED_ON) else wish
    turn = turn.change(replace(agent, wanted=kept))
    return turn.done(wish, f"{WORDS[wish.what]}（通话后 after the call）", prompt="agent-after-call")


def _longer(turn: Turn, agent: Agent, wish: AgentWants | ForcePresence) -> Turn:
    if agent.presence is not Presence.AFTER_CALL or agent.until is None:
        return turn.refuse(wish, "现在不在话后处理 there is no work after a call now")
    turn = turn.change(replace(agent, until=agent.until + turn.board.rules.longer))
    return turn.done(wish, WORDS[wish.what], prompt=PROMPTS[wish.what])


def _obey(turn: Turn, agent: Agent, wish: AgentWants | ForcePresence) -> Turn:
    """Now. Wishing what is so already is fine."""
    if _locked(agent, wish):
        return turn.refuse(wish, "班长已强制，请联系班长 a supervisor has decided: ask him")
    event = EVENTS[wish.what]
    if (agent.presence, event) in AGENT_MOVES:
        # Who is sent back to work by a supervisor is free again to pause himself.
        by = wish.by if isinstance(wish, ForcePresence) and wish.what in (Wanted.PAUSED, Wanted.LOGGED_OFF) else ""
        turn = turn.presence(agent.id, event, reason=wish.reason if wish.what == Wanted.PAUSED else "", by=by)
        turn = _forgiven(turn, agent.id)
    elif not _is_so(agent, wish.what):
        return turn.refuse(wish, "请先签入 log on first")
    return turn.done(wish, WORDS[wish.what], prompt=PROMPTS[wish.what])


def _locked(agent: Agent, wish: AgentWants | ForcePresence) -> bool:
    """Who was paused or logged off by a supervisor does not undo it himself; he may always log off."""
    return bool(agent.by) and isinstance(wish, AgentWants) and wish.what != Wanted.LOGGED_OFF


def _is_so(agent: Agent, what: str) -> bool:
    there = agent.presence is not Presence.OFFLINE
    return there if what in (Wanted.LOGGED_ON, Wanted.READY) else not there and what == Wanted.LOGGED_OFF


def _forgiven(turn: Turn, agent: AgentId) -> Turn:
    """Whoever says something is there: his misses in a row are over."""
    known = turn.board.agents[agent]
    return turn.change(replace(known, misses=0, wanted=None))


def _agent_of(turn: Turn, text: str) -> Agent | None:
    try:
        return turn.board.agents.get(AgentId(text))
    except MalformedInput:
        return None


# ── calls ────────────────────────────────────────────────────────────────────────────────────────


def _keeping(turn: Turn, agent: AgentId, wanted: AgentWants | ForcePresence | None) -> Turn:
    return turn.change(replace(turn.board.agents[agent], wanted=wanted))


def _counted(turn: Turn, agent: AgentId, misses: int, missed: int) -> Turn:
    return turn.change(replace(turn.board.agents[agent], misses=misses, missed=missed))


def leg_rings(turn: Turn, fact: LegRings) -> Turn:
    """The phone itself says so. One that is told late, or of a leg that is not ours, changes nothing here."""
    offer = turn.board.offers.get(fact.leg)
    known = turn.board.agents.get(offer.agent) if offer else None
    if offer is None or known is None or known.presence is not Presence.OFFERED:
        return turn
    return turn.presence(offer.agent, PresenceEvent.RANG).note(offer.call, AgentRang(agent=offer.agent, leg=offer.leg))


def talks(turn: Turn, agent: AgentId) -> Turn:
    """He talks though nobody offered him anything: found so by a survey, or he called out himself. Afterwards he is what he was before."""
    known = turn.board.agents.get(agent)
    if known is None or known.presence is Presence.TALKING:
        return turn
    before = known.wanted or _as_before(known)
    return _keeping(turn.presence(agent, PresenceEvent.TALKS), agent, before)


def _as_before(agent: Agent) -> AgentWants | ForcePresence | None:
    what = {Presence.OFFLINE: Wanted.LOGGED_OFF, Presence.PAUSED: Wanted.PAUSED}.get(agent.presence)
    if what is None or agent.reason in (MISSED, UNREACHABLE):
        return None
    if agent.by:
        return ForcePresence(agent=agent.id, what=what, reason=agent.reason, by=agent.by, why="")
    return AgentWants(agent=agent.id, what=what, reason=agent.reason)


def talk_over(turn: Turn, agent: AgentId, called: str = "") -> Turn:
    """His talk and his leg are gone: what he wished meanwhile, else the work after the call, else ready. `called`: the line's number."""
    known = turn.board.agents.get(agent)
    if known is None:
        return turn
    if known.presence is not Presence.TALKING:
        return _settle(turn.presence(agent, PresenceEvent.RELEASED), agent)
    granted = _after_call(turn.board.rules, known, called)
    if known.wanted and known.wanted.what != Wanted.LONGER:
        return _settle(turn.presence(agent, PresenceEvent.RELEASED), agent)
    if not granted:
        return _keeping(turn.presence(agent, PresenceEvent.RELEASED), agent, None)
    return _keeping(turn.presence(agent, PresenceEvent.WRAPS_UP, until=turn.now + granted), agent, None)


def _after_call(rules: Rules, agent: Agent, called: str) -> timedelta:
    granted = agent.after_call if agent.after_call is not None else rules.after_call_of.get(called, rules.after_call)
    return granted + rules.longer if agent.wanted and agent.wanted.what == Wanted.LONGER else granted


def _settle(turn: Turn, agent: AgentId) -> Turn:
    """Obey now what was kept. Nobody waits for the answer any more: it was given."""
    known = turn.board.agents[agent]
    wish = known.wanted
    if wish is None:
        return turn
    turn = _keeping(turn, agent, None)
    if wish.what == Wanted.LONGER:
        return turn  # there was no talk after which he would need time
    return _obey(turn, turn.board.agents[agent], replace(wish, id=""))


def missed(turn: Turn, agent: AgentId, outcome: str) -> Turn:
    """He did not take it: he rests, and after too many in a row he is paused until he says that he is there."""
    known = turn.board.agents.get(agent)
    if known is None:
        return turn
    if known.presence not in RESERVED:
        return _settle(turn.presence(agent, PresenceEvent.RELEASED), agent)
    rules, his = turn.board.rules, outcome in HIS_FAULT
    misses, counted = known.misses + his, known.missed + his
    too_many = his and 0 < rules.misses_in_a_row <= misses
    until = None if too_many else turn.now + rules.rest
    turn = turn.presence(agent, PresenceEvent.MISSED, reason=MISSED if his else UNREACHABLE, until=until)
    return _settle(_counted(turn, agent, misses, counted), agent)


def release_leg(turn: Turn, leg: LegId, outcome: str) -> Turn:
    """The agent's leg is gone: note how, and let him rest if he took no call. A leg that we do not know is nobody's."""
    offer = turn.board.offers.get(leg)
    if offer is None:
        return turn
    if offer.state is OfferState.JOINED:
        turn = turn.note(offer.call, AgentParted(agent=offer.agent, leg=leg, by="agent")).move(leg, OfferEvent.PARTED)
    if offer.state in (OfferState.RINGING, OfferState.ANSWERED):
        turn = turn.note(offer.call, OfferEnded(agent=offer.agent, leg=leg, outcome=MISSED_AS.get(outcome, outcome)))
        return missed(turn, offer.agent, outcome).move(leg, OfferEvent.LEG_ENDED)
    return talk_over(turn, offer.agent, offer.called).move(leg, OfferEvent.LEG_ENDED)


def tick(turn: Turn) -> Turn:
    """Rests and the work after a call end by themselves.

    An emergency waits for nobody's word: whoever is only away because he missed too many calls is asked again after each rest.
    """
    urgent = any(citizen.priority >= Priority.EMERGENCY for citizen in turn.board.waiting.values())
    for agent in turn.board.agents.values():
        if agent.presence in (Presence.PAUSED, Presence.AFTER_CALL) and _is_over(turn, agent, urgent=urgent):
            turn = turn.presence(agent.id, PresenceEvent.RESUMED)
    return turn


def _is_over(turn: Turn, agent: Agent, *, urgent: bool) -> bool:
    if agent.until is not None:
        return agent.until <= turn.now
    return urgent and agent.reason == MISSED and agent.since + turn.board.rules.rest <= turn.now


def overdue(rules: Rules, agent: Agent, seconds: float) -> bool:
    """示忙超时: his pause lasts longer than its reason allows. A pause after too many misses is overdue at once."""
    if agent.presence is not Presence.PAUSED:
        return False
    if agent.reason == MISSED:
        return agent.until is None
    limit = rules.pauses.get(agent.reason, timedelta())
    return bool(limit) and seconds > limit.total_seconds()
