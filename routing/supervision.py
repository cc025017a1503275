"""监听、耳语、强插、接管、调整排队: what a supervisor may do with the talks and waiting callers of others. Each act, also a refused one, is
audited.

Only supervisors may, and only with a talk that goes on. Which phone asks is known by its login, never by what it says. A supervisor's phone
asks (by code, by key, or because we called it); it hears something only after the answer. Whatever he does ends with the talk, and his
phone's death ends nothing but his own part: listening hangs on the agent's leg, and who barges in is one of three in the talk.

After a take-over he is the agent: his channel counts as the talk's leg (`TakeOver`). An agent who hangs up while a supervisor has barged in
leaves the citizen to him; that is a take-over, too.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from hotline.call_facts import AgentJoined, AgentParted, SupervisorLeft
from hotline.errors import MalformedInput
from hotline.identity import AgentId, CallId, LegId
from hotline.line import DropLeg, PairParted, PhoneState, Priority
from hotline.supervision import (
    AtTalk,
    CallSupervisor,
    MarkCitizen,
    Mode,
    RefuseSupervisor,
    SendSupervisor,
    SupervisorAsks,
    SupervisorGone,
    SupervisorReady,
    TakeOver,
)
from hotline.wishes import MoveCaller, Supervise
from routing.model import Agent, Offer
from routing.moves import OfferEvent, OfferState
from routing.presence import release_leg, talks
from routing.supervising import Supervision, SupervisionDone, SupervisionRefused
from routing.turn import Turn, ring

WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        Mode.LISTEN: "监听 listening",
        Mode.WHISPER: "耳语指导 whispering",
        Mode.BARGE: "强插 barging in",
        Mode.TAKE_OVER: "接管 taking over",
    }
)

NO_RIGHT: Final = "只有班长可以 only a supervisor may do that"

ON_HIS_WAY: Final = timedelta(seconds=3)

# ── what is wished ───────────────────────────────────────────────────────────────────────────────


def supervise(turn: Turn, wish: Supervise) -> Turn:
    """From a desk: who is at a talk already changes his mode; else his phone is rung, and asks when he has picked up."""
    trouble = _trouble(turn, wish.by, wish.agent, wish.mode) or _phone_trouble(turn, wish.by)
    if trouble:
        return _refused(turn, wish.by, wish.mode, wish.agent, trouble).refuse(wish, trouble)
    known = _of(turn, AgentId(wish.by))
    if known is not None:
        return _grant(turn, known.leg, known.channel, AgentId(wish.by), AgentId(wish.agent), Mode(wish.mode)).done(wish, WORDS[wish.mode])
    turn = turn.order(CallSupervisor(supervisor=AgentId(wish.by), agent=AgentId(wish.agent), mode=Mode(wish.mode)))
    return turn.done(wish, f"正在呼叫您的话机，接听后{WORDS[wish.mode]}: your phone rings")


def supervisor_asks(turn: Turn, fact: SupervisorAsks) -> Turn:
    """A phone asks: grant it or refuse it, and write down which."""
    trouble = _trouble(turn, fact.supervisor, fact.agent, fact.mode)
    if trouble:
        return _refused(turn, fact.supervisor, fact.mode, fact.agent, trouble).order(RefuseSupervisor(channel=fact.channel))
    return _grant(turn, fact.leg, fact.channel, AgentId(fact.supervisor), AgentId(fact.agent), Mode(fact.mode))


def move_caller(turn: Turn, wish: MoveCaller) -> Turn:
    """调整排队: to the front, to another skill, or to an agent who is ready now. It stands on the citizen's channel, so it outlives us."""
    citizen = turn.board.waiting.get(CallId(wish.call)) if _well_formed(CallId, wish.call) else None
    where = wish.agent or "+".join(wish.skills) or "front"
    if not _is_supervisor(turn, wish.by):
        trouble = NO_RIGHT
    elif citizen is None or not citizen.channel:
        trouble = "该来电不在排队中 that caller does not stand in line"
    elif citizen.call in turn.board.transfers or turn.board.offer_for(citizen.call, OfferState.RINGING, OfferState.ANSWERED):
        trouble = "正在为其振铃坐席，请稍候 an agent's phone rings for him already"
    elif unknown := [skill for skill in wish.skills if not any(skill in agent.skills for agent in turn.board.agents.values())]:
        trouble = f"没有坐席具备该技能 nobody has the skill {unknown[0][:20]}"
    elif wish.agent and not _ready(turn, wish.agent):
        trouble = f"坐席 {wish.agent} 现在不能接听 that agent is not ready"
    else:
        moved = replace(citizen, skills=wish.skills or citizen.skills, priority=max(citizen.priority, Priority.MOVED))
        turn = turn.wait(moved).order(MarkCitizen(channel=moved.channel, skills=moved.skills, priority=moved.priority))
        turn = turn.audit(by=wish.by, act=f"move to {where}", agent=wish.agent, call=wish.call, why=wish.why)
        if wish.agent:
            turn = ring(turn, citizen.call, AgentId(wish.agent), f"moved_by={wish.by}")
        return turn.done(wish, "已调整 moved")
    turn = turn.audit(by=wish.by, act=f"move to {where}", call=wish.call, why=wish.why, outcome=f"refused: {trouble}")
    return turn.refuse(wish, trouble)


