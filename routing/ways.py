"""The watch over talks with emergency centres: a trunk that dies in a talk says nothing, and the citizen would hear silence.

Two signs together mean that it is gone: the trunk answers no question of the switch, and not one packet comes from the centre. Either
of them alone means little: some carriers stop answering OPTIONS under load, and who listens in silence may send nothing.
"""

from dataclasses import replace
from datetime import datetime

from hotline.line import DropWay, ListenToWays, Way, Ways
from routing.model import Switchboard, WaySeen
from routing.told import talking_with_a_centre
from routing.turn import Turn


def listen(turn: Turn) -> Turn:
    """Once a second, as long as somebody talks with a centre."""
    return turn.order(ListenToWays()) if turn.board.linked and talking_with_a_centre(turn.board) else turn


def ways_heard(turn: Turn, happening: Ways) -> Turn:
    """Whose trunk is silent is remembered with what it has sent; who stays so is ended as lost, and the dialplan calls the next target."""
    seen = {way.channel: _seen(turn.board, way, turn.now) for way in happening.ways if not way.reachable and way.packets >= 0}
    turn = replace(turn, board=replace(turn.board, ways=seen))
    for channel, way in seen.items():
        if turn.now - way.since >= turn.board.rules.way_silence:
            turn = turn.order(DropWay(channel=channel))
    return turn


def _seen(board: Switchboard, way: Way, now: datetime) -> WaySeen:
    before = board.ways.get(way.channel)
    return before if before and before.packets == way.packets else WaySeen(packets=way.packets, since=now)
