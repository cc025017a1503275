"""Transfers (转接): blind, attended, into a conference, back to the line, to the survey. Nobody is ever lost by one.

The citizen is led to the front of the line first and kept there for whom he shall get (`Switchboard.transfers`): nobody else is rung for
him. A transfer that fails brings him back to the agent who transferred him, and where that one is gone, he is simply first in line.
What the agent and the other say to each other before is on no recording: the recorder stays on the citizen's channel. The record says so.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from hotline.call_facts import AgentJoined, AgentOffered, AgentParted, ConsultBegan, ConsultEnded, OfferEnded, TransferAsked, TransferEnded
from hotline.identity import AgentId, CallId, LegId
from hotline.line import DropLeg, Join, RingAgent
from hotline.moves import moved
from hotline.transfers import GUEST, TO_SURVEY, Confer, Consult, JoinConsulted, LeadCitizen, Rejoin, ReleaseCitizen, RingUnit
from hotline.wishes import Transfer, TransferStep
from routing.model import Offer, OrderDone, OrderRefused
from routing.moves import OfferEvent, OfferState, PresenceEvent
from routing.moving import TRANSFER_MOVES, Moving, MovingEvent, Stage
from routing.turn import Turn

PATIENCE: Final = timedelta(seconds=6)
"""What the switch was asked and has not answered for so long will not be answered any more."""

QUEUE, SURVEY, AGENT, SKILL, UNIT = "queue", "survey", "agent", "skill", "unit"

NOT_TALKING: Final = "您没有正在进行的通话 you are not in a talk"
UNDER_WAY: Final = "这一通话正在转接 a transfer of this call is under way"
NOT_FREE: Final = "该坐席现在不能接听 that agent cannot take a call now"
NO_WAY: Final = "没有可用的外线 no trunk for outgoing calls"
NOT_NOW: Final = "现在没有可以这样做的转接 there is no transfer with which that can be done now"
NO_TARGET: Final = "不知道要转给谁 nobody is known under this name or number"
GONE: Final = "市民已经挂机或正在应急转接 the citizen is gone or on his way to an emergency centre"

# ── what an agent wants ──────────────────────────────────────────────────────────────────────────


def transfer_wanted(turn: Turn, wish: Transfer) -> Turn:
    """Begin it, or say in words why not. Whether it is obeyed is known when the citizen has been led into the line."""
    offer = _talk_of(turn, wish.agent)
    if offer is None or not offer.channel:
        return turn.refuse(wish, NOT_TALKING)
    if offer.call in turn.board.transfers:
        return turn.refuse(wish, UNDER_WAY)
    to = target_of(turn, wish.to)
    if trouble := _trouble(turn, to, offer.agent):
        return turn.refuse(wish, trouble)
    kind, _, name = to.partition(":")
    attended = wish.how == "attended" and kind in (AGENT, UNIT)
    moving = Moving(
        call=offer.call, channel=offer.channel, agent=offer.agent, home=offer.leg, to=to, attended=attended, wish=wish,
        trunks=_ways(turn, kind), since=turn.now,
    )  # fmt: skip
    turn = turn.note(offer.call, TransferAsked(agent=offer.agent, leg=offer.leg, how="attended" if attended else "blind", to=to))
    return _keep(turn, moving).order(
        LeadCitizen(
            call=offer.call,
            channel=offer.channel,
            where=TO_SURVEY if kind == SURVEY else "line",
            skills=(name,) if kind == SKILL else (),
            held=kind in (AGENT, UNIT),
            stays=offer.leg if attended else None,
        )
    )


def target_of(turn: Turn, to: str) -> str:
    """What the words of a wish mean: `agent:1002`, `skill:NAME`, `unit:NUMBER`, `queue`, `survey`; of digits alone, the shortcut of the
    settings, then the agent, then the number outside."""
    if not (to.isascii() and to.isdigit()):
        return to
    if to in turn.board.calling.shortcuts:
        return turn.board.calling.shortcuts[to]
    return f"{AGENT}:{to}" if to in turn.board.agents else f"{UNIT}:{to}"


def step_wanted(turn: Turn, wish: TransferStep) -> Turn:
    """Complete it, take the citizen back, or let all three talk."""
    moving = next((each for each in turn.board.transfers.values() if each.agent == wish.agent and not each.came_back), None)
    steps: dict[str, Callable[[Turn, Moving], Turn | None]] = {"complete": _complete, "cancel": _cancel, "conference": _confer}
    after = steps[wish.step](turn, moving) if moving is not None and wish.step in steps else None
    return turn.refuse(wish, NOT_NOW) if after is None else after.done(wish)


def _complete(turn: Turn, moving: Moving) -> Turn | None:
    """The other shall have him: at once when they talk already, else as soon as he picks up."""
    if moving.stage is Stage.CONSULTING:
        return _take(turn, moving)
    if moving.stage is not Stage.RINGING or not moving.attended:
        return None
    return _part(_keep(turn, replace(moving, attended=False)), moving.home)


def _cancel(turn: Turn, moving: Moving) -> Turn | None:
    if moving.stage not in (Stage.RINGING, Stage.CONSULTING) or not moving.attended:
        return None
    return _back(_drop(turn, moving, "cancelled"), moving, "cancelled")


def _confer(turn: Turn, moving: Moving) -> Turn | None:
    if moving.stage is not Stage.CONSULTING or moving.leg is None:
        return None
    turn = _move(turn, moving, MovingEvent.CONFERRED)
    return turn.order(Confer(call=moving.call, channel=moving.channel, leg=moving.home, other=moving.leg))


# ── what the switch says to our orders ───────────────────────────────────────────────────────────


def order_done(turn: Turn, happening: OrderDone) -> Turn:
    """It was carried out."""
    answer = _DONE.get(type(happening.order))
    moving = turn.board.transfers.get(happening.order.call) if answer else None  # type: ignore[union-attr]  # every order of _DONE has it
    return answer(turn, moving) if answer and moving else turn


def order_refused(turn: Turn, happening: OrderRefused) -> Turn:
    """One of those whom it was about is gone."""
    order = happening.order
    moving = turn.board.transfers.get(order.call) if isinstance(order, TRANSFERRING) else None
    if moving is None:
        return turn
    if isinstance(order, LeadCitizen):
        return _end(turn, moving, "failed").refuse(moving.wish, GONE)
    if isinstance(order, Consult):
        return turn if moving.stage is not Stage.RINGING else _back(_drop(turn, moving, "failed"), moving, "failed")
    if isinstance(order, JoinConsulted | Confer):
        turn = _drop(turn, moving, "failed")
    return _release(_part(turn, moving.home), moving, "failed")


TRANSFERRING: Final = (LeadCitizen, Consult, Rejoin, JoinConsulted, Confer)


def _led(turn: Turn, moving: Moving) -> Turn:
    """He is on his way into the line (`tend` rings when he stands there), or to the survey; only now the agent is done with him."""
    turn = turn.done(moving.wish)
    if not moving.attended:
        turn = _let_go(turn, moving.home)
    if moving.to == SURVEY:
        return _end(turn, moving, SURVEY)
    return _end(turn, moving, "queued") if moving.to.partition(":")[0] in (QUEUE, SKILL) else turn


def _consulting(turn: Turn, moving: Moving) -> Turn:
    other = turn.board.offers.get(moving.leg) if moving.leg else None
    if other is None or other.state is not OfferState.ANSWERED:
        return turn
    turn = turn.move(other.leg, OfferEvent.JOINED).presence(other.agent, PresenceEvent.JOINED)
    turn = turn.note(moving.call, ConsultBegan(agent=moving.agent, other=other.agent, leg=other.leg))
    return _move(turn, replace(moving, stands=False), MovingEvent.CONSULTED)


def _taken(turn: Turn, moving: Moving) -> Turn:
    """The citizen has whom his agent asked; the agent is done."""
    other = turn.board.offers.get(moving.leg) if moving.leg else None
    if other is not None:
        turn = turn.note(moving.call, ConsultEnded(leg=other.leg), AgentJoined(agent=other.agent, leg=other.leg))
    return _end(_let_go(turn.leave(moving.call), moving.home), moving, "joined")


def _conferring(turn: Turn, moving: Moving) -> Turn:
    other = turn.board.offers.get(moving.leg) if moving.leg else None
    if other is not None:
        turn = turn.note(moving.call, ConsultEnded(leg=other.leg), AgentJoined(agent=other.agent, leg=other.leg))
    return _end(turn.leave(moving.call), moving, "conference")


def _returned(turn: Turn, moving: Moving) -> Turn:
    return _forget(turn.leave(moving.call), moving.call)


_DONE: Final[dict[type, Callable[[Turn, Moving], Turn]]] = {
    LeadCitizen: _led,
    Consult: _consulting,
    JoinConsulted: _taken,
    Confer: _conferring,
    Rejoin: _returned,
}


# ── what the handlers of every call ask ──────────────────────────────────────────────────────────


def answered(turn: Turn, offer: Offer) -> Turn | None:
    """Somebody picked up (or is found to have): what a transfer makes of it; None when it is an offer like any other."""
    moving = turn.board.transfers.get(offer.call)
    if moving is None or moving.leg != offer.leg:
        return None
    if moving.stage is Stage.RINGING and moving.attended and _is_home(turn, moving):
        return turn.order(Consult(call=moving.call, leg=moving.home, other=offer.leg)) if moving.stands else turn
    if moving.stage is not Stage.RINGING:
        return turn
    return turn.order(Join(call=offer.call, channel=moving.channel, agent=offer.agent, leg=offer.leg))


def home_stands(turn: Turn, leg: LegId) -> Turn:
    """The agent's leg says that it has left the talk and stands alone: now he can ask, or go back."""
    moving = next((each for each in turn.board.transfers.values() if each.home == leg and not each.stands), None)
    if moving is None:
        return turn
    moving = replace(moving, stands=True)
    turn = _keep(turn, moving)
    if moving.stage is Stage.RETURNING:
        return turn.order(_rejoin(moving))
    other = turn.board.offers.get(moving.leg) if moving.leg else None
    return (answered(turn, other) or turn) if other and other.state is OfferState.ANSWERED else turn


