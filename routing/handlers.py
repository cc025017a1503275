"""What routing does about each thing that happens: `step` is a pure function, and `HANDLERS` is the map of the room."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hotline.call_facts import AgentJoined, AgentParted, Arrived, CallEnded, OfferEnded, RecordingClosed, WaitBegan
from hotline.identity import AgentId, CallId
from hotline.line import (
    CallTold,
    CitizenGone,
    CitizenLeft,
    CitizenWaits,
    DropLeg,
    Join,
    LegAnswered,
    LegEnded,
    LegRings,
    LineFact,
    LinkDown,
    LinkRestored,
    PairParted,
    PhoneChanged,
    PhoneReachable,
    ServiceWanted,
    StillHere,
    Survey,
    TrunkReachable,
    Ways,
    WordSpotted,
)
from hotline.supervision import SupervisorAsks, SupervisorGone, SupervisorReady
from hotline.transfers import CitizenTold
from hotline.wishes import AgentWants, CallOut, ForcePresence, MoveCaller, Supervise, Transfer, TransferStep, Wish
from routing.adopt import stray
from routing.announced_agent import announce_agent
from routing.announcing import announce
from routing.callbacks import CallsOwed, call_back, calls_himself, calls_owed, got_through, not_rung, stand, tend_callbacks, unrung
from routing.emergency import citizen_is_back, first_in_line, forget_words, service_wanted, word_spotted
from routing.memory import remember
from routing.model import Joined, JoinRefused, Offer, OrderDone, OrderRefused, RingRefused, Surveyed, Switchboard, Tick
from routing.moves import OfferEvent, OfferState, PresenceEvent
from routing.out_calls import call_out, tend_out_calls
from routing.policy import choices, keeping
from routing.presence import agent_wants, force_presence, leg_rings, release_leg
from routing.presence import tick as presence_tick
from routing.reconcile import reconcile
from routing.staff import StaffListed, see_off, staff_listed
from routing.supervising import SupervisionAnswer, SupervisionDone, SupervisionRefused
from routing.supervision import (
    mind,
    move_caller,
    supervise,
    supervision_done,
    supervision_refused,
    supervisor_asks,
    supervisor_gone,
    supervisor_ready,
    supervisor_stays,
)
from routing.told import call_told, no_emergency, trunk_reachable
from routing.transfers import answered, home_stands, order_done, order_refused, step_wanted, tend, transfer_wanted, was_joined
from routing.turn import Turn, ring, withdraw
from routing.ways import listen, ways_heard

Happening = (
    LineFact
    | Ways
    | Wish
    | Tick
    | RingRefused
    | Joined
    | JoinRefused
    | OrderDone
    | OrderRefused
    | SupervisionAnswer
    | Surveyed
    | CallsOwed
    | StaffListed
)

UNTOLD = timedelta(seconds=6)
"""An agent who has picked up is joined after so long at the latest, whether the citizen has said that he was told or not."""
REMEMBER_GONE = timedelta(seconds=60)


def step(board: Switchboard, happening: Happening, now: datetime) -> Turn:
    """The switchboard after this, and what follows from it. Raises `OurMistake`, and then nothing has changed."""
    turn = Turn(board=board, now=now)
    handler = HANDLERS.get(type(happening))
    if handler is None and isinstance(happening, Wish):
        return turn.refuse(happening, "这个版本没有这项功能 this version cannot do that")
    return remember(board, HANDLERS[type(happening)](turn, happening), old=isinstance(happening, Tick))


def citizen_waits(turn: Turn, fact: CitizenWaits) -> Turn:
    """A new citizen in line; or one who waits again, at his old place, because his agent was lost."""
    citizen, board = fact.citizen, turn.board
    if citizen.call in board.gone:
        return turn
    if citizen.call not in board.calls:
        turn = turn.note(citizen.call, Arrived(called=citizen.called, caller=citizen.caller, trunk=citizen.trunk)).know(citizen.call)
    if citizen.call not in board.waiting:
        turn = turn.note(citizen.call, WaitBegan(skills=citizen.skills))
    turn, citizen = calls_himself(turn, citizen)
    return dispatch(citizen_is_back(turn.wait(first_in_line(turn, citizen)), fact))


def citizen_left(turn: Turn, fact: CitizenLeft) -> Turn:
    """He went to an emergency or a call-back by his own key: nobody must be joined with him."""
    return dispatch(withdraw(turn, fact.call, by="citizen").leave(fact.call))


def citizen_gone(turn: Turn, fact: CitizenGone) -> Turn:
    """The call is over: what is pending for him is taken back, and his journal is complete."""
    call = fact.call
    if call in turn.board.gone:
        return turn
    if call not in turn.board.calls:
        # Nobody told the journal about this call if the AGI process was dead when it came.
        turn = turn.note(call, Arrived(called=fact.called, caller=fact.caller, trunk=fact.trunk))
    turn = _withdraw_all(turn, call, by=fact.by)
    turn = turn.note(call, RecordingClosed(citizen_bytes=fact.citizen_bytes, heard_bytes=fact.heard_bytes))
    turn = forget_words(turn.note(call, CallEnded(by=fact.by, cause=fact.cause)).forget(call), call)
    return dispatch(stand(no_emergency(turn, call)))


def _withdraw_all(turn: Turn, call: CallId, *, by: str) -> Turn:
    """Two agents have to do with him in a conference, or while one asks the other."""
    while turn.board.offer_for(call, OfferState.RINGING, OfferState.ANSWERED, OfferState.JOINED):
        turn = withdraw(turn, call, by=by)
    return turn


def phone_changed(turn: Turn, fact: PhoneChanged) -> Turn:
    """An agent came, left, or took up his phone for something else."""
    return dispatch(turn.phone(fact.agent, fact.state))


def phone_reachable(turn: Turn, fact: PhoneReachable) -> Turn:
    """His phone may have died in a talk: `tick` gives it time to come back."""
    return turn.reach(fact.agent, fact.reachable)


def telephone_rings(turn: Turn, fact: LegRings) -> Turn:
    """He hears it; or it rings by the word of a leader whose term is over."""
    return leg_rings(stray(turn, fact.leg), fact)


def leg_answered(turn: Turn, fact: LegAnswered) -> Turn:
    """The agent picked up: join him, unless nobody waits for him any more."""
    offer = turn.board.offers.get(fact.leg)
    if offer is None:
        return turn.order(DropLeg(leg=fact.leg))
    if offer.state not in (OfferState.RINGING, OfferState.WITHDRAWN):
        return home_stands(turn, fact.leg)
    turn = turn.move(fact.leg, OfferEvent.ANSWERED)
    if offer.state is OfferState.WITHDRAWN:
        return turn.order(DropLeg(leg=fact.leg))
    return announce_agent(turn, offer, ask_to_join)


def citizen_told(turn: Turn, fact: CitizenTold) -> Turn:
    """He knows who serves him: now they may hear each other."""
    offer = turn.board.offer_for(fact.call, OfferState.ANSWERED)
    return turn if offer is None else ask_to_join(turn, offer)


def ask_to_join(turn: Turn, offer: Offer) -> Turn:
    """Order the bridge with the citizen for whom this agent was rung."""
    if (transferred := answered(turn, offer)) is not None:
        return transferred
    citizen = turn.board.waiting.get(offer.call)
    if citizen is None:
        return withdraw(turn, offer.call, by="unknown")
    return turn.order(Join(call=offer.call, channel=citizen.channel, agent=offer.agent, leg=offer.leg))


def joined(turn: Turn, happening: Joined) -> Turn:
    """They hear each other: the citizen leaves the line."""
    offer = turn.board.offers.get(happening.leg)
    if offer is None:
        return turn
    turn = turn.move(offer.leg, OfferEvent.JOINED).presence(offer.agent, PresenceEvent.JOINED)
    turn = got_through(turn.note(offer.call, AgentJoined(agent=offer.agent, leg=offer.leg)), offer.call).leave(offer.call)
    return no_emergency(was_joined(turn, offer), offer.call)


def join_refused(turn: Turn, happening: JoinRefused) -> Turn:
    """One of the two is gone. The citizen keeps his place; the next agent is chosen when this leg is gone: CitizenGone may come first."""
    offer = turn.board.offers.get(happening.leg)
    if offer is None:
        return turn
    turn = turn.note(offer.call, OfferEnded(agent=offer.agent, leg=offer.leg, outcome="failed"))
    return turn.move(offer.leg, OfferEvent.WITHDRAWN).order(DropLeg(leg=offer.leg))


def leg_ended(turn: Turn, fact: LegEnded) -> Turn:
    """The agent's leg is gone. If he had not been joined he rests, and the citizen keeps his place."""
    return dispatch(release_leg(unrung(turn, fact.leg, fact.outcome), fact.leg, fact.outcome))


