"""State tables (状态表): how every room reads the table that says what may happen next. The tables stay in the rooms (`moves.py`)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from hotline.errors import OurMistake

State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)


def moved(moves: Mapping[tuple[State, Event], State], state: State, event: Event) -> State:
    """The next state. Raises `OurMistake` for a move that is not in the table, and nothing has changed then."""
    try:
        return moves[state, event]
    except KeyError:
        raise OurMistake(f"{type(state).__name__} {state} cannot take {event}") from None


def picture(title: str, moves: Mapping[tuple[State, Event], State], *, source: str) -> str:
    """The table as a Markdown page with a mermaid state diagram; deterministic, so that a stale copy is noticed."""
    arrows = [f"    {state} --> {target}: {event}" for (state, event), target in moves.items()]
    head = [f"# {title}", "", f"Drawn from `{source}`; do not edit.", ""]
    return "\n".join([*head, "```mermaid", "stateDiagram-v2", *arrows, "```", ""])
