"""What waits for the worker, and where it rests."""

from pathlib import Path

import pytest

from hotline.call_facts import CallEnded, KeysPressed
from hotline.identity import CallId
from records.journal import encode
from storage.journal_sweep import QUIET_S, JournalSweep, Part
from storage.layout import Layout

CALL = CallId("hl1-1764000001.12")
OTHER = CallId("hl1-1764000001.2")


@pytest.fixture
def sweep(layout: Layout) -> JournalSweep:
    return JournalSweep(layout)


def line(seq: int, *, call: str = CALL, writer: str = "agi-1") -> bytes:
    return encode(writer=writer, seq=seq, call=call, at="2026-11-23T06:00:00Z", fact=KeysPressed(question="q", digits=str(seq)))


def put(folder: Path, name: str, *lines: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(b"".join(lines))
    return path


def quiet(path: Path) -> float:
    """The moment at which nobody has written to the file for long enough."""
    return path.stat().st_mtime + QUIET_S + 0.01


def test_parts_of_calls_are_found_and_nothing_else(sweep: JournalSweep, layout: Layout) -> None:
    for name in (f"{CALL}.jsonl", f"{OTHER}.3.jsonl", f"{CALL}.agi-1.jsonl", "notes.txt", ".jsonl", f"{CALL}.jsonl.part"):
        put(layout.journal_closed, name)
    assert sweep.closed() == [Part(call=CALL, number=1), Part(call=OTHER, number=3)]
    assert [part.name for part in sweep.closed()] == [f"{CALL}.jsonl", f"{OTHER}.3.jsonl"]


def test_a_part_is_put_away_by_its_day_and_twice_is_fine(sweep: JournalSweep, layout: Layout) -> None:
    put(layout.journal_closed, f"{CALL}.jsonl", line(1))
    for _ in range(2):
        sweep.put_away(Part(call=CALL, number=1))
    assert sweep.closed() == []
    assert (layout.var / "journal" / "kept" / "20251125" / f"{CALL}.jsonl").read_bytes() == line(1)


def test_reading_takes_all_parts_of_the_call_and_no_other(sweep: JournalSweep, layout: Layout) -> None:
    put(layout.journal_kept(CALL), f"{CALL}.jsonl", line(1), line(2))
    put(layout.journal_kept(CALL), f"{CALL}.2.jsonl", line(2), line(3))
    put(layout.journal_closed, f"{CALL}.3.jsonl", line(4), b"torn")
    put(layout.journal_closed, f"{OTHER}.jsonl", line(9, call=OTHER))
    journal = sweep.read(CALL)
    assert [each.seq for each in journal.lines] == [1, 2, 3, 4]
    assert journal.unreadable == 1


def test_late_facts_become_the_next_part_when_the_earlier_ones_are_done(sweep: JournalSweep, layout: Layout) -> None:
    put(layout.journal_kept(CALL), f"{CALL}.jsonl", line(1))
    late = put(layout.journal_late, f"{CALL}.agi-1.jsonl", line(2))
    assert sweep.take_late(quiet(late)) == 1
    assert sweep.closed() == [Part(call=CALL, number=2)]
    assert [each.seq for each in sweep.read(CALL).lines] == [1, 2]


def test_late_facts_wait_while_an_earlier_part_is_under_way(sweep: JournalSweep, layout: Layout) -> None:
    put(layout.journal_closed, f"{CALL}.jsonl", line(1))
    late = put(layout.journal_late, f"{CALL}.agi-1.jsonl", line(2))
    assert sweep.take_late(quiet(late)) == 0


def test_late_facts_wait_while_the_journal_is_open(sweep: JournalSweep, layout: Layout) -> None:
    put(layout.journal_open, f"{CALL}.jsonl", line(1))
    late = put(layout.journal_late, f"{CALL}.agi-1.jsonl", line(2))
    assert sweep.take_late(quiet(late)) == 0


def test_late_facts_wait_until_their_writer_is_quiet(sweep: JournalSweep, layout: Layout) -> None:
    late = put(layout.journal_late, f"{CALL}.agi-1.jsonl", line(2))
    assert sweep.take_late(quiet(late) - 0.1) == 0


def test_two_late_writers_are_taken_one_after_the_other(sweep: JournalSweep, layout: Layout) -> None:
    put(layout.journal_late, f"{CALL}.agi-1.jsonl", line(1, writer="agi-1"))
    late = put(layout.journal_late, f"{CALL}.routing-2-77.jsonl", line(1, writer="routing-2-77"))
    assert sweep.take_late(quiet(late)) == 1
    sweep.put_away(Part(call=CALL, number=1))
    assert sweep.take_late(quiet(late)) == 1
    assert [each.writer for each in sweep.read(CALL).lines] == ["agi-1", "routing-2-77"]


def test_the_age_of_a_part_counts_from_its_last_line(sweep: JournalSweep, layout: Layout) -> None:
    path = put(layout.journal_closed, f"{CALL}.jsonl", encode(writer="w", seq=1, call=CALL, at="x", fact=CallEnded(by="us")))
    assert sweep.age_s(Part(call=CALL, number=1), path.stat().st_mtime + 7.0) == pytest.approx(7.0)
    assert sweep.age_s(Part(call=OTHER, number=1), 1e9) == 0.0