# ── what becomes of it ───────────────────────────────────────────────────────────────────────────


def supervision_done(turn: Turn, happening: SupervisionDone) -> Turn:
    """Only a take-over changes who talks with whom."""
    order = happening.order
    return _taken_over(turn, order) if isinstance(order, TakeOver) else turn


def supervision_refused(turn: Turn, happening: SupervisionRefused) -> Turn:
    """Somebody hung up in this moment: his phone is told so, and the talk, if it goes on, goes on as it was."""
    order = happening.order
    if not isinstance(order, SendSupervisor | TakeOver):
        return turn
    at = next((each for each in turn.board.supervisions.values() if each.channel == order.channel), None)
    if at is not None:
        # It was written down as done when it was ordered.
        turn = turn.audit(by=at.supervisor, act=str(at.mode), agent=at.agent, call=order.call, outcome="refused: 线路 the line")
    return _forget_channel(turn, order.channel).order(RefuseSupervisor(channel=order.channel))


def supervisor_ready(turn: Turn, fact: SupervisorReady) -> Turn:
    """He waits to take over: now, unless the talk has ended meanwhile."""
    at = turn.board.supervisions.get(fact.leg)
    offer = _talk(turn, at.agent) if at else None
    if at is None or offer is None or offer.call != at.call:
        return _forget(turn, fact.leg).order(DropLeg(leg=fact.leg))
    return turn.order(_take_over(at, offer))


def supervisor_gone(turn: Turn, fact: SupervisorGone) -> Turn:
    """His channel is gone; if he had taken over, the talk has ended with it."""
    return _forget(release_leg(turn, fact.leg, "hung_up"), fact.leg)


def supervisor_stays(turn: Turn, fact: PairParted) -> Turn:
    """The agent left a talk into which a supervisor had barged: he is with the citizen now, and has taken over."""
    if fact.by != "agent":
        return turn
    there = [each for each in turn.board.supervisions.values() if (each.call, each.mode) == (fact.call, Mode.BARGE)]
    offer = turn.board.offers.get(fact.leg)
    if not there or offer is None:
        return turn
    at = there[0]
    turn = turn.audit(by=at.supervisor, act=str(Mode.TAKE_OVER), agent=at.agent, call=fact.call, why="坐席离开三方通话 the agent left")
    return turn.order(_take_over(at, offer, together=True))


def found_at_talks(turn: Turn, there: Iterable[AtTalk]) -> Turn:
    """What a survey shows is the truth, also for a process that has just begun; only who was sent a moment ago may not be there yet."""
    known = turn.board.supervisions
    found = {at.leg: _found(known.get(at.leg), at, turn.now) for at in there}
    coming = {leg: each for leg, each in known.items() if turn.now - each.since < ON_HIS_WAY}
    return replace(turn, board=replace(turn.board, supervisions={**coming, **found})) if known or found else turn


def _found(known: Supervision | None, at: AtTalk, now: datetime) -> Supervision:
    if known is not None and (known.mode, known.call) == (at.mode, at.call):
        return known
    return Supervision(leg=at.leg, channel=at.channel, supervisor=at.supervisor, agent=at.agent, call=at.call, mode=at.mode, since=now)


def mind(turn: Turn) -> Turn:
    """Once a second: a phone that died while it listened is let go, and nobody stays at a talk that is over."""
    for each in turn.board.supervisions.values():
        known = turn.board.agents.get(each.supervisor)
        if known is not None and known.silent_since is not None and turn.now - known.silent_since >= turn.board.rules.silence:
            turn = turn.order(DropLeg(leg=each.leg))
    return turn


# ── how ──────────────────────────────────────────────────────────────────────────────────────────


def _trouble(turn: Turn, by: str, agent: str, mode: str) -> str:
    """Why he may not; empty: he may."""
    if not _is_supervisor(turn, by):
        return NO_RIGHT
    if mode not in WORDS:
        return f"不认识的方式 no such way: {mode[:20]}"
    if by == agent or not _well_formed(AgentId, agent) or AgentId(agent) not in turn.board.agents:
        return f"没有可监听的坐席 no such agent: {agent[:8]}"
    offer = _talk(turn, AgentId(agent))
    if offer is None or not offer.channel:
        return "该坐席不在通话中 that agent is not in a talk"
    return _in_the_way(turn, offer.call, by) if mode in (Mode.BARGE, Mode.TAKE_OVER) else ""