def ring_refused(turn: Turn, happening: RingRefused) -> Turn:
    """The switch would not even try."""
    return dispatch(release_leg(not_rung(turn, happening.leg), happening.leg, "failed"))


def pair_parted(turn: Turn, fact: PairParted) -> Turn:
    """The talk is over. The agent is free when his leg is gone; the dialplan cares for the citizen."""
    offer = turn.board.offers.get(fact.leg)
    if offer is None or offer.state is not OfferState.JOINED:
        return turn
    turn = turn.note(offer.call, AgentParted(agent=offer.agent, leg=offer.leg, by=fact.by))
    return supervisor_stays(turn.move(fact.leg, OfferEvent.PARTED), fact)


def link_down(turn: Turn, fact: LinkDown) -> Turn:
    """Calls go on without us; nothing is offered before the next survey."""
    return turn.unlink()


def link_restored(turn: Turn, fact: LinkRestored) -> Turn:
    """Events were lost: ask for the truth."""
    return turn.unlink().order(Survey())


def surveyed(turn: Turn, happening: Surveyed) -> Turn:
    """The truth about the line (routing/reconcile.py)."""
    return dispatch(reconcile(turn, happening, ask_to_join))


def tick(turn: Turn, happening: Tick) -> Turn:
    """Once a second: rests end, offers that nobody ended are given up, and the survey comes round."""
    board, now = turn.board, turn.now
    turn = see_off(mind(presence_tick(turn)))
    for offer in board.offers.values():
        turn = _mind(turn, offer)
    turn = turn.forget_gone_before(now - REMEMBER_GONE)
    if not board.linked or board.missed or now - board.surveyed >= board.rules.survey_every:
        turn = turn.order(Survey())
    return announce(dispatch(tend_callbacks(listen(_still_here(turn)))))


