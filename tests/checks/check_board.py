"""What every `Board` door promises. Run on the fake and on a real Redis."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from hotline.identity import AgentId, CallId
from routing.board import AgentView, BoardView, EmergencyView, SpottedView, SupervisedView, WaitView
from routing.ports import Board
from tests.fakes.fake_clock import NOON

EMERGENCY = EmergencyView(call=CallId("hl1-1764000000.1"), service="110", state="ringing", for_s=2.5)
WITH_AN_AGENT = SpottedView(call=CallId("hl1-1764000000.2"), service="120", agent=AgentId("1001"), for_s=1.0)
WITH_NOBODY = SpottedView(call=CallId("hl1-1764000000.3"), service="119", agent=None, for_s=0.5)
PAUSED = AgentView(agent=AgentId("1002"), presence="paused", phone="idle", for_s=61.5, reason="meal", by="1009", overdue=True, misses=1)
LISTENS = SupervisedView(
    call=CallId("hl1-1764000000.2"), agent=AgentId("1001"), supervisor=AgentId("1009"), mode="listen", for_s=3.0, agent_sees=True
)
WAITS = WaitView(call=CallId("hl1-1764000000.4"), place=1, waited_s=12.5, why="needs=tax waited_s=12 ready=0", least=1, most=3)
VIEW = BoardView(
    at=NOON,
    waiting=3,
    longest_wait_s=12.5,
    agents={AgentId("1001"): "talking", AgentId("1002"): "paused"},
    emergencies=(EMERGENCY,),
    silent_trunks=("telecom",),
    presences=(PAUSED,),
    supervised=(LISTENS,),
    waits=(WAITS,),
    spotted=(WITH_AN_AGENT, WITH_NOBODY),
)


async def nothing_is_shown_before_anything_was_published(board: Board) -> None:
    assert await board.latest() is None


async def what_was_published_last_is_shown(board: Board) -> None:
    await board.publish(VIEW)
    later = BoardView(at=NOON + timedelta(seconds=1), waiting=0, longest_wait_s=0.0, agents={})
    await board.publish(later)
    assert await board.latest() == later
    await board.publish(VIEW)
    assert await board.latest() == VIEW


CHECKS: tuple[Callable[[Board], Awaitable[None]], ...] = (nothing_is_shown_before_anything_was_published, what_was_published_last_is_shown)
