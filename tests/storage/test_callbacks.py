"""Who was cut off is owed one call, until he gets through by himself."""

import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from records.model import Asked, Attempt, Callback, CallRecord, Emergency, Joined, Placed, to_json
from storage.callbacks import WORD_MAY_COME, Callbacks, FirstInLine
from storage.layout import Layout
from storage.ledger import LedgerBook

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
PHONE, OTHER = "19900000001", "19900000002"


def cut_off(number: int, minute: int = 0, phone: str = PHONE) -> dict[str, Any]:
    arrived = NOON + timedelta(minutes=minute)
    return to_json(CallRecord(call=f"hl1-1764000000.{number}", caller=phone, trunk="t", arrived=arrived, completeness="cut_off"))


def talked(number: int, minute: int, phone: str = PHONE) -> dict[str, Any]:
    arrived = NOON + timedelta(minutes=minute)
    talk = Joined(agent="1001", leg="leg-1", began=arrived)
    return to_json(
        CallRecord(call=f"hl1-1764000000.{number}", caller=phone, trunk="t", arrived=arrived, completeness="complete", joined=(talk,))
    )


class Desk:
    """Tasks and ledger together, as the worker uses them."""

    def __init__(self, engine: Engine) -> None:
        self.tasks = Callbacks(engine)
        self.book = LedgerBook(engine)

    def keep(self, record: dict[str, Any]) -> list[str]:
        changed = self.tasks.take(record, NOON)
        self.book.keep_record(record, now=NOON)
        return sorted(changed)

    def states(self, *numbers: int) -> list[tuple[str, str]]:
        found = [self.tasks.of(f"hl1-1764000000.{number}") for number in numbers]
        return [(task.state, task.closed_by.rpartition(".")[2]) for task in found if task]


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk(engine)


def test_who_was_cut_off_is_owed_a_call_once(desk: Desk) -> None:
    assert desk.keep(cut_off(1)) == ["hl1-1764000000.1"]
    assert desk.keep(cut_off(1)) == []
    assert desk.tasks.of("hl1-1764000000.1") == Callback(reason="cut_off", priority=60, due=NOON)
    assert desk.tasks.first_in_line() == {PHONE}


def test_who_was_not_cut_off_leaves_no_task(desk: Desk) -> None:
    assert desk.keep(talked(1, 0)) == []
    assert (desk.tasks.of("hl1-1764000000.1"), desk.tasks.first_in_line()) == (None, frozenset())


def test_who_gets_through_by_himself_is_owed_none_any_more(desk: Desk) -> None:
    desk.keep(cut_off(1))
    desk.keep(cut_off(2, phone=OTHER))
    for _ in range(2):  # the worker may die before the first call's record says so
        assert desk.keep(talked(3, minute=5)) == ["hl1-1764000000.1"]
    assert desk.states(1, 2) == [("closed", "3"), ("open", "")]
    assert desk.tasks.first_in_line() == {OTHER}


def test_a_talk_before_he_was_cut_off_settles_nothing(desk: Desk) -> None:
    desk.keep(cut_off(1, minute=5))
    assert desk.keep(talked(2, minute=0)) == []
    assert desk.states(1) == [("open", "")]


def test_a_call_whose_end_had_to_be_found_may_be_settled_before_it_is_known(desk: Desk) -> None:
    desk.keep(talked(2, minute=5))
    desk.keep(talked(3, minute=5, phone=OTHER))
    desk.keep(cut_off(1))
    assert desk.states(1) == [("closed", "2")]


def test_who_was_cut_off_twice_is_called_once(desk: Desk) -> None:
    desk.keep(cut_off(1))
    desk.keep(cut_off(2, minute=1))
    assert desk.states(1, 2) == [("open", ""), ("closed", "1")]


# ── the file that the agi process reads ──────────────────────────────────────────────────────────


def test_the_numbers_of_open_tasks_stand_in_a_file_for_the_owner_only(desk: Desk, layout: Layout) -> None:
    first = FirstInLine(layout.first_in_line, desk.tasks)
    desk.keep(cut_off(2, phone=OTHER))
    desk.keep(cut_off(1))
    first.round(NOON)
    assert layout.first_in_line.read_text() == f"{PHONE}\n{OTHER}\n"
    assert stat.S_IMODE(layout.first_in_line.stat().st_mode) == 0o600
    written = layout.first_in_line.stat().st_mtime_ns
    first.round(NOON)
    assert layout.first_in_line.stat().st_mtime_ns == written
    desk.keep(talked(3, minute=5))
    first.round(NOON)
    assert layout.first_in_line.read_text() == f"{OTHER}\n"


def test_a_new_worker_corrects_the_file_of_the_former_one(desk: Desk, layout: Layout) -> None:
    layout.first_in_line.write_text(f"{PHONE}\n")
    FirstInLine(layout.first_in_line, desk.tasks).round(NOON)
    assert layout.first_in_line.read_text() == ""


# ── who asked, who was missed, and the calls that were made ──────────────────────────────────────


def lost(number: int, minute: int = 0, phone: str = PHONE, **known: object) -> dict[str, Any]:
    arrived = NOON + timedelta(minutes=minute)
    call = CallRecord(
        call=f"hl1-1764000000.{number}", called="12345", caller=phone, trunk="t", arrived=arrived, ended=arrived, wait_began=arrived,
        completeness="complete", abandon_stage="queue", skills=("tax",),
    )  # fmt: skip
    return to_json(replace(call, **known))  # type: ignore[arg-type]  # fields of a record


def asked(number: int, minute: int = 0, phone: str = PHONE) -> dict[str, Any]:
    place = Asked(at=NOON + timedelta(minutes=minute), since=NOON, skills=("tax",), priority=20)
    return lost(number, minute, phone, callback_asked=place)


