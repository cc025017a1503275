"""The outbox is patient, and in the end asks for a person."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from hotline.messages import Receipt
from records.model import CallRecord, to_json
from storage.ledger import LedgerBook
from storage.outbox import FIRST_GRACE_S, LADDER_S, MOST_ATTEMPTS, Outbox

CALL = "hl1-1764000000.12"
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
LATER = NOON + timedelta(seconds=FIRST_GRACE_S)


@pytest.fixture
def book(engine: Engine) -> LedgerBook:
    book = LedgerBook(engine)
    book.keep_record(to_json(CallRecord(call=CALL)), now=NOON)
    return book


@pytest.fixture
def outbox(engine: Engine, book: LedgerBook) -> Outbox:
    assert book.push_of(CALL) is not None
    return Outbox(engine)


def test_at_first_the_push_that_is_begun_with_the_record_is_left_alone(outbox: Outbox) -> None:
    assert outbox.due(NOON) == []
    assert outbox.due(LATER) == [(CALL, 1, 0)]


def test_what_is_due_is_handed_out_once(outbox: Outbox) -> None:
    assert len(outbox.due(LATER)) == 1
    assert outbox.due(LATER) == []
    assert len(outbox.due(LATER + timedelta(seconds=FIRST_GRACE_S))) == 1


def test_a_delivered_draft_is_done(outbox: Outbox, book: LedgerBook) -> None:
    outbox.delivered(CALL, 1, Receipt(reference="city-1", fresh=True))
    push = book.push_of(CALL)
    assert push is not None
    assert (push["state"], push["reference"], push["attempts"]) == ("delivered", "city-1", 1)
    assert not outbox.is_waiting(CALL, 1)
    assert outbox.due(LATER) == []


def test_a_refused_draft_waits_for_a_person_only(outbox: Outbox) -> None:
    outbox.refused(CALL, 1, "no")
    assert outbox.due(LATER + timedelta(days=30)) == []


def test_every_failure_makes_the_next_pause_longer(outbox: Outbox) -> None:
    now = NOON
    for pause in (*LADDER_S, LADDER_S[-1]):
        assert outbox.failed(CALL, 1, "silence", now) == "waiting"
        assert outbox.due(now + timedelta(seconds=pause - 1)) == []
        now += timedelta(seconds=pause)
        assert len(outbox.due(now)) == 1


def test_after_about_two_days_a_person_must_look(outbox: Outbox) -> None:
    states = [outbox.failed(CALL, 1, "silence", NOON) for _ in range(MOST_ATTEMPTS)]
    assert states == ["waiting"] * (MOST_ATTEMPTS - 1) + ["person"]
    assert outbox.due(NOON + timedelta(days=30)) == []


def test_a_later_revision_overtakes_one_that_still_waits(outbox: Outbox, book: LedgerBook) -> None:
    book.keep_record(to_json(CallRecord(call=CALL, caller="19900000001")), now=NOON)
    assert not outbox.is_waiting(CALL, 1)
    assert outbox.is_waiting(CALL, 2)
    assert [revision for _, revision, _ in outbox.due(LATER)] == [2]


def test_what_nobody_pushes_any_more_can_be_made_due(outbox: Outbox) -> None:
    outbox.make_due(CALL, 1, NOON)
    assert len(outbox.due(NOON)) == 1


def test_a_new_worker_tries_at_once_what_a_dead_one_was_to_push_first_and_leaves_its_retries(outbox: Outbox, book: LedgerBook) -> None:
    book.keep_record(to_json(CallRecord(call="hl1-1764000000.13")), now=NOON)
    outbox.failed("hl1-1764000000.13", 1, "silence", NOON + timedelta(minutes=5))
    outbox.begin_again(NOON)
    assert outbox.due(NOON) == [(CALL, 1, 0)]


SETTLE = timedelta(seconds=120)


def test_what_is_on_its_way_to_a_backend_without_keys_outlives_its_process(outbox: Outbox) -> None:
    assert outbox.begin(CALL, 1, NOON, SETTLE)
    outbox.begin_again(NOON)
    assert outbox.due(NOON + SETTLE - timedelta(seconds=1)) == []
    assert outbox.due(NOON + SETTLE) == [(CALL, 1, 1)]


def test_the_next_revision_waits_until_the_one_before_has_come_to_its_end(outbox: Outbox, book: LedgerBook) -> None:
    assert outbox.begin(CALL, 1, NOON, SETTLE)
    book.keep_record(to_json(CallRecord(call=CALL, caller="19900000001")), now=NOON)
    assert not outbox.begin(CALL, 2, NOON, SETTLE)
    assert outbox.due(NOON + SETTLE - timedelta(seconds=1)) == []
    assert outbox.begin(CALL, 2, NOON + SETTLE, SETTLE)


def test_one_that_has_come_to_its_end_holds_nobody_up(outbox: Outbox, book: LedgerBook) -> None:
    assert outbox.begin(CALL, 1, NOON, SETTLE)
    outbox.delivered(CALL, 1, Receipt(reference="city-1", fresh=True))
    book.keep_record(to_json(CallRecord(call=CALL, caller="19900000001")), now=NOON)
    assert outbox.begin(CALL, 2, NOON, SETTLE)


def test_a_failure_in_doubt_is_left_alone_until_it_is_settled(outbox: Outbox) -> None:
    assert outbox.failed(CALL, 1, "silence", NOON, least=SETTLE) == "waiting"
    assert outbox.due(NOON + SETTLE - timedelta(seconds=1)) == []
    assert len(outbox.due(NOON + SETTLE)) == 1


def test_what_was_delivered_can_be_pushed_again_and_what_waits_is_left_alone(outbox: Outbox, book: LedgerBook) -> None:
    book.keep_record(to_json(CallRecord(call="hl1-1764000000.13")), now=NOON)
    outbox.delivered(CALL, 1, Receipt(reference="city-1", fresh=True))
    assert outbox.again([(CALL, 1), ("hl1-1764000000.13", 1), ("hl1-1.1", 1)], NOON) == 1
    assert outbox.due(NOON) == [(CALL, 1, 0)]