def _still_here(turn: Turn) -> Turn:
    """Without a link nobody is assigned, whatever we would say."""
    board, said = turn.board, turn.board.said_here
    if not board.linked or (said is not None and turn.now - said < board.rules.still_here_every):
        return turn
    until = turn.now + board.rules.still_here_for
    return replace(turn, board=replace(board, said_here=turn.now)).order(StillHere(until=int(until.timestamp())))


def _mind(turn: Turn, offer: Offer) -> Turn:
    """An event may be lost for ever: no offer outlives its time (Telephony promises none, it only usually keeps it)."""
    age, rules = turn.now - offer.since, turn.board.rules
    if offer.state is OfferState.RINGING and age >= timedelta(seconds=rules.ring_s) + rules.grace:
        return release_leg(turn, offer.leg, "no_answer").order(DropLeg(leg=offer.leg))
    if offer.state is OfferState.ANSWERED and UNTOLD <= age < 2 * UNTOLD:
        return ask_to_join(turn, offer)
    if offer.state in (OfferState.WITHDRAWN, OfferState.PARTED):
        if age >= 6 * rules.grace:
            return release_leg(turn, offer.leg, "hung_up")
        if age >= timedelta(seconds=1):
            return turn.order(DropLeg(leg=offer.leg))
    if offer.state is OfferState.JOINED and _is_lost(turn, offer.agent):
        return turn.order(DropLeg(leg=offer.leg, lost=True))
    return turn


def _is_lost(turn: Turn, agent: AgentId) -> bool:
    """A phone that died in a talk says nothing, and the citizen hears nothing; the switch alone would let him wait for ever."""
    known = turn.board.agents.get(agent)
    return known is not None and known.silent_since is not None and turn.now - known.silent_since >= turn.board.rules.silence


def wished(handle: Callable[[Turn, Any], Turn]) -> Callable[[Turn, Any], Turn]:
    """A wish may make somebody ready, or free a place: whoever waits is looked at after it."""
    return lambda turn, wish: dispatch(handle(turn, wish))


def dispatch(turn: Turn) -> Turn:
    """Ring an agent for everybody who can be served now. Reserved before rung; one offer per agent and per citizen."""
    turn = tend(tend_out_calls(turn))
    if not turn.board.linked:
        return turn
    turn = replace(turn, board=keeping(turn.board))
    for choice in choices(turn.board, turn.now, without=turn.board.transfers.keys()):
        # A place in line that no channel holds is that of somebody who wants to be called back.
        turn = ring(turn, choice.call, choice.agent, choice.why) if turn.board.waiting[choice.call].channel else call_back(turn, choice)
    return turn


HANDLERS: dict[type, Callable[[Turn, Any], Turn]] = {
    CitizenWaits: citizen_waits,
    CitizenLeft: citizen_left,
    CitizenGone: citizen_gone,
    CitizenTold: citizen_told,
    CallTold: call_told,
    WordSpotted: word_spotted,
    ServiceWanted: service_wanted,
    TrunkReachable: trunk_reachable,
    Ways: ways_heard,
    AgentWants: wished(agent_wants),
    ForcePresence: wished(force_presence),
    PhoneChanged: phone_changed,
    PhoneReachable: phone_reachable,
    LegRings: telephone_rings,
    LegAnswered: leg_answered,
    LegEnded: leg_ended,
    PairParted: pair_parted,
    LinkDown: link_down,
    LinkRestored: link_restored,
    RingRefused: ring_refused,
    Joined: joined,
    JoinRefused: join_refused,
    Supervise: supervise,
    MoveCaller: wished(move_caller),
    SupervisorAsks: supervisor_asks,
    SupervisorReady: supervisor_ready,
    SupervisorGone: wished(supervisor_gone),
    SupervisionDone: wished(supervision_done),
    SupervisionRefused: supervision_refused,
    CallsOwed: wished(calls_owed),
    StaffListed: wished(staff_listed),
    OrderDone: wished(order_done),
    OrderRefused: wished(order_refused),
    Transfer: wished(transfer_wanted),
    TransferStep: wished(step_wanted),
    CallOut: wished(call_out),
    Surveyed: surveyed,
    Tick: tick,
}