def _in_the_way(turn: Turn, call: CallId, by: str) -> str:
    """Why nobody may enter this talk now; listening to it is fine."""
    if call in turn.board.emergencies:
        return "紧急通话中只能监听、耳语 only listening and whispering while an emergency centre is in the talk"
    if call in turn.board.transfers:
        return "正在转接，请稍候 it is being transferred"
    if any((each.call, each.mode) == (call, Mode.BARGE) and each.supervisor != by for each in turn.board.supervisions.values()):
        return "已有班长在通话中 another supervisor is in this talk"
    return ""


def _phone_trouble(turn: Turn, by: str) -> str:
    if _of(turn, AgentId(by)) is not None:
        return ""
    idle = turn.board.agents[AgentId(by)].phone is PhoneState.IDLE
    return "" if idle else "您的话机忙或未注册 your own phone is busy or away"


def _grant(turn: Turn, leg: LegId, channel: str, supervisor: AgentId, agent: AgentId, mode: Mode) -> Turn:
    offer = _talk(turn, agent)
    assert offer is not None, "asked before"
    turn = turn.audit(by=supervisor, act=str(mode), agent=agent, call=offer.call)
    at = Supervision(leg=leg, channel=channel, supervisor=supervisor, agent=agent, call=offer.call, mode=mode, since=turn.now)
    turn = _keep(turn, at)
    order = SendSupervisor(channel=channel, mode=mode, call=offer.call, citizen=offer.channel, agent=agent, agent_leg=offer.leg)
    return turn.order(order)


def _take_over(at: Supervision, offer: Offer, *, together: bool = False) -> TakeOver:
    return TakeOver(call=offer.call, citizen=offer.channel, supervisor=at.supervisor, channel=at.channel, leg=at.leg, together=together)


def _taken_over(turn: Turn, order: TakeOver) -> Turn:
    """The agent's leg ends, the supervisor's has taken its place."""
    called = ""
    for offer in list(turn.board.offers.values()):
        if offer.call == order.call and offer.leg != order.leg and offer.state is OfferState.JOINED:
            called = offer.called
            turn = turn.note(order.call, AgentParted(agent=offer.agent, leg=offer.leg, by="us"))
            turn = turn.move(offer.leg, OfferEvent.PARTED).order(DropLeg(leg=offer.leg))
    if order.together:
        turn = turn.note(order.call, SupervisorLeft(supervisor=order.supervisor))
    leg = Offer(
        leg=order.leg,
        agent=order.supervisor,
        call=order.call,
        state=OfferState.JOINED,
        since=turn.now,
        channel=order.citizen,
        called=called,
    )
    turn = talks(_forget(turn, order.leg).offer(leg), order.supervisor)
    return turn.note(order.call, AgentJoined(agent=order.supervisor, leg=order.leg))


def _refused(turn: Turn, by: str, mode: str, agent: str, trouble: str) -> Turn:
    return turn.audit(by=by[:8], act=mode[:20], agent=agent[:8], outcome=f"refused: {trouble}")


def _talk(turn: Turn, agent: AgentId) -> Offer | None:
    return next((offer for offer in turn.board.offers.values() if offer.agent == agent and offer.state is OfferState.JOINED), None)


def _of(turn: Turn, supervisor: AgentId) -> Supervision | None:
    return next((each for each in turn.board.supervisions.values() if each.supervisor == supervisor), None)


def _is_supervisor(turn: Turn, text: str) -> bool:
    known: Agent | None = turn.board.agents.get(AgentId(text)) if _well_formed(AgentId, text) else None
    return known is not None and known.supervisor


def _ready(turn: Turn, text: str) -> bool:
    known = turn.board.agents.get(AgentId(text)) if _well_formed(AgentId, text) else None
    return known is not None and known.available


def _well_formed(kind: Callable[[str], str], text: str) -> bool:
    try:
        kind(text)
    except MalformedInput:
        return False
    return True


def _keep(turn: Turn, at: Supervision) -> Turn:
    return replace(turn, board=replace(turn.board, supervisions={**turn.board.supervisions, at.leg: at}))


def _forget(turn: Turn, leg: LegId) -> Turn:
    if leg not in turn.board.supervisions:
        return turn
    left = {key: each for key, each in turn.board.supervisions.items() if key != leg}
    return replace(turn, board=replace(turn.board, supervisions=left))


def _forget_channel(turn: Turn, channel: str) -> Turn:
    for each in turn.board.supervisions.values():
        if each.channel == channel:
            turn = _forget(turn, each.leg)
    return turn
