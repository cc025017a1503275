"""A term of office: what is kept, what is owed, and when it is over."""

import asyncio
from dataclasses import replace

import pytest

from hotline.errors import Deposed
from routing.model import LEGS_PER_TERM, Switchboard
from routing.moves import PresenceEvent
from routing.term import LOOK_EVERY, Term, in_term
from routing.turn import Turn
from tests.fakes.fake_roster import FakeRoster
from tests.routing.words import A1, A2, C1, at, new_board


def paused(board: Switchboard, agent: str = A1) -> Switchboard:
    return Turn(board=board, now=at(1)).presence(agent, PresenceEvent.PAUSED, reason="break").board  # type: ignore[arg-type]


def test_a_term_that_is_over_says_so() -> None:
    holds = {3: True}
    term = Term(epoch=3, holds=lambda epoch: holds.get(epoch, False))
    term.check()
    holds[3] = False
    with pytest.raises(Deposed, match="term 3"):
        term.check()
    Term().check()


def test_what_changed_is_kept_at_once_and_nothing_else() -> None:
    async def run() -> None:
        roster, board = FakeRoster(), new_board(A1, A2)
        await roster.recall(1)
        term = Term(epoch=1, roster=roster, kept=board)
        await term.keep(board)
        await term.keep(replace(board, linked=True))
        assert roster.writes == 0
        await term.keep(paused(board))
        assert list(roster.words) == [f"agent:{A1}"]
        assert "break" in roster.words[f"agent:{A1}"]

    asyncio.run(run())


def test_what_could_not_be_kept_is_owed_and_written_whole_when_the_roster_is_back(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        roster, board = FakeRoster(), new_board(A1, A2)
        await roster.recall(1)
        term = Term(epoch=1, roster=roster, kept=board)
        roster.lost = True
        for _ in range(3):
            await term.keep(paused(board))
            await term.tick(paused(board))
        roster.restart()
        await term.tick(paused(board))
        assert sorted(roster.words) == [f"agent:{A1}", f"agent:{A2}"]
        await term.tick(paused(board))
        await term.keep(paused(paused(board), A2))
        assert "break" in roster.words[f"agent:{A2}"]

    asyncio.run(run())
    assert caplog.text.count("it is written when it is back") == 1


def test_a_roster_that_was_emptied_unnoticed_is_filled_again() -> None:
    async def run() -> None:
        roster, board = FakeRoster(), new_board(A1, A2)
        await roster.recall(1)
        term = Term(epoch=1, roster=roster, kept=board)
        roster.restart()
        for _ in range(LOOK_EVERY + 1):
            await term.tick(board)
        assert sorted(roster.words) == [f"agent:{A1}", f"agent:{A2}"]

    asyncio.run(run())


def test_an_older_term_is_deposed_by_the_roster_itself() -> None:
    async def run() -> None:
        roster, board = FakeRoster(), new_board(A1)
        await roster.recall(2)
        with pytest.raises(Deposed):
            await Term(epoch=1, roster=roster, kept=board).keep(paused(board))

    asyncio.run(run())


def test_legs_of_two_terms_never_have_the_same_number_and_all_have_the_same_length() -> None:
    first, second = (in_term(new_board(A1), epoch) for epoch in (1, 99_999))
    assert second.epoch == 99_999
    legs = [Turn(board=board, now=at(0)).new_leg(C1)[1] for board in (first, second)]
    assert first.next_leg + LEGS_PER_TERM <= second.next_leg
    assert len({len(leg) for leg in legs}) == 1
