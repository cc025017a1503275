"""排队播报: what those who wait may be told, laid down on their channels now and then. The dialplan speaks, without asking us.

So a citizen may hear what was true `EVERY_S` seconds ago; flow `waiting` tells nothing older than it can stand by.
"""

from dataclasses import replace
from typing import Final

from hotline.announcements import TellPlace
from hotline.identity import CallId
from routing.estimate import Range, promise
from routing.matching import Caller
from routing.model import Switchboard
from routing.policy import choosing_of, keeping
from routing.turn import Turn

EVERY_S: Final = 15.0
"""So often each citizen's place is laid down anew …"""
MOST_AT_ONCE: Final = 25
"""… for so many of them each second: each costs the switch one command, and agents must not wait for it."""


def announce(turn: Turn) -> Turn:
    """Once a second: count how the line moves, and lay down the places that are due, first in line first."""
    turn = _counted(replace(turn, board=keeping(turn.board)))
    board, now = turn.board, turn.now.timestamp()
    if not board.linked or not board.rules.say_place:
        return turn
    told = {call: at for call, at in board.announcing.told.items() if call in board.waiting}
    due = [caller for caller in choosing_of(board).line.in_order() if now - told.get(CallId(caller.id), 0.0) >= EVERY_S]
    for caller in [caller for caller in due if board.waiting[CallId(caller.id)].channel][:MOST_AT_ONCE]:
        turn = turn.order(_told(board, caller, now))
        told[CallId(caller.id)] = now
    return replace(turn, board=replace(turn.board, announcing=replace(board.announcing, told=told)))


def wait_of(board: Switchboard, caller: Caller, now: float) -> Range | None:
    """How many minutes he may still wait; None: not known."""
    choosing = choosing_of(board)
    return promise(caller, choosing.line, choosing.staff, board.announcing.pace, board.rules.choice, now)


def _told(board: Switchboard, caller: Caller, now: float) -> TellPlace:
    wait = wait_of(board, caller, now) or Range(least=0, most=0)
    citizen = board.waiting[CallId(caller.id)]
    ahead = choosing_of(board).line.ahead_of(caller)
    return TellPlace(call=citizen.call, channel=citizen.channel, ahead=ahead, least=wait.least, most=wait.most, at=int(now))


def _counted(turn: Turn) -> Turn:
    choosing, known, now = choosing_of(turn.board), turn.board.announcing, turn.now.timestamp()
    pace = known.pace.saw(
        now,
        served=choosing.served - known.served,
        gave_up=choosing.gave_up - known.gave_up,
        agents=len(choosing.on_duty),
        waiting=known.stood if turn.board.linked else 0,
    )
    counted = replace(known, pace=pace, served=choosing.served, gave_up=choosing.gave_up, stood=len(choosing.line.places))
    return replace(turn, board=replace(turn.board, announcing=counted))
