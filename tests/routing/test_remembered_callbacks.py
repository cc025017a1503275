"""A new leader knows which citizens are being called back."""

from dataclasses import replace

from hotline.identity import AgentId, CallId, LegId
from routing.memory import changed, recalled
from routing.owing import Debts, Flight
from tests.routing.words import A1, new_board

TASK = CallId("hl1-1764000000.1")
RINGS = Flight(task=TASK, agent=AgentId("1001"), leg=LegId("leg-hl1-1764000000.1-0000000000001"), since=1764000060.5)
TALKS = replace(RINGS, call=CallId("hl1-1764000061.9"))


def test_a_callback_under_way_is_kept_until_it_is_over() -> None:
    empty = new_board(A1)
    for flight in (RINGS, TALKS):
        board = replace(empty, callbacks=Debts().fly(flight))
        words = {key: word for key, word in changed(None, board).items() if word is not None}
        assert recalled(new_board(A1), words).callbacks == board.callbacks
        assert not changed(board, board)
        assert changed(board, empty) == {f"callback:{TASK}": None}


def test_words_that_cannot_be_read_are_left_out() -> None:
    assert not recalled(new_board(A1), {f"callback:{TASK}": "1001 x", "callback:no-call": "1001 leg-1 1.0 -"}).callbacks.flights
