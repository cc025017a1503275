"""Transfers (转接): blind, attended, into a conference, back to the line, to the survey. Nobody is ever lost by one.

The citizen is led to the front of the line first and kept there for whom he shall get (`Switchboard.transfers`): nobody else is rung for
him. A transfer that fails brings him back to the agent who transferred him, and where that one is gone, he is simply first in line.
What the agent and the other say to each other before is on no recording: the recorder stays on the citizen's channel. The record says so.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from hotline.call_facts import AgentJoined, ConsultBegan, ConsultEnded, TransferAsked
from hotline.identity import AgentId, LegId
from hotline.line import Join
from hotline.transfers import TO_SURVEY, Confer, Consult, JoinConsulted, LeadCitizen, Rejoin
from hotline.wishes import Transfer, TransferStep
from routing.model import Offer, OrderDone, OrderRefused
from routing.moves import OfferEvent, OfferState, PresenceEvent
from routing.moving import Moving, MovingEvent, Stage
from routing.transferring import (
    AGENT,
    QUEUE,
    SKILL,
    SURVEY,
    UNIT,
    back,
    begin,
    drop,
    end,
    forget,
    is_home,
    keep,
    let_go,
    moved_on,
    part,
    rejoin,
    release,
    stage_after,
    take,
    unreached,
)
from routing.turn import Turn

PATIENCE: Final = timedelta(seconds=6)
"""What the switch was asked and has not answered for so long will not be answered any more."""

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
    return keep(turn, moving).order(
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
        return take(turn, moving)
    if moving.stage is not Stage.RINGING or not moving.attended:
        return None
    return part(keep(turn, replace(moving, attended=False)), moving.home)


def _cancel(turn: Turn, moving: Moving) -> Turn | None:
    if moving.stage not in (Stage.RINGING, Stage.CONSULTING) or not moving.attended:
        return None
    return back(drop(turn, moving, "cancelled"), moving, "cancelled")


def _confer(turn: Turn, moving: Moving) -> Turn | None:
    if moving.stage is not Stage.CONSULTING or moving.leg is None:
        return None
    turn = moved_on(turn, moving, MovingEvent.CONFERRED)
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
        return end(turn, moving, "failed").refuse(moving.wish, GONE)
    if isinstance(order, Consult):
        return turn if moving.stage is not Stage.RINGING else back(drop(turn, moving, "failed"), moving, "failed")
    if isinstance(order, JoinConsulted | Confer):
        turn = drop(turn, moving, "failed")
    return release(part(turn, moving.home), moving, "failed")


TRANSFERRING: Final = (LeadCitizen, Consult, Rejoin, JoinConsulted, Confer)


def _led(turn: Turn, moving: Moving) -> Turn:
    """He is on his way into the line (`tend` rings when he stands there), or to the survey; only now the agent is done with him."""
    turn = turn.done(moving.wish)
    if not moving.attended:
        turn = let_go(turn, moving.home)
    if moving.to == SURVEY:
        return end(turn, moving, SURVEY)
    return end(turn, moving, "queued") if moving.to.partition(":")[0] in (QUEUE, SKILL) else turn


def _consulting(turn: Turn, moving: Moving) -> Turn:
    other = turn.board.offers.get(moving.leg) if moving.leg else None
    if other is None or other.state is not OfferState.ANSWERED:
        return turn
    turn = turn.move(other.leg, OfferEvent.JOINED).presence(other.agent, PresenceEvent.JOINED)
    turn = turn.note(moving.call, ConsultBegan(agent=moving.agent, other=other.agent, leg=other.leg))
    return moved_on(turn, replace(moving, stands=False), MovingEvent.CONSULTED)


def _taken(turn: Turn, moving: Moving) -> Turn:
    """The citizen has whom his agent asked; the agent is done."""
    other = turn.board.offers.get(moving.leg) if moving.leg else None
    if other is not None:
        turn = turn.note(moving.call, ConsultEnded(leg=other.leg), AgentJoined(agent=other.agent, leg=other.leg))
    return end(let_go(turn.leave(moving.call), moving.home), moving, "joined")


def _conferring(turn: Turn, moving: Moving) -> Turn:
    other = turn.board.offers.get(moving.leg) if moving.leg else None
    if other is not None:
        turn = turn.note(moving.call, ConsultEnded(leg=other.leg), AgentJoined(agent=other.agent, leg=other.leg))
    return end(turn.leave(moving.call), moving, "conference")


def _returned(turn: Turn, moving: Moving) -> Turn:
    return forget(turn.leave(moving.call), moving.call)


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
    if moving.stage is Stage.RINGING and moving.attended and is_home(turn, moving):
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
    turn = keep(turn, moving)
    if moving.stage is Stage.RETURNING:
        return turn.order(rejoin(moving))
    other = turn.board.offers.get(moving.leg) if moving.leg else None
    return (answered(turn, other) or turn) if other and other.state is OfferState.ANSWERED else turn


def was_joined(turn: Turn, offer: Offer) -> Turn:
    """Somebody was joined with him as with anybody who waits: the transfer has reached its end, or he is back with his agent."""
    moving = turn.board.transfers.get(offer.call)
    if moving is None or moving.leg != offer.leg:
        return turn
    return forget(turn, moving.call) if moving.came_back else end(turn, moving, "joined")


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
        return end(part(drop(turn, moving, "citizen_gone"), moving.home), moving, "citizen_gone")
    if moving.stage is Stage.LEADING and moving.call in turn.board.waiting:
        return begin(turn, replace(moving, stage=stage_after(moving, MovingEvent.HELD), since=turn.now))
    if moving.stage in (Stage.LEADING, Stage.JOINING, Stage.RETURNING, Stage.CONFERRING):
        return _overdue(turn, moving) if turn.now - moving.since >= PATIENCE else turn
    if moving.call not in turn.board.waiting:
        return _led_away(turn, moving)
    other = turn.board.offers.get(moving.leg) if moving.leg else None
    if other is None:
        return unreached(turn, moving)
    if other.state is OfferState.ANSWERED and turn.now - other.since >= PATIENCE:
        return unreached(drop(turn, moving, "failed"), moving)
    if moving.attended and not is_home(turn, moving):
        return take(turn, moving) if moving.stage is Stage.CONSULTING else keep(turn, replace(moving, attended=False))
    return turn


def _overdue(turn: Turn, moving: Moving) -> Turn:
    """The switch has not said what became of our order. Who still stands in line gets the next agent; otherwise a survey knows the rest."""
    if moving.call not in turn.board.waiting:
        return end(turn, moving, "failed")
    return release(part(drop(turn, moving, "failed"), moving.home), moving, "failed")


def _led_away(turn: Turn, moving: Moving) -> Turn:
    """He pressed the emergency key, or was brought into a three-way call: then his agent is with him there."""
    turn = drop(turn, moving, "citizen_gone")
    if moving.call not in turn.board.emergencies:
        turn = part(turn, moving.home)
    return end(turn, moving, "citizen_left")


# ── what is looked up ────────────────────────────────────────────────────────────────────────────


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


def _talk_of(turn: Turn, agent: str) -> Offer | None:
    return next((each for each in turn.board.offers.values() if each.agent == agent and each.state is OfferState.JOINED), None)