def was_joined(turn: Turn, offer: Offer) -> Turn:
    """Somebody was joined with him as with anybody who waits: the transfer has reached its end, or he is back with his agent."""
    moving = turn.board.transfers.get(offer.call)
    if moving is None or moving.leg != offer.leg:
        return turn
    return _forget(turn, moving.call) if moving.came_back else _end(turn, moving, "joined")


def kept_legs(turn: Turn) -> frozenset[LegId]:
    """Legs that hear no citizen at the moment and shall live: a survey must not end them."""
    moving = [each for each in turn.board.transfers.values() if each.attended]
    return frozenset(leg for each in moving for leg in (each.home, each.leg) if leg is not None)


def tend(turn: Turn) -> Turn:
    """Look after every transfer: whoever is needed for it may have gone, by whatever way that became known."""
    for moving in tuple(turn.board.transfers.values()):
        turn = _tended(turn, moving)
    return turn


def _tended(turn: Turn, moving: Moving) -> Turn:
    if moving.call in turn.board.gone:
        return _end(_part(_drop(turn, moving, "citizen_gone"), moving.home), moving, "citizen_gone")
    if moving.stage is Stage.LEADING and moving.call in turn.board.waiting:
        return _begin(turn, replace(moving, stage=_after(moving, MovingEvent.HELD), since=turn.now))
    if moving.stage in (Stage.LEADING, Stage.JOINING, Stage.RETURNING, Stage.CONFERRING):
        return _overdue(turn, moving) if turn.now - moving.since >= PATIENCE else turn
    if moving.call not in turn.board.waiting:
        return _led_away(turn, moving)
    other = turn.board.offers.get(moving.leg) if moving.leg else None
    if other is None:
        return _unreached(turn, moving)
    if other.state is OfferState.ANSWERED and turn.now - other.since >= PATIENCE:
        return _unreached(_drop(turn, moving, "failed"), moving)
    if moving.attended and not _is_home(turn, moving):
        return _take(turn, moving) if moving.stage is Stage.CONSULTING else _keep(turn, replace(moving, attended=False))
    return turn


