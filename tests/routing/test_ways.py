"""A talk with a centre is ended only when the trunk is silent and nothing comes from the centre."""

from dataclasses import replace

from hotline.call_facts import EmergencyAnswered, EmergencyDialled
from hotline.line import CallTold, DropWay, ListenToWays, Way, Ways
from routing.model import Switchboard
from routing.told import call_told
from routing.turn import Turn
from routing.ways import listen, ways_heard
from tests.routing.words import C1, at, new_board

CHANNEL = "PJSIP/telecom-00000007"
WAY = Way(channel=CHANNEL, trunk="telecom", packets=400, reachable=False)


def talking() -> Switchboard:
    turn = Turn(board=replace(new_board(), linked=True), now=at(0))
    turn = call_told(turn, CallTold(call=C1, fact=EmergencyDialled(service="110", trunk="telecom", attempt=1)))
    return call_told(turn, CallTold(call=C1, fact=EmergencyAnswered(service="110", trunk="telecom", attempt=1))).board


def hear(board: Switchboard, *heard: tuple[float, Way]) -> list[tuple[float, str]]:
    """Which legs were dropped, and when."""
    dropped = []
    for second, way in heard:
        turn = ways_heard(Turn(board=board, now=at(second)), Ways(ways=(way,)))
        board = turn.board
        dropped += [(second, order.channel) for order in turn.orders if isinstance(order, DropWay)]
    return dropped


def test_nothing_is_asked_while_nobody_talks_with_a_centre_or_the_link_is_down() -> None:
    assert listen(Turn(board=talking(), now=at(1))).orders == (ListenToWays(),)
    assert not listen(Turn(board=replace(talking(), linked=False), now=at(1))).orders
    assert not listen(Turn(board=replace(new_board(), linked=True), now=at(1))).orders


def test_a_centre_whose_trunk_is_silent_and_that_sends_nothing_is_gone_after_three_seconds() -> None:
    assert hear(talking(), (0, WAY), (1, WAY), (2.9, WAY), (3, WAY)) == [(3, CHANNEL)]


def test_one_packet_is_enough_to_talk_on() -> None:
    more = replace(WAY, packets=401)
    assert hear(talking(), (0, WAY), (2, WAY), (3, more), (4, more), (5.9, more)) == []
    assert hear(talking(), (0, WAY), (2, WAY), (3, more), (6, more)) == [(6, CHANNEL)]


def test_a_trunk_that_answers_is_alive_however_silent_the_centre() -> None:
    answers = replace(WAY, reachable=True)
    assert hear(talking(), *((float(second), answers) for second in range(60))) == []
    assert hear(talking(), (0, WAY), (2, answers), (3, WAY), (5, WAY)) == []


def test_what_cannot_be_counted_is_not_silence() -> None:
    assert hear(talking(), *((float(second), replace(WAY, packets=-1)) for second in range(60))) == []
