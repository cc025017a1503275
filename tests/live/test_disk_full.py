"""A disk that is really full: calls go on, facts wait and arrive later, each once; the worker waits and goes on by itself."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

from app.settings import Storage
from hotline import call_facts as facts
from hotline.call_facts import CallFact
from hotline.identity import CallId
from phones.softphone import Softphone
from records.journal import Journal, decode, merge
from runtime.binaries import AsteriskHome
from storage.alarm_files import alarms_in
from storage.ballast import MIB, Ballast
from storage.journal_files import JournalFiles, new_writer
from storage.layout import Layout
from tests.live.audio import assert_heard, sentence
from tests.live.cell import Cell
from tests.live.patience import patience
from tests.live.small_disk import SmallDisk, disk, on_a_small_disk
from tests.live.stage import PROCESSES, SPEECH, Stage, trunks
from tests.live.switch import until
from tests.live.worker_trial import Trial, assert_arrived_once
from tests.storage.ticket_backend import running

__all__ = ["disk"]

CALLS = tuple(CallId(f"hl1-1764000001.{number}") for number in range(20))


def journal_of(var: Path, call: CallId) -> Journal:
    """All that was written of a call, wherever it lies."""
    return merge(decode(path.read_bytes()) for path in sorted((var / "journal").rglob(f"{call}.*jsonl")))


def said(number: int) -> CallFact:
    return facts.Said(prompts=(f"prompt-{number}",))


def names(var: Path) -> list[str]:
    return [alarm.name for alarm in alarms_in(var)]


@contextmanager
def on_trial(var: Path) -> Iterator[Trial]:
    with running() as backend:
        trial = Trial(var, backend)
        try:
            yield trial
        finally:
            trial.shut()


@contextmanager
def line_on(disk: SmallDisk, home: AsteriskHome, storage: Storage) -> Iterator[Cell]:
    """A whole line whose data folder lies on the small disk; the telephones' files lie elsewhere."""
    with Cell(home, trunks=trunks(), folder=disk.place, storage=storage) as cell:
        cell.start().serve(*PROCESSES)
        yield cell


def tell(story: Coroutine[Any, Any, None]) -> None:
    async def within() -> None:
        async with asyncio.timeout(150 * patience()):
            await story

    asyncio.run(within())


async def joined(stage: Stage, citizen: Softphone, agent: Softphone) -> None:
    await agent.expect("answered", within=20)
    await agent.expect("hears")
    await stage.together(citizen, agent)
    await asyncio.sleep(0.3)


async def says(speaker: Softphone, name: str) -> None:
    await speaker.play(SPEECH / f"{name}.wav")
    await speaker.expect("played", within=20)
    await asyncio.sleep(0.3)


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


@on_a_small_disk(mib=32)
def test_the_worker_waits_for_a_full_disk_and_goes_on_by_itself_and_every_record_comes_once(disk: SmallDisk) -> None:
    with on_trial(disk.place) as trial:
        trial.start()
        first = trial.call(1)
        trial.until_done(first)
        Ballast(disk.place).make(4)
        disk.fill()
        trial.until(lambda: "disk-full" in names(disk.place), "the ballast released, and an alarm")
        waiting = [trial.call(number) for number in range(2, 6)]
        disk.fill()
        Event().wait(8.0)  # long enough for every step to fail several times
        assert not all(trial.is_done(call) for call in waiting)
        disk.make_room()
        trial.until_done(*waiting)
        for call in (first, *waiting):
            assert_arrived_once(trial, call)


@on_a_small_disk(mib=160)
def test_a_talk_goes_on_over_a_full_disk_and_its_record_comes_when_there_is_room(
    disk: SmallDisk, asterisk_home: AsteriskHome, tmp_path: Path
) -> None:
    with line_on(disk, asterisk_home, Storage(ballast_mib=0, least_free_mib=1)) as cell:
        tell(_talk_over_a_full_disk(Stage(cell, tmp_path), disk))


async def _talk_over_a_full_disk(stage: Stage, disk: SmallDisk) -> None:
    async with stage.people("1001") as (citizen, (agent,)), stage.citizen() as second:
        await agent.on_ring("answer")
        await citizen.dial("12345")
        await joined(stage, citizen, agent)
        disk.fill()
        await says(citizen, "d09")
        await says(agent, "d19")
        async with stage.agent("1002") as other:  # a telephone that comes now is registered, too (asterisk-conf/sorcery.conf.j2)
            await other.on_ring("answer")
            await second.dial("12345")  # a call of which nothing at all can be written down yet
            await joined(stage, second, other)
            await says(second, "d09")
            await agent.hang_up()
            await other.hang_up()
            for each in (citizen, second):
                assert (await each.expect("ended")).fields["by"] == "them"
            assert disk.free() == 0
            assert not stage.records(citizen)
            disk.make_room()
        for each in (citizen, second):
            record = await stage.record(each, within=90)
            assert record["joined"], record
    assert_heard(citizen.recordings[-1], sentence("d19"), "the agent's sentence")
    assert_heard(agent.recordings[-1], sentence("d09"), "the citizen's sentence")
    assert_heard(other.recordings[-1], sentence("d09"), "the second citizen's sentence")


@on_a_small_disk(mib=160)
def test_a_recording_goes_to_the_second_volume_while_the_first_is_nearly_full_and_is_whole(
    disk: SmallDisk, asterisk_home: AsteriskHome, tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()
    storage = Storage(ballast_mib=0, least_free_mib=16, second_volume=str(tmp_path / "second"))
    with line_on(disk, asterisk_home, storage) as cell:
        tell(_talk_on_the_second_volume(Stage(cell, tmp_path), disk))


async def _talk_on_the_second_volume(stage: Stage, disk: SmallDisk) -> None:
    layout = Layout(var=stage.cell.var)
    async with stage.people("1001") as (citizen, (agent,)):
        disk.fill(leave=8 * MIB)
        until(lambda: layout.first_is_short, within_s=20, what="the first volume is nearly full")
        await agent.on_ring("answer")
        await citizen.dial("12345")
        await joined(stage, citizen, agent)
        assert len(list(layout.second_spool.glob("*-citizen.wav"))) == 1
        disk.fill()  # and now entirely: this recording does not mind
        await says(citizen, "d09")
        await says(agent, "d19")
        await agent.hang_up()
        await citizen.expect("ended")
        disk.make_room()
        record = await stage.record(citizen, within=90)
    assert record["recording"]["state"] == "complete"
    kept = stage.cell.var / record["recording"]["file"]
    assert_heard(kept, sentence("d09"), "the citizen's sentence", channel=0)
    assert_heard(kept, sentence("d19"), "the agent's sentence", channel=1)
    assert not list(layout.second_spool.glob("*.wav"))
