import os
from pathlib import Path

import pytest

from routing.moving import PICTURES, TRANSFER_MOVES, MovingEvent, Stage

STATES = Path(__file__).resolve().parents[2] / "docs" / "states"


def test_every_transfer_ends_and_nothing_follows_its_end() -> None:
    assert set(TRANSFER_MOVES.values()) == set(Stage) - {Stage.LEADING}
    assert {event for _, event in TRANSFER_MOVES} == set(MovingEvent)
    assert {state for state, event in TRANSFER_MOVES if event is MovingEvent.ENDED} == set(Stage) - {Stage.OVER}
    assert not [state for state, _ in TRANSFER_MOVES if state is Stage.OVER]


@pytest.mark.parametrize("name", PICTURES)
def test_the_drawn_picture_is_not_stale(name: str) -> None:
    if os.environ.get("HOTLINE_DRAW"):
        (STATES / name).write_text(PICTURES[name], encoding="utf-8")
    assert (STATES / name).read_text(encoding="utf-8") == PICTURES[name], (
        "draw it again: HOTLINE_DRAW=1 scripts/test tests/routing/test_moving.py"
    )
