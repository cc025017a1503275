"""After a survey: make the switchboard true again, so that nobody is lost, nobody is offered twice, and those who talk notice nothing.

A survey is asked for and answered between two facts. So it is newer than everything the switchboard knows, and whatever it does not
show has ended. But the news of that end may have come right before the survey's answer and still wait to be read, and it knows more (who
hung up, the cause, the recording). So an end is only believed when the next survey, a second later, misses the same again. And a leg that
was ordered a moment ago may not have its channel yet.
"""

from datetime import timedelta

from hotline.call_facts import AgentJoined, AgentParted, Arrived, CallEnded, WaitBegan
from hotline.identity import CallId, LegId
from hotline.line import DropLeg, JoinedPair, PhoneState, Snapshot, WaitingCitizen
from routing.adopt import AskToJoin, adopt_ringing, settle_left
from routing.callbacks import calls_himself
from routing.emergency import first_in_line, forget_words
from routing.model import Offer, Surveyed
from routing.moves import OfferEvent, OfferState, PresenceEvent
from routing.presence import release_leg, talks
from routing.supervision import found_at_talks
from routing.told import found_in_emergency, no_emergency
from routing.transfers import kept_legs
from routing.turn import Turn, withdraw

NOT_YET_A_CHANNEL = timedelta(seconds=3)


def reconcile(turn: Turn, survey: Surveyed, ask_to_join: AskToJoin) -> Turn:
    """The switchboard as the survey shows the line; journals of calls that ended unseen are closed."""
    snapshot = survey.snapshot
    turn = _phones(turn, snapshot)
    calls = (turn.board.calls | survey.open_calls) - snapshot.calls - turn.board.gone.keys()
    pairs = {pair.leg for pair in snapshot.joined}
    missed = calls | _ends(turn, snapshot, pairs)
    over = missed & turn.board.missed
    for call in sorted(calls & over):
        end = _end_of(call, snapshot)
        turn = withdraw(turn, call, by=end.by).note(call, end).forget(call)
        turn = forget_words(no_emergency(turn, call), call)
    turn = found_in_emergency(_line(turn, snapshot), snapshot.emergencies)
    for offer in list(turn.board.offers.values()):
        if offer.leg in over or offer.leg not in missed:
            turn = _offer(turn, offer, snapshot, joined=offer.leg in pairs, ask_to_join=ask_to_join)
    for pair in snapshot.joined:
        turn = _adopt(turn, pair)
    turn = found_at_talks(turn, snapshot.supervisors)
    turn = settle_left(adopt_ringing(turn, snapshot, ask_to_join))
    for leg in sorted(snapshot.legs - turn.board.offers.keys()):
        turn = turn.order(DropLeg(leg=leg))
    return turn.link(missed - over)


def _end_of(call: CallId, snapshot: Snapshot) -> CallEnded:
    """Who is not on the line of a switch that is younger than his call was cut off, and is owed a call back."""
    if call.born + 1 <= snapshot.switch_since:
        return CallEnded(by="us", how="cut_off")
    return CallEnded(by="unknown", how="reconciled")


def _ends(turn: Turn, snapshot: Snapshot, pairs: set[LegId]) -> set[LegId]:
    """Legs of ours that are gone, or whose talk is over, although nobody told us so."""
    joined = {offer.leg for offer in turn.board.offers.values() if offer.state is OfferState.JOINED}
    return (turn.board.offers.keys() - snapshot.legs) | (joined - pairs - kept_legs(turn))


def _phones(turn: Turn, snapshot: Snapshot) -> Turn:
    for agent in turn.board.agents:
        turn = turn.phone(agent, snapshot.phones.get(agent, PhoneState.ABSENT))
    return turn


def _line(turn: Turn, snapshot: Snapshot) -> Turn:
    standing = {citizen.call: citizen for citizen in snapshot.waiting if citizen.call not in turn.board.gone}
    # Who wants to be called back stands in line without a channel (routing/callbacks.py).
    for call in {each.call for each in turn.board.waiting.values() if each.channel} - standing.keys():
        turn = turn.leave(call)
    for citizen in standing.values():
        turn = _stands(turn, citizen)
    return turn


def _stands(turn: Turn, citizen: WaitingCitizen) -> Turn:
    call = citizen.call
    if call not in turn.board.calls:
        turn = turn.note(call, Arrived(called=citizen.called, caller=citizen.caller, trunk=citizen.trunk)).know(call)
    if call not in turn.board.waiting:
        turn = turn.note(call, WaitBegan(skills=citizen.skills))
    turn, citizen = calls_himself(turn, citizen)
    return turn.wait(first_in_line(turn, citizen))


def _offer(turn: Turn, offer: Offer, snapshot: Snapshot, *, joined: bool, ask_to_join: AskToJoin) -> Turn:
    """One offer of ours against the truth."""
    if offer.leg not in snapshot.legs:
        young = offer.state is OfferState.RINGING and turn.now - offer.since < NOT_YET_A_CHANNEL
        return turn if young else release_leg(turn, offer.leg, "failed")
    if joined:
        return _found_joined(turn, offer)
    if offer.state is OfferState.JOINED and offer.leg not in kept_legs(turn):
        turn = turn.note(offer.call, AgentParted(agent=offer.agent, leg=offer.leg, by="unknown"))
        return turn.move(offer.leg, OfferEvent.PARTED).order(DropLeg(leg=offer.leg))
    if offer.state is OfferState.JOINED:
        return turn
    if offer.state in (OfferState.PARTED, OfferState.WITHDRAWN):
        return turn.order(DropLeg(leg=offer.leg))
    if offer.call not in turn.board.waiting:
        return withdraw(turn, offer.call, by="unknown")
    if offer.leg not in snapshot.answered:
        return turn
    if offer.state is OfferState.RINGING:
        turn = turn.move(offer.leg, OfferEvent.ANSWERED)
    return ask_to_join(turn, offer)


def _found_joined(turn: Turn, offer: Offer) -> Turn:
    """The bridge stands although nobody told us so."""
    if offer.state is OfferState.RINGING:
        turn = turn.move(offer.leg, OfferEvent.ANSWERED)
    if offer.state in (OfferState.RINGING, OfferState.ANSWERED):
        turn = turn.move(offer.leg, OfferEvent.JOINED).presence(offer.agent, PresenceEvent.JOINED)
        turn = no_emergency(turn.note(offer.call, AgentJoined(agent=offer.agent, leg=offer.leg)).leave(offer.call), offer.call)
    return turn


def _adopt(turn: Turn, pair: JoinedPair) -> Turn:
    """A pair that an earlier process joined (and noted): they talk on, and the agent counts as talking."""
    if pair.leg in turn.board.offers or pair.call in turn.board.gone:
        return turn
    offer = Offer(leg=pair.leg, agent=pair.agent, call=pair.call, state=OfferState.JOINED, since=turn.now, channel=pair.channel)
    turn = turn.offer(offer).know(pair.call).leave(pair.call)
    return talks(turn, pair.agent)
