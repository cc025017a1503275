"""Facts that wait in memory: in order, each once, bounded."""

import pytest

from hotline.identity import CallId
from storage import journal_waiting
from storage.journal_waiting import WaitingFacts
from tests.checks.check_journal import CALL, OTHER


class Disk:
    """Takes so many lines, then no more; remembers them and what was closed."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.lines: list[tuple[CallId, bytes]] = []
        self.closed: list[CallId] = []
        self.asked: list[int] = []

    def write(self, call: CallId, lines: list[bytes]) -> int:
        taken = lines[: self.room]
        self.asked.append(len(lines))
        self.room -= len(taken)
        self.lines += [(call, line) for line in taken]
        return len(taken)

    def close(self, call: CallId) -> bool:
        if self.room:
            self.closed.append(call)
        return bool(self.room)


def filled(*calls: CallId) -> WaitingFacts:
    waiting = WaitingFacts()
    for number, call in enumerate(calls):
        waiting.add(call, b"%d\n" % number)
    return waiting


def test_facts_of_a_call_keep_their_order_and_the_call_that_waits_longest_comes_first() -> None:
    waiting, disk = filled(CALL, OTHER, CALL), Disk(10)
    assert waiting.write(disk.write, disk.close) == 3
    assert disk.lines == [(CALL, b"0\n"), (CALL, b"2\n"), (OTHER, b"1\n")]
    assert (len(waiting), waiting.any) == (0, False)


@pytest.mark.parametrize("room", range(4))
def test_what_no_disk_took_waits_on_and_is_written_once(room: int) -> None:
    waiting, disk = filled(CALL, OTHER, CALL), Disk(room)
    assert waiting.write(disk.write, disk.close) == room
    assert len(waiting) == 3 - room
    disk.room = 10
    waiting.write(disk.write, disk.close)
    assert sorted(line for _, line in disk.lines) == [b"0\n", b"1\n", b"2\n"]


def test_a_newer_fact_stands_behind_those_that_wait_and_only_behind_its_own() -> None:
    waiting = filled(CALL)
    assert waiting.add_behind(CALL, b"1\n") is True
    assert waiting.add_behind(OTHER, b"2\n") is None
    assert len(waiting) == 2


def test_a_journal_is_closed_after_its_facts_and_at_once_when_none_wait() -> None:
    waiting, disk = filled(CALL), Disk(10)
    waiting.close_after(CALL, lambda: disk.close(CALL))
    waiting.close_after(OTHER, lambda: disk.close(OTHER))
    assert disk.closed == [OTHER]
    waiting.write(disk.write, disk.close)
    assert disk.closed == [OTHER, CALL]
    assert not waiting.any


def test_a_journal_that_could_not_be_closed_is_closed_later() -> None:
    waiting, disk = WaitingFacts(), Disk(0)
    waiting.close_after(CALL, lambda: disk.close(CALL))
    waiting.write(disk.write, disk.close)
    assert waiting.any
    disk.room = 1
    waiting.write(disk.write, disk.close)
    assert (disk.closed, waiting.any) == ([CALL], False)


def test_memory_is_bounded_and_what_is_there_stays() -> None:
    waiting, disk = WaitingFacts(most_bytes=4), Disk(10)
    assert [waiting.add(CALL, b"%d\n" % number) for number in range(3)] == [True, True, False]
    waiting.write(disk.write, disk.close)
    assert disk.lines == [(CALL, b"0\n"), (CALL, b"1\n")]
    assert waiting.add(CALL, b"3\n")


def test_a_long_queue_is_written_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_waiting, "AT_ONCE", 2)
    waiting, disk = filled(*[CALL] * 5), Disk(10)
    waiting.write(disk.write, disk.close)
    assert disk.asked == [2, 2, 1]


def test_giving_up_says_how_much_is_lost() -> None:
    waiting = filled(CALL, OTHER)
    assert (waiting.give_up(), len(waiting)) == (2, 0)