def _overdue(turn: Turn, moving: Moving) -> Turn:
    """The switch has not said what became of our order. Who still stands in line gets the next agent; otherwise a survey knows the rest."""
    if moving.call not in turn.board.waiting:
        return _end(turn, moving, "failed")
    return _release(_part(_drop(turn, moving, "failed"), moving.home), moving, "failed")


def _led_away(turn: Turn, moving: Moving) -> Turn:
    """He pressed the emergency key, or was brought into a three-way call: then his agent is with him there."""
    turn = _drop(turn, moving, "citizen_gone")
    if moving.call not in turn.board.emergencies:
        turn = _part(turn, moving.home)
    return _end(turn, moving, "citizen_left")


def _unreached(turn: Turn, moving: Moving) -> Turn:
    """Another trunk, his agent again, or the front of the line."""
    kind, _, name = moving.to.partition(":")
    if kind == UNIT and moving.trunks and not moving.came_back and moving.stage is Stage.RINGING:
        return _ring_unit(turn, moving, name)
    outcome = _outcome(turn, moving)
    if moving.attended:
        return _back(turn, moving, outcome)
    agent = turn.board.agents.get(moving.agent)
    if moving.came_back or agent is None or not agent.available:
        return _release(turn, moving, outcome)
    back = replace(moving, came_back=True, stage=_after(moving, MovingEvent.HELD), since=turn.now)
    return _ring(turn.note(moving.call, TransferEnded(outcome=outcome)), back, moving.agent)


