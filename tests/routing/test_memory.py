"""What outlives a leader: only what Asterisk does not show, and only what changed."""

from dataclasses import replace

from hotline.call_facts import AgentJoined
from hotline.identity import LegId
from routing.knows import Knowledge
from routing.memory import SLICES, changed, recalled, remember
from routing.model import Switchboard
from routing.moves import PresenceEvent
from routing.turn import Turn
from tests.routing.words import A1, A2, C1, at, citizen, new_board

LEG = LegId("leg-hl1-1764000000.1-0000000000001")


def words_of(board: Switchboard) -> dict[str, str]:
    return {key: word for key, word in changed(None, board).items() if word is not None}


def joined(board: Switchboard) -> Turn:
    """C1 stood in line, and is joined with A1 in this turn."""
    board = replace(board, knows=Knowledge(key=b"k"), waiting={C1: citizen(C1)})
    turn = Turn(board=board, now=at(5)).leave(C1).note(C1, AgentJoined(agent=A1, leg=LEG))
    return remember(board, turn, old=False)


def test_who_is_joined_is_known_from_then_on_and_a_new_leader_knows_it_too() -> None:
    turn = joined(new_board(A1, A2))
    known = turn.board.knows.of(citizen().caller)
    assert known is not None
    assert known.agent == A1
    again = recalled(replace(new_board(A1, A2), knows=Knowledge(key=b"k")), words_of(turn.board))
    assert again.knows.of(citizen().caller) == known


def test_no_word_that_is_kept_holds_a_number() -> None:
    words = words_of(joined(new_board(A1)).board)
    assert len([key for key in words if key.startswith("knows:")]) == 1
    assert citizen().caller not in str(words)


def test_a_turn_in_which_nobody_is_joined_changes_nothing() -> None:
    board = new_board(A1)
    turn = Turn(board=board, now=at(0))
    assert remember(board, turn, old=True) is turn
    assert changed(board, board) == {}


def test_what_changed_is_told_by_slice_and_key() -> None:
    board = new_board(A1, A2)
    paused = Turn(board=board, now=at(1)).presence(A1, PresenceEvent.PAUSED, reason="meal").board
    assert list(changed(board, paused)) == [f"agent:{A1}"]
    assert sorted(changed(None, paused)) == [f"agent:{A1}", f"agent:{A2}"]


def test_words_of_a_later_version_are_left_alone() -> None:
    board = new_board(A1)
    assert recalled(board, {"weather:today": "rain", "nothing": ""}) == board


def test_every_slice_has_a_name_of_its_own() -> None:
    names = [each.name for each in SLICES]
    assert len(set(names)) == len(names)
    assert not [name for name in names if ":" in name]
