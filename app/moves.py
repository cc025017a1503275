"""The states of a running system and its way down (停机: 先排空、后停止), as one table.

starting → running → draining → stopping → stopped. Draining refuses new calls and lets conversations end; a second wish or
the end of patience leads to stopping, where children go down in order.
"""

from enum import StrEnum
from typing import Final

from hotline import moves
from hotline.moves import picture


class RunState(StrEnum):
    """Where the whole system stands."""

    STARTING = "starting"
    RUNNING = "running"
    DRAINING = "draining"
    STOPPING = "stopping"
    STOPPED = "stopped"


class RunEvent(StrEnum):
    """What moves it."""

    ALL_HEALTHY = "all_healthy"
    DRAIN_ASKED = "drain_asked"
    LINE_EMPTY = "line_empty"
    PATIENCE_OVER = "patience_over"
    STOP_ASKED = "stop_asked"
    ALL_DOWN = "all_down"


RUN_MOVES: dict[tuple[RunState, RunEvent], RunState] = {
    (RunState.STARTING, RunEvent.ALL_HEALTHY): RunState.RUNNING,
    (RunState.STARTING, RunEvent.DRAIN_ASKED): RunState.DRAINING,
    (RunState.STARTING, RunEvent.STOP_ASKED): RunState.STOPPING,
    (RunState.RUNNING, RunEvent.ALL_HEALTHY): RunState.RUNNING,
    (RunState.RUNNING, RunEvent.DRAIN_ASKED): RunState.DRAINING,
    (RunState.RUNNING, RunEvent.STOP_ASKED): RunState.STOPPING,
    (RunState.DRAINING, RunEvent.DRAIN_ASKED): RunState.DRAINING,
    (RunState.DRAINING, RunEvent.LINE_EMPTY): RunState.STOPPING,
    (RunState.DRAINING, RunEvent.PATIENCE_OVER): RunState.STOPPING,
    (RunState.DRAINING, RunEvent.STOP_ASKED): RunState.STOPPING,
    (RunState.STOPPING, RunEvent.DRAIN_ASKED): RunState.STOPPING,
    (RunState.STOPPING, RunEvent.STOP_ASKED): RunState.STOPPING,
    (RunState.STOPPING, RunEvent.ALL_DOWN): RunState.STOPPED,
}

PICTURE: Final = picture("The whole system 整个系统", RUN_MOVES, source="app/moves.py")
"""docs/states/system.md; tests/app/test_moves.py notices a stale copy."""


def moved(state: RunState, event: RunEvent) -> RunState:
    """The next state of the system. Raises `OurMistake` for a move that is not in the table."""
    return moves.moved(RUN_MOVES, state, event)