# ── the moves ────────────────────────────────────────────────────────────────────────────────────


def _begin(turn: Turn, moving: Moving) -> Turn:
    """He stands in line: call whom he shall get. If another call was quicker with that agent, the transfer has failed."""
    kind, _, name = moving.to.partition(":")
    if kind == UNIT:
        return _ring_unit(turn, moving, name)
    known = next((each for each in turn.board.agents.values() if each.id == name), None)
    if known is None or not known.available:
        return _unreached(_keep(turn, moving), moving)
    return _ring(turn, moving, known.id)


def _ring(turn: Turn, moving: Moving, agent: AgentId) -> Turn:
    """Reserve this agent and ring him."""
    turn, leg = turn.new_leg(moving.call)
    citizen, rules = turn.board.waiting[moving.call], turn.board.rules
    turn = turn.presence(agent, PresenceEvent.OFFERED).offer(_offer(turn, moving, agent, leg))
    why = f"returned=1 to={moving.to}" if moving.came_back else f"transfer_from={moving.agent}"
    turn = turn.note(moving.call, AgentOffered(agent=agent, leg=leg, why=why))
    turn = turn.order(RingAgent(agent=agent, leg=leg, call=moving.call, caller=citizen.caller, ring_seconds=rules.ring_s))
    return _keep(turn, replace(moving, leg=leg))


def _ring_unit(turn: Turn, moving: Moving, number: str) -> Turn:
    trunk, rest = moving.trunks[0], moving.trunks[1:]
    turn, leg = turn.new_leg(moving.call)
    calling = turn.board.calling
    turn = turn.offer(_offer(turn, moving, GUEST, leg)).note(
        moving.call, AgentOffered(agent=GUEST, leg=leg, why=f"transfer_from={moving.agent} trunk={trunk}")
    )
    turn = turn.order(
        RingUnit(
            leg=leg, call=moving.call, number=number, trunk=trunk, shown=calling.shown, most=calling.trunks[trunk],
            ring_seconds=turn.board.rules.ring_s,
        )
    )  # fmt: skip
    return _keep(turn, replace(moving, leg=leg, trunks=rest))


def _offer(turn: Turn, moving: Moving, agent: AgentId, leg: LegId) -> Offer:
    citizen = turn.board.waiting[moving.call]
    return Offer(
        leg=leg, agent=agent, call=moving.call, state=OfferState.RINGING, since=turn.now, channel=citizen.channel, called=citizen.called
    )


def _take(turn: Turn, moving: Moving) -> Turn:
    other = turn.board.offers.get(moving.leg) if moving.leg else None
    if other is None:
        return _unreached(turn, moving)
    turn = _move(turn, moving, MovingEvent.TAKEN)
    return turn.order(JoinConsulted(call=moving.call, channel=moving.channel, agent=other.agent, leg=other.leg, home=moving.home))


def _back(turn: Turn, moving: Moving, outcome: str) -> Turn:
    """Citizen and agent again."""
    if moving.stage is Stage.CONSULTING and moving.leg:
        turn = turn.note(moving.call, ConsultEnded(leg=moving.leg))
    if not _is_home(turn, moving):
        return _release(turn, moving, outcome)
    turn = _move(turn.note(moving.call, TransferEnded(outcome=outcome)), moving, MovingEvent.FAILED)
    return turn.order(_rejoin(moving)) if moving.stands else turn