def made(number: int, task: int, attempt: int, outcome: str, minute: int = 30) -> dict[str, Any]:
    placed = Placed(agent="1001", how="callback", outcome=outcome, task=f"hl1-1764000000.{task}", attempt=attempt)
    began = NOON + timedelta(minutes=minute)
    return to_json(
        CallRecord(
            call=f"hl1-1764000000.{number}", called=PHONE, caller="12345", trunk="phones", arrived=began, ended=began, placed=placed,
            completeness="complete",
        )
    )  # fmt: skip


def test_who_asked_comes_first_then_who_was_cut_off_then_who_was_missed_first(desk: Desk) -> None:
    desk.keep(lost(1, minute=2))
    desk.keep(lost(2, minute=1, phone=OTHER))
    desk.keep(cut_off(3, minute=3, phone="19900000003"))
    desk.keep(asked(4, minute=4, phone="19900000004"))
    listed = desk.tasks.owed()
    assert [(each.call.rpartition(".")[2], each.reason) for each in listed] == [
        ("4", "asked"), ("3", "cut_off"), ("2", "missed"), ("1", "missed"),
    ]  # fmt: skip
    assert (listed[0].since, listed[0].skills, listed[0].priority, listed[0].called) == (NOON.timestamp(), ("tax",), 20, "12345")
    assert desk.tasks.first_in_line() == {"19900000003"}, "who was only missed does not go before others when he calls again"


def test_the_list_is_read_again_only_when_something_has_changed(desk: Desk, engine: Engine) -> None:
    desk.keep(lost(1))
    asked_of_the_database: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: asked_of_the_database.append(statement))
    for _ in range(3):
        assert len(desk.tasks.owed()) == 1
        assert desk.tasks.first_in_line() == frozenset()
    assert len(asked_of_the_database) == len(("BEGIN IMMEDIATE", "owed")) * 2
    desk.keep(cut_off(2, phone=OTHER))
    assert (len(desk.tasks.owed()), desk.tasks.first_in_line()) == (2, frozenset({OTHER}))


def test_one_call_for_each_number_and_who_asks_is_not_called_for_being_missed_too(desk: Desk) -> None:
    desk.keep(lost(1))
    assert desk.keep(lost(2, minute=1)) == ["hl1-1764000000.2"]
    assert desk.keep(asked(3, minute=2)) == ["hl1-1764000000.1", "hl1-1764000000.3"]
    desk.keep(asked(4, minute=3))
    assert desk.states(1, 2, 3, 4) == [("closed", "3"), ("closed", "1"), ("open", ""), ("closed", "3")]


def test_each_try_counts_once_and_moves_the_next_one_until_it_is_enough(desk: Desk) -> None:
    desk.keep(lost(1))
    for _ in range(2):
        assert desk.keep(made(5, 1, 1, "busy")) == ["hl1-1764000000.1"]
    [owed] = desk.tasks.owed()
    assert (owed.attempts, owed.due) == (1, (NOON + timedelta(minutes=40)).timestamp())
    assert desk.keep(made(6, 1, 2, "given_up")) == [], "the agent hung up: that was no try"
    desk.keep(made(7, 1, 2, "no_answer"))
    desk.keep(made(8, 1, 3, "no_answer"))
    task = desk.tasks.of("hl1-1764000000.1")
    assert task is not None
    assert (task.state, task.closed_by, task.attempts, task.outcome) == ("closed", "", 3, "no_answer")


def test_a_talk_closes_it_and_so_does_any_call_of_an_agent_to_this_number(desk: Desk) -> None:
    desk.keep(lost(1))
    desk.keep(made(5, 1, 1, "talked"))
    desk.keep(lost(2, minute=31))
    by_hand = made(6, 0, 0, "talked", minute=40)
    desk.keep(by_hand | {"placed": by_hand["placed"] | {"task": ""}})
    assert desk.states(1, 2) == [("closed", "5"), ("closed", "6")]


def test_what_the_list_does_not_allow_is_not_tried_again(desk: Desk) -> None:
    desk.keep(lost(1))
    desk.keep(made(5, 1, 1, "not_allowed"))
    assert desk.tasks.owed() == ()


def test_a_call_back_is_withdrawn_when_the_switch_says_later_that_the_centre_had_answered(desk: Desk) -> None:
    asked_for = Emergency(service="110", how="key", asked=NOON)
    call = lost(1, wait_began=None, abandon_stage="emergency", emergency=(asked_for,))
    assert desk.keep(call) == [call["call"]]
    [owed] = desk.tasks.owed()
    assert (owed.reason, owed.due) == ("emergency", (NOON + WORD_MAY_COME).timestamp())

    reached = Attempt(trunk="telecom", attempt=1, began=NOON, answered=NOON, outcome="talked")
    known = lost(
        1, wait_began=None, abandon_stage="", emergency=(replace(asked_for, attempts=(reached,)),), callback=desk.tasks.of(call["call"])
    )
    assert desk.keep(known) == [call["call"]]
    assert (desk.states(1), desk.tasks.owed(), desk.tasks.first_in_line()) == ([("closed", "1")], (), frozenset())
    known["callback"]["state"] = "closed"
    assert desk.keep(known) == [call["call"]], "its record says so whatever dies before"


def test_the_missed_are_owed_nothing_where_the_operator_says_so(engine: Engine) -> None:
    tasks = Callbacks(engine, missed=False)
    assert tasks.take(lost(1), NOON) == frozenset()
    assert tasks.take(asked(2), NOON) == {"hl1-1764000000.2"}
