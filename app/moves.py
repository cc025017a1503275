"""The states of a running system and its way down (停机: 先排空、后停止), as one table.

starting → running → draining → stopping → stopped. Draining refuses new calls and lets conversations end; a second wish or
the end of patience leads to stopping, where children go down in order.
"""

from enum import StrEnum

from hotline.errors import OurMistake


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


def picture() -> str:
    """docs/states/system.md: the table as a mermaid diagram; tests/app/test_moves.py notices a stale copy."""
    arrows = [f"    {state} --> {target}: {event}" for (state, event), target in RUN_MOVES.items()]
    head = ["# The whole system 整个系统", "", "Drawn from `app/moves.py`; do not edit.", ""]
    return "\n".join([*head, "```mermaid", "stateDiagram-v2", *arrows, "```", ""])


def moved(state: RunState, event: RunEvent) -> RunState:
    """The next state. Raises `OurMistake` for a move that is not in the table, and nothing has changed then."""
    try:
        return RUN_MOVES[state, event]
    except KeyError:
        raise OurMistake(f"the system is {state} and cannot take {event}") from None
