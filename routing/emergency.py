"""Spotted words and three-way calls (重点词与三方通话): what the live recogniser believes, and what an agent asks for at his desk.

A spotted word alone never transfers anybody: recognisers mistake, and who only tells of last year's fire must not stand before the fire
brigade. With an agent: an alarm on the board, and he brings the service in with one press. With nobody: the citizen is first in line from
now on and is asked once about each service; his key or his yes leads him there, his silence leaves him where he is.
"""

from dataclasses import replace

from hotline.call_facts import EmergencyAsked
from hotline.call_facts import WordSpotted as WordNoted
from hotline.identity import CallId
from hotline.line import BringIn, CitizenWaits, OfferEmergency, Priority, ServiceWanted, WaitingCitizen, WordSpotted
from routing.model import Spotted
from routing.moves import OfferState
from routing.turn import Turn

MOST_SPOTTED = 1000
"""A recogniser that speaks of calls that nobody has seen shall not fill the memory: the oldest is forgotten."""


def word_spotted(turn: Turn, fact: WordSpotted) -> Turn:
    """Note it once per service, and do what is right for where he is. Who is on his way to a centre already is left alone."""
    call, board = fact.call, turn.board
    if call in board.gone:
        return turn
    before = board.spotted.get(call)
    if before is None or fact.service not in before.heard:
        turn = turn.note(call, WordNoted(service=fact.service))
    turn = _spot(turn, call, fact.service)
    citizen = board.waiting.get(call)
    if citizen is None or call in board.emergencies:
        return turn
    agreed = fact.agreed and before is not None and fact.service in before.offered
    return _lead(turn, citizen, fact.service) if agreed else ask(turn.wait(first_in_line(turn, citizen)), citizen)


def citizen_is_back(turn: Turn, fact: CitizenWaits) -> Turn:
    """A word was spotted before he came into the line, or while he talked with an agent who was lost."""
    return turn if fact.citizen.call in turn.board.emergencies else ask(turn, fact.citizen)


def first_in_line(turn: Turn, citizen: WaitingCitizen) -> WaitingCitizen:
    """The same citizen, before the longer wait when a word of his was spotted."""
    spotted = citizen.call in turn.board.spotted
    return replace(citizen, priority=max(citizen.priority, Priority.SPOTTED)) if spotted else citizen


def ask(turn: Turn, citizen: WaitingCitizen) -> Turn:
    """Ask him about the service, unless he was asked before. An agent may take him out of the question at any moment."""
    spotted = turn.board.spotted.get(citizen.call)
    if spotted is None or spotted.service in spotted.offered:
        return turn
    asked = replace(spotted, offered=spotted.offered | {spotted.service})
    return _keep(turn, citizen.call, asked).order(OfferEmergency(call=citizen.call, channel=citizen.channel, service=spotted.service))


def service_wanted(turn: Turn, fact: ServiceWanted) -> Turn:
    """An agent's desk: bring the service into his talk. Without a talk there is nothing to bring it into."""
    offer = turn.board.offer_for(fact.call, OfferState.JOINED)
    if offer is None or not offer.channel:
        return turn
    turn = turn.note(fact.call, EmergencyAsked(how="agent", service=fact.service))
    return turn.order(BringIn(call=fact.call, channel=offer.channel, agent=offer.agent, leg=offer.leg, service=fact.service))


def forget_words(turn: Turn, call: CallId) -> Turn:
    """The call is over."""
    if call not in turn.board.spotted:
        return turn
    return replace(turn, board=replace(turn.board, spotted={key: each for key, each in turn.board.spotted.items() if key != call}))


def _spot(turn: Turn, call: CallId, service: str) -> Turn:
    known = turn.board.spotted.get(call)
    if known is None:
        turn = _make_room(turn)
        return _keep(turn, call, Spotted(service=service, since=turn.now, heard=frozenset({service})))
    if known.service == service:
        return turn
    return _keep(turn, call, replace(known, service=service, since=turn.now, heard=known.heard | {service}))


def _make_room(turn: Turn) -> Turn:
    spotted = turn.board.spotted
    if len(spotted) < MOST_SPOTTED:
        return turn
    return forget_words(turn, min(spotted, key=lambda call: spotted[call].since))


def _lead(turn: Turn, citizen: WaitingCitizen, service: str) -> Turn:
    return turn.order(OfferEmergency(call=citizen.call, channel=citizen.channel, service=service, agreed=True))


def _keep(turn: Turn, call: CallId, spotted: Spotted) -> Turn:
    return replace(turn, board=replace(turn.board, spotted={**turn.board.spotted, call: spotted}))
