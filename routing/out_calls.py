"""Outgoing calls (呼出): an agent clicks, his own telephone rings, and the dialplan does the rest; it tells what routing writes down here.

Who calls out talks, whoever began it: he is offered nobody, and afterwards has the same time for his work as after any other talk.
"""

from dataclasses import replace
from typing import Final

from hotline.call_facts import CallFact, OutCallBegan, OutCallOver, RecordingStarted
from hotline.identity import AgentId, CallId
from hotline.line import PhoneState
from hotline.transfers import PlaceCall
from hotline.wishes import CallOut
from routing.moves import BUSY
from routing.presence import talk_over, talks
from routing.turn import Turn

NOBODY: Final = "没有这个坐席 there is no such agent"
NOT_FREE: Final = "您的话机正忙或没有注册 your telephone is busy or not registered"
NO_WAY: Final = "没有可用的外线 no trunk for outgoing calls"
COMING: Final = "正在呼叫您的话机 your telephone is being called"
MOST_CALLING: Final = 5000


def call_out(turn: Turn, wish: CallOut) -> Turn:
    """点击呼出: ring his own telephone first, or say in words why not."""
    agent = next((each for each in turn.board.agents.values() if each.id == wish.agent), None)
    if agent is None:
        return turn.refuse(wish, NOBODY)
    if trouble := turn.board.calling.dialling.refusal(wish.number):
        return turn.refuse(wish, trouble)
    if not turn.board.calling.trunks:
        return turn.refuse(wish, NO_WAY)
    if agent.presence in BUSY or agent.phone is not PhoneState.IDLE:
        return turn.refuse(wish, NOT_FREE)
    order = PlaceCall(agent=agent.id, number=wish.number, ticket=wish.ticket, ring_seconds=turn.board.rules.ring_s)
    return turn.order(order).done(wish, COMING)


def out_call_told(turn: Turn, call: CallId, fact: CallFact) -> Turn:
    """What the dialplan tells of such a call, beside writing it down."""
    if isinstance(fact, OutCallBegan):
        return _began(turn, call, fact)
    return _over(turn, call) if isinstance(fact, OutCallOver) else turn


def tend_out_calls(turn: Turn) -> Turn:
    """The end of one may be known only from a survey: its agent is free again."""
    for call in turn.board.calling_out.keys() & turn.board.gone.keys():
        turn = _over(turn, call)
    return turn


def _began(turn: Turn, call: CallId, fact: OutCallBegan) -> Turn:
    turn = turn.note(call, RecordingStarted(citizen_file=f"{call}-citizen.wav", heard_file=f"{call}-heard.wav"))
    agent = next((each.id for each in turn.board.agents.values() if each.id == fact.agent), None)
    if agent is None or len(turn.board.calling_out) >= MOST_CALLING:
        return turn
    return _keep(talks(turn, agent), {**turn.board.calling_out, call: agent})


def _over(turn: Turn, call: CallId) -> Turn:
    agent = turn.board.calling_out.get(call)
    if agent is None:
        return turn
    left = {key: each for key, each in turn.board.calling_out.items() if key != call}
    return talk_over(_keep(turn, left), agent)


def _keep(turn: Turn, calling_out: dict[CallId, AgentId]) -> Turn:
    return replace(turn, board=replace(turn.board, calling_out=calling_out))