def _rejoin(moving: Moving) -> Rejoin:
    return Rejoin(call=moving.call, channel=moving.channel, agent=moving.agent, leg=moving.home)


def _release(turn: Turn, moving: Moving, outcome: str) -> Turn:
    """Nobody keeps him: he is first in line for everybody."""
    return _end(turn, moving, outcome).order(ReleaseCitizen(call=moving.call, channel=moving.channel))


def _end(turn: Turn, moving: Moving, outcome: str) -> Turn:
    return _forget(turn.note(moving.call, TransferEnded(outcome=outcome)), moving.call)


def _part(turn: Turn, leg: LegId) -> Turn:
    """The agent who transferred is done: his leg goes, and with it his part of the talk."""
    return _let_go(turn, leg).order(DropLeg(leg=leg)) if leg in turn.board.offers else turn


def _let_go(turn: Turn, leg: LegId) -> Turn:
    """The same for a leg that ends by itself: he may still be in the code by which he asked for it."""
    offer = turn.board.offers.get(leg)
    if offer is None or offer.state is not OfferState.JOINED:
        return turn
    return turn.note(offer.call, AgentParted(agent=offer.agent, leg=leg, by="agent")).move(leg, OfferEvent.PARTED)


def _drop(turn: Turn, moving: Moving, outcome: str) -> Turn:
    """Whoever was called is not needed any more."""
    offer = turn.board.offers.get(moving.leg) if moving.leg else None
    if offer is None:
        return turn
    if offer.state is OfferState.JOINED:
        return turn.move(offer.leg, OfferEvent.PARTED).order(DropLeg(leg=offer.leg))
    if offer.state in (OfferState.RINGING, OfferState.ANSWERED):
        turn = turn.note(moving.call, OfferEnded(agent=offer.agent, leg=offer.leg, outcome=outcome))
        turn = turn.move(offer.leg, OfferEvent.WITHDRAWN)
    return turn.order(DropLeg(leg=offer.leg))


def _move(turn: Turn, moving: Moving, event: MovingEvent) -> Turn:
    return _keep(turn, replace(moving, stage=_after(moving, event), since=turn.now))


def _after(moving: Moving, event: MovingEvent) -> Stage:
    return moved(TRANSFER_MOVES, moving.stage, event)


def _keep(turn: Turn, moving: Moving) -> Turn:
    return replace(turn, board=replace(turn.board, transfers={**turn.board.transfers, moving.call: moving}))


def _forget(turn: Turn, call: CallId) -> Turn:
    left = {key: each for key, each in turn.board.transfers.items() if key != call}
    return replace(turn, board=replace(turn.board, transfers=left))


# ── what is looked up ────────────────────────────────────────────────────────────────────────────


def _talk_of(turn: Turn, agent: str) -> Offer | None:
    return next((each for each in turn.board.offers.values() if each.agent == agent and each.state is OfferState.JOINED), None)


def _is_home(turn: Turn, moving: Moving) -> bool:
    offer = turn.board.offers.get(moving.home)
    return offer is not None and offer.state is OfferState.JOINED


def _trouble(turn: Turn, to: str, agent: AgentId) -> str:
    kind, _, name = to.partition(":")
    if kind == AGENT:
        known = next((each for each in turn.board.agents.values() if each.id == name), None)
        return NO_TARGET if known is None else "" if known.available and known.id != agent else NOT_FREE
    if kind == UNIT:
        return turn.board.calling.dialling.refusal(name) or ("" if turn.board.calling.trunks else NO_WAY)
    if kind == SKILL:
        return "" if any(name in each.skills for each in turn.board.agents.values()) else NO_TARGET
    return "" if to in (QUEUE, SURVEY) else NO_TARGET


def _ways(turn: Turn, kind: str) -> tuple[str, ...]:
    return tuple(turn.board.calling.trunks) if kind == UNIT else ()


def _outcome(turn: Turn, moving: Moving) -> str:
    """How the leg ended, if this very turn has written it down."""
    told: list[Any] = [note.fact for note in turn.notes if isinstance(note.fact, OfferEnded) and note.fact.leg == moving.leg]
    return str(told[-1].outcome) if told else "failed"
