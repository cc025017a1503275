"""From records in the ledger, and lines of the agents' days, to figures."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from hotline.identity import AgentId
from records.model import Attempt, Callback, CallRecord, Emergency, Joined, Placed, Ring, TrackPoint, to_json
from routing.measures import Call, Clock, Rung, Start, Talk
from routing.moves import Presence
from routing.occupancy import Stood, Work
from routing.turn import PresenceMoved
from storage.layout import Layout
from storage.ledger import LedgerBook
from storage.measures import Period, call_of, calls_in, rows, stood_in
from storage.presence_files import PresenceFiles

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
DAY = Period(begin=NOON - timedelta(hours=12), end=NOON + timedelta(hours=12))


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def record(number: int = 1, *, seconds: float = 0, **more: Any) -> CallRecord:  # noqa: ANN401 - fields of a record
    told = {"called": "12345", "skills": ("tax",), "arrived": at(seconds), "wait_began": at(seconds + 6), "ended": at(seconds + 90)}
    return CallRecord(call=f"hl1-1764000000.{number}", **{**told, **more})


def call_from(made: CallRecord) -> Call:
    return call_of(to_json(made), arrived=NOON)


def test_a_record_says_when_the_clock_may_begin_whom_he_reached_and_who_did_not_take_his_call() -> None:
    made = record(
        track=(TrackPoint(at=at(5), what="flow_over", name="welcome"), TrackPoint(at=at(80), what="flow_over", name="parted")),
        rings=(
            Ring(agent="1001", leg="a", why="", began=at(7), ended=at(17), outcome="no_answer", rang=at(8)),
            Ring(agent="1002", leg="b", why="", began=at(17), ended=at(20), outcome="joined"),
        ),
        joined=(Joined(agent="1002", leg="b", began=at(20), ended=at(80)),),
        callback=Callback(reason="cut_off", priority=60, due=at(500)),
    )
    call = call_from(made)
    assert call.starts == {Start.ARRIVAL: at(0), Start.PROMPTS: at(5), Start.WAIT: at(6)}
    assert call.rings == (Rung(agent="1001", outcome="no_answer", rang=True), Rung(agent="1002", outcome="joined"))
    assert (call.human, call.ended, call.talks, call.owed) == (at(20), at(90), (Talk(agent="1002", seconds=60),), "open")
    assert call.human == made.human


def test_an_emergency_centre_is_a_human_and_what_nobody_saw_is_not_guessed() -> None:
    attempt = Attempt(trunk="telecom", attempt=1, began=at(8), answered=at(12))
    made = record(wait_began=None, emergency=(Emergency(service="110", how="key", asked=at(7), attempts=(attempt,)),))
    assert (call_from(made).human, call_from(made).starts) == (made.human, {Start.ARRIVAL: at(0)})
    unseen = call_from(record(ended=None, joined=(Joined(agent="1002", leg="b", began=at(20)),)))
    assert (unseen.ended, unseen.talked_s) == (None, None)


def test_a_callback_that_was_closed_without_reaching_him_is_not_done() -> None:
    owed = Callback(reason="missed", priority=0, due=at(500))
    states = [owed, replace(owed, state="closed", closed_by="hl1-1764000000.9"), replace(owed, state="closed")]
    assert [call_from(record(callback=each)).owed for each in states] == ["open", "reached", "unreached"]


def test_callbacks_of_one_citizen_that_were_made_one_count_once(book: LedgerBook, engine: Engine) -> None:
    mine = Callback(reason="missed", priority=0, due=at(500))
    for number, callback in enumerate((replace(mine, state="closed", closed_by="hl1-1764000000.1"), mine, None)):
        book.keep_record(to_json(record(number, callback=callback)), now=NOON)
    book.keep_record(to_json(record(3, callback=replace(mine, state="closed", closed_by="hl1-1764000000.2"))), now=NOON)
    assert sorted((call.id, call.owed) for call in calls_in(engine, DAY))[0:2] == [("hl1-1764000000.0", ""), ("hl1-1764000000.1", "open")]
    assert [call.owed for call in calls_in(engine, DAY) if call.id == "hl1-1764000000.3"] == ["reached"]


def test_a_record_of_before_the_phones_said_that_they_ring_is_read_too() -> None:
    old = to_json(record(rings=(Ring(agent="1001", leg="a", why="", began=at(7)),)))
    del old["rings"][0]["rang"], old["callback"], old["lifeline"]
    assert call_of(old, arrived=NOON).rings == (Rung(agent="1001", outcome="ringing"),)


@pytest.fixture
def book(engine: Engine) -> LedgerBook:
    return LedgerBook(engine)


def test_only_calls_of_the_period_that_came_in_are_counted_each_by_its_newest_revision(book: LedgerBook, engine: Engine) -> None:
    for made in (
        record(1, seconds=-13 * 3600),
        record(2, abandon_stage="queue"),
        record(2),
        record(3, placed=Placed(agent="1001", how="dialled")),
        record(4, seconds=12 * 3600),
        record(5, arrived=None, ended=at(50)),
        record(5, seconds=-13 * 3600),
    ):
        book.keep_record(to_json(made), now=NOON)
    assert [(call.id, call.stage) for call in calls_in(engine, DAY)] == [("hl1-1764000000.2", "")]


def test_figures_come_for_all_and_for_each_group_with_the_work_of_it(book: LedgerBook, engine: Engine, layout: Layout) -> None:
    joined = (Joined(agent="1001", leg="a", began=at(10), ended=at(70)),)
    for made in (record(1, joined=joined), record(2, seconds=3600, abandon_stage="queue", skills=())):
        book.keep_record(to_json(made), now=NOON)
    PresenceFiles(layout.var).write([stands(-30 * 3600, Presence.READY), stands(10, Presence.TALKING), stands(70, Presence.READY)])
    found = {by: rows(engine, layout.var, DAY, Clock(), by) for by in ("", "hour", "agent", "skill")}
    assert [row.measures.values["answer_rate"] for row in found["hour"]] == [0.5, 1, 0]
    assert [row.name for row in found["hour"]] == ["", "2026-11-23 12", "2026-11-23 13"]
    assert [row.work for row in found["hour"][1:]] == [Work(busy_s=60, ready_s=3540), Work(ready_s=3600)]
    assert [(row.name, row.work) for row in found["agent"][1:]] == [("1001", Work(busy_s=60, ready_s=24 * 3600 - 60))]
    assert [(row.name, row.work) for row in found["skill"][1:]] == [("", None), ("tax", None)]
    assert [row.name for row in found[""]] == [""]


def test_who_has_no_line_today_stands_as_yesterday(layout: Layout) -> None:
    PresenceFiles(layout.var).write([stands(-24 * 3600, Presence.PAUSED)])
    assert list(stood_in(layout.var, DAY)) == [Stood(agent="1001", at=at(-24 * 3600), presence="paused", there=True)]


def stands(seconds: float, presence: Presence) -> PresenceMoved:
    return PresenceMoved(at=at(seconds), agent=AgentId("1001"), presence=presence, there=True)
