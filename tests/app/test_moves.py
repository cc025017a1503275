"""The way down, as a table."""

from itertools import product

import pytest

from app.moves import PICTURE, RUN_MOVES, RunEvent, RunState, moved
from app.places import PROJECT
from hotline.errors import OurMistake


def test_a_drain_lets_conversations_end_before_anything_stops() -> None:
    state = RunState.STARTING
    for event in (RunEvent.ALL_HEALTHY, RunEvent.DRAIN_ASKED, RunEvent.LINE_EMPTY, RunEvent.ALL_DOWN):
        state = moved(state, event)
    assert state is RunState.STOPPED


def test_a_second_wish_cuts_a_drain_short() -> None:
    assert moved(RunState.DRAINING, RunEvent.STOP_ASKED) is RunState.STOPPING


def test_nothing_leads_back_from_stopping() -> None:
    reached = {RUN_MOVES[state, event] for state, event in RUN_MOVES if state is RunState.STOPPING}
    assert reached == {RunState.STOPPING, RunState.STOPPED}


def test_every_move_that_is_not_in_the_table_is_our_mistake() -> None:
    for state, event in product(RunState, RunEvent):
        if (state, event) not in RUN_MOVES:
            with pytest.raises(OurMistake):
                moved(state, event)


def test_asking_twice_to_stop_is_no_mistake() -> None:
    for state in (RunState.STARTING, RunState.RUNNING, RunState.DRAINING, RunState.STOPPING):
        assert moved(moved(state, RunEvent.STOP_ASKED), RunEvent.STOP_ASKED) is RunState.STOPPING


def test_the_picture_in_the_documentation_is_up_to_date() -> None:
    assert (PROJECT / "docs" / "states" / "system.md").read_text(encoding="utf-8") == PICTURE
