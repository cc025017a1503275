"""What the dialplan tells about a call is written down; who is in an emergency is kept for the board and for the watch over trunks."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from hotline.call_facts import (
    CallFact,
    EmergencyAnswered,
    EmergencyAsked,
    EmergencyDialled,
    EmergencyOver,
    EmergencyUnreached,
    LifelineAnswered,
    ThreeWayLeft,
)
from hotline.identity import CallId
from hotline.line import CallTold, TrunkReachable
from routing.callbacks import callback_told
from routing.model import Emergency, EmergencyState, Switchboard
from routing.out_calls import out_call_told
from routing.turn import Turn

log = logging.getLogger(__name__)

STATES: Final[Mapping[type[CallFact], EmergencyState]] = MappingProxyType(
    {
        EmergencyAsked: EmergencyState.ASKED,
        EmergencyDialled: EmergencyState.RINGING,
        EmergencyAnswered: EmergencyState.TALKING,
        EmergencyOver: EmergencyState.ASKED,
        EmergencyUnreached: EmergencyState.UNREACHED,
    }
)
"""Fact → where he is then. After an attempt the dialplan tries the next target, or leads him to a duty agent, and tells so."""


def call_told(turn: Turn, happening: CallTold) -> Turn:
    """Write it down. Late news of a call that is gone are written, too: a three-way leg may outlive the citizen for a moment."""
    call, fact = happening.call, happening.fact
    if happening.arrived and call not in turn.board.calls and call not in turn.board.gone:
        turn = turn.note(call, happening.arrived).know(call)
    turn = callback_told(out_call_told(turn.note(call, fact), call, fact), happening)
    return turn if call in turn.board.gone else _mark(turn, call, fact)


def trunk_reachable(turn: Turn, happening: TrunkReachable) -> Turn:
    """For whoever looks at the board."""
    silent = turn.board.silent_trunks - {happening.trunk}
    silent = silent if happening.reachable else silent | {happening.trunk}
    return replace(turn, board=replace(turn.board, silent_trunks=silent))


def no_emergency(turn: Turn, call: CallId) -> Turn:
    """It is over for him: he talks with a duty agent, or is gone."""
    if call not in turn.board.emergencies:
        return turn
    left = {key: each for key, each in turn.board.emergencies.items() if key != call}
    return replace(turn, board=replace(turn.board, emergencies=left))


def found_in_emergency(turn: Turn, calls: frozenset[CallId]) -> Turn:
    """A survey shows who is on his way to a centre. Of whom nobody has told us yet counts as talking, so that his talk is watched."""
    new = {call: Emergency(service="", state=EmergencyState.TALKING, since=turn.now) for call in calls - turn.board.emergencies.keys()}
    return replace(turn, board=replace(turn.board, emergencies={**turn.board.emergencies, **new})) if new else turn


def talking_with_a_centre(board: Switchboard) -> bool:
    """Somebody talks with an emergency centre, as far as we know."""
    return any(each.state is EmergencyState.TALKING for each in board.emergencies.values())


def _mark(turn: Turn, call: CallId, fact: CallFact) -> Turn:
    state = STATES.get(type(fact))
    if isinstance(fact, LifelineAnswered) or fact == ThreeWayLeft(who="service"):
        return no_emergency(turn, call)
    if state is None:
        return turn
    if state is EmergencyState.UNREACHED:
        log.critical("%s 紧急求助未接通，已转值班坐席 an emergency reached no centre: a duty agent takes it, first in line", call)
    known = turn.board.emergencies.get(call)
    service = str(getattr(fact, "service", "")) or (known.service if known else "")
    emergency = Emergency(service=service, state=state, since=turn.now)
    return replace(turn, board=replace(turn.board, emergencies={**turn.board.emergencies, call: emergency}))
