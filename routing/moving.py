"""A transfer under way (转接状态): the values, and the table of what may follow what. The theory first.

The citizen stands in line, kept for one leg: that of the agent or of the unit to whom he is being transferred. `ringing` it is called;
`consulting` the agent who transfers talks with it first; `joining` and `returning` the switch was asked to join the citizen with it, or
with his agent again. Whatever ends a transfer otherwise ends it with the citizen at the front of the line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from hotline.identity import AgentId, CallId, LegId
from hotline.moves import picture
from hotline.wishes import Transfer

_SOURCE: Final = "routing/moving.py"


class Stage(StrEnum):
    """Where a transfer stands."""

    LEADING = "leading"
    RINGING = "ringing"
    CONSULTING = "consulting"
    JOINING = "joining"
    RETURNING = "returning"
    CONFERRING = "conferring"
    OVER = "over"


class MovingEvent(StrEnum):
    """What moves it."""

    HELD = "held"
    CONSULTED = "consulted"
    TAKEN = "taken"
    FAILED = "failed"
    CONFERRED = "conferred"
    ENDED = "ended"


TRANSFER_MOVES: Mapping[tuple[Stage, MovingEvent], Stage] = {
    (Stage.LEADING, MovingEvent.HELD): Stage.RINGING,
    (Stage.LEADING, MovingEvent.FAILED): Stage.RETURNING,
    (Stage.LEADING, MovingEvent.ENDED): Stage.OVER,
    (Stage.RINGING, MovingEvent.CONSULTED): Stage.CONSULTING,
    (Stage.RINGING, MovingEvent.TAKEN): Stage.JOINING,
    (Stage.RINGING, MovingEvent.FAILED): Stage.RETURNING,
    # A transfer that came back to nobody: the agent who transferred is rung himself.
    (Stage.RINGING, MovingEvent.HELD): Stage.RINGING,
    (Stage.RINGING, MovingEvent.ENDED): Stage.OVER,
    (Stage.CONSULTING, MovingEvent.TAKEN): Stage.JOINING,
    (Stage.CONSULTING, MovingEvent.FAILED): Stage.RETURNING,
    (Stage.CONSULTING, MovingEvent.CONFERRED): Stage.CONFERRING,
    (Stage.CONSULTING, MovingEvent.ENDED): Stage.OVER,
    (Stage.JOINING, MovingEvent.ENDED): Stage.OVER,
    (Stage.RETURNING, MovingEvent.ENDED): Stage.OVER,
    (Stage.CONFERRING, MovingEvent.ENDED): Stage.OVER,
}

PICTURES: Mapping[str, str] = {"routing-transfer.md": picture("Transfer 转接", TRANSFER_MOVES, source=_SOURCE)}
"""File name in docs/states/ → its content; tests/routing/test_moving.py notices a stale copy."""


@dataclass(frozen=True, kw_only=True)
class Moving:
    """One transfer. `agent` and `home`: who transfers, and his leg. `to`: the words of the wish; `leg`: whom it has reached so far.

    `attended`: he speaks with them first. `came_back`: it failed, and he himself is rung now. `since`: of the stage.
    """

    call: CallId
    channel: str
    agent: AgentId
    home: LegId
    to: str
    attended: bool
    wish: Transfer
    stage: Stage = Stage.LEADING
    leg: LegId | None = None
    trunks: tuple[str, ...] = ()
    """Those over which a unit was not tried yet."""
    came_back: bool = False
    stands: bool = False
    """His leg has left the talk and can be joined with somebody else."""
    since: datetime
