"""A disk that is really full: calls go on, facts wait and arrive later, each once; the worker waits and goes on by itself."""

from pathlib import Path

from hotline import call_facts as facts
from hotline.call_facts import CallFact
from hotline.identity import CallId
from records.journal import Journal, decode, merge
from storage.alarm_files import alarms_in
from storage.ballast import MIB, Ballast
from storage.journal_files import JournalFiles, new_writer
from tests.live.small_disk import SmallDisk, disk, on_a_small_disk

__all__ = ["disk"]

CALLS = tuple(CallId(f"hl1-1764000001.{number}") for number in range(20))


def journal_of(var: Path, call: CallId) -> Journal:
    """All that was written of a call, wherever it lies."""
    return merge(decode(path.read_bytes()) for path in sorted((var / "journal").rglob(f"{call}.*jsonl")))


def said(number: int) -> CallFact:
    return facts.Said(prompts=(f"prompt-{number}",))


def names(var: Path) -> list[str]:
    return [alarm.name for alarm in alarms_in(var)]


@on_a_small_disk(mib=8)
def test_two_processes_write_twenty_calls_over_a_full_disk_and_nothing_is_lost_doubled_or_torn(disk: SmallDisk) -> None:
    agi, routing = (JournalFiles(disk.place, writer=new_writer(name)) for name in ("agi", "routing"))
    for number in range(60):
        if number == 20:
            disk.fill()
        if number == 40:
            assert agi.waiting > 0
            assert routing.waiting > 0
            assert "facts-wait-agi" in names(disk.place)
            disk.make_room()
        for call in CALLS:
            agi.write(call, said(number))
            routing.write(call, facts.AgentJoined(agent="1001", leg=f"leg-{number}"))
    for call in CALLS:
        routing.close(call)
    for journal in (agi, routing):
        journal.shut()
    for call in CALLS:
        lines = journal_of(disk.place, call).lines
        assert [line.seq for line in lines if line.writer.startswith("agi")] == sorted(
            {line.seq for line in lines if line.writer[0] == "a"}
        )
        assert len(lines) == 120
    assert names(disk.place) == []


@on_a_small_disk(mib=8)
def test_the_ballast_gives_facts_room_before_any_of_them_waits(disk: SmallDisk) -> None:
    Ballast(disk.place).make(4)
    journal = JournalFiles(disk.place, writer=new_writer("agi"))
    disk.fill()
    assert disk.free() == 0
    for number in range(2000):
        journal.write(CALLS[0], said(number))
    assert (journal.waiting, Ballast(disk.place).mib) == (0, 0)
    journal.shut()
    assert len(journal_of(disk.place, CALLS[0]).lines) == 2000
    assert disk.free() > 3 * MIB


@on_a_small_disk(mib=8)
def test_a_process_that_is_asked_to_end_on_a_full_disk_says_what_it_lost(disk: SmallDisk) -> None:
    journal = JournalFiles(disk.place, writer=new_writer("agi"))
    journal.write(CALLS[0], said(0))
    disk.fill()
    for number in range(200):
        journal.write(CALLS[0], said(number))
    journal.shut()
    assert journal.lost > 0
    assert len(journal_of(disk.place, CALLS[0]).lines) == 201 - journal.lost
    disk.make_room()
    assert "facts-lost-agi" in names(disk.place)
