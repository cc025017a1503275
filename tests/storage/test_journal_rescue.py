"""Writing for the dead: nothing is overwritten, and whoever comes back in between loses nothing."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotline import call_facts as facts
from hotline.identity import CallId
from records.cel import encoded
from records.journal import decode
from storage import journal_rescue
from storage.journal_files import JournalFiles
from storage.journal_rescue import JournalRescue
from storage.journal_sweep import JournalSweep
from storage.layout import Layout

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
CALL = CallId("hl1-1795406400.1")
END = encoded(CALL, [(NOON, facts.CallEnded(by="citizen", how="reconciled"))])
ARRIVED = facts.Arrived(called="12345", caller="19900000001", trunk="t")


@pytest.fixture
def rescue(layout: Layout) -> JournalRescue:
    return JournalRescue(layout)


def told(layout: Layout) -> list[str]:
    """What the worker reads of the call, late facts included."""
    sweep = JournalSweep(layout)
    while sweep.closed():
        for part in sweep.closed():
            sweep.put_away(part)
        sweep.take_late(NOON.timestamp() * 2)
    return sorted(line.kind for line in sweep.read(CALL).lines)


def opened(layout: Layout) -> JournalFiles:
    journals = JournalFiles(layout.var, writer="agi-1", now_ns=lambda: int(NOON.timestamp() * 1e9))
    journals.write(CALL, ARRIVED)
    return journals


def test_a_call_of_which_nobody_wrote_gets_a_journal(rescue: JournalRescue, layout: Layout) -> None:
    rescue.begin_closed(CALL, END)
    assert [path.name for path in layout.journal_closed.iterdir()] == [f"{CALL}.jsonl"]
    assert told(layout) == ["call_ended"]


def test_a_journal_that_came_in_between_is_not_overwritten(rescue: JournalRescue, layout: Layout) -> None:
    journals = opened(layout)
    journals.close(CALL)
    journals.shut()
    rescue.begin_closed(CALL, END)
    assert told(layout) == ["arrived", "call_ended"]


def test_an_open_journal_is_completed_and_handed_over(rescue: JournalRescue, layout: Layout) -> None:
    journals = opened(layout)
    assert rescue.read_open(CALL) is not None
    rescue.end_open(CALL, END)
    assert (rescue.read_open(CALL), rescue.is_over(CALL)) == (None, True)
    journals.write(CALL, facts.VisitBegan(flow="late"))
    assert told(layout) == ["arrived", "call_ended", "visit_began"]
    journals.shut()


def test_a_torn_last_line_does_not_swallow_what_is_added(rescue: JournalRescue, layout: Layout) -> None:
    journals = opened(layout)
    journals.shut()
    with (layout.journal_open / f"{CALL}.jsonl").open("ab") as file:
        file.write(b'{"v":1,"wri')
    rescue.end_open(CALL, END)
    journal = decode((layout.journal_closed / f"{CALL}.jsonl").read_bytes())
    assert ([line.kind for line in journal.lines], journal.unreadable) == (["arrived", "call_ended"], 1)


def test_whoever_closes_it_before_us_leaves_us_the_late_facts(rescue: JournalRescue, layout: Layout) -> None:
    journals = opened(layout)
    journals.close(CALL)
    journals.shut()
    rescue.end_open(CALL, END)
    assert told(layout) == ["arrived", "call_ended"]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_whoever_closes_it_while_we_write_costs_nothing(
    rescue: JournalRescue, layout: Layout, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """routing/ renames the journal right before or right after our line; the worker may have read it by then."""
    journals = opened(layout)
    append: Callable[[Path, bytes], int] = journal_rescue._append

    def raced(path: Path, lines: bytes) -> int:
        if moment == "before":
            journals.close(CALL)
            journals.settle()
        inode = append(path, lines)
        journals.close(CALL)
        journals.settle()
        return inode

    monkeypatch.setattr(journal_rescue, "_append", raced)
    rescue.end_open(CALL, END)
    journals.shut()
    assert told(layout) == ["arrived", "call_ended"]


def test_a_journal_that_is_open_once_more_goes_after_the_first_one(rescue: JournalRescue, layout: Layout) -> None:
    rescue.begin_closed(CALL, END)
    (layout.journal_open / f"{CALL}.jsonl").write_bytes(encoded(CALL, [(NOON, ARRIVED)]))
    rescue.end_open(CALL, b"")
    assert told(layout) == ["arrived", "call_ended"]


def test_late_facts_twice_are_one_file(rescue: JournalRescue, layout: Layout) -> None:
    for _ in range(2):
        rescue.add_late(CALL, END)
    rescue.add_late(CALL, b"")
    assert len(list(layout.journal_late.iterdir())) == 1


def test_what_a_nearly_full_disk_took_half_of_is_written_again_and_counts_once(
    rescue: JournalRescue, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(layout).shut()
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr("storage.journal_rescue.os.write", lambda file, lines: write(file, lines[: len(lines) - 9]))
        with pytest.raises(OSError, match="could not take all"):
            rescue.end_open(CALL, END)
    assert rescue.read_open(CALL) is not None
    rescue.end_open(CALL, END)
    assert told(layout) == ["arrived", "call_ended"]
