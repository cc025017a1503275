"""Both sides of a day are compared: what mends itself by pushing is told from what a person must look at."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine

from hotline.messages import Receipt
from records.model import CallRecord, to_json
from storage.backend_http import Held
from storage.ledger import LedgerBook
from storage.outbox import Outbox
from storage.push_reconciliation import PushBook, Pushed, What, compare

CALL = "hl1-1764000000.12"
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
OURS = Pushed(call=CALL, revision=2, state="delivered", delivered=2, reference="city/1")
THEIRS = Held(number=CALL, reference="city/1", revision=2)


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        (OURS, [THEIRS], []),
        (OURS, [], [What.MISSING]),
        (OURS, [Held(number=CALL, reference="city/1", revision=1)], [What.OLDER]),
        (OURS, [Held(number=CALL, reference="city/1")], []),
        (OURS, [Held(number=CALL, reference="city/9", revision=2)], [What.OTHER_REFERENCE]),
        (OURS, [THEIRS, Held(number=CALL, reference="city/2", revision=2)], [What.DOUBLED]),
        (Pushed(call=CALL, revision=1, state="person", error="400"), [], [What.NOT_DELIVERED]),
        (Pushed(call=CALL, revision=1, state="waiting"), [], []),
        (Pushed(call=CALL, revision=2, state="waiting", delivered=1, reference="city/1"), [], [What.MISSING]),
        (Pushed(call=CALL, revision=2, state="waiting", delivered=1, reference="city/1"), [THEIRS], []),
    ],
)
def test_each_difference_has_its_name(ours: Pushed, theirs: list[Held], found: list[What]) -> None:
    assert [each.what for each in compare([ours], {CALL: theirs})] == found


def test_a_day_is_a_day_in_china(engine: Engine) -> None:
    book = LedgerBook(engine)
    for call, arrived in (("hl1-1.1", datetime(2026, 11, 22, 15, 59, tzinfo=UTC)), ("hl1-2.1", datetime(2026, 11, 22, 16, 0, tzinfo=UTC))):
        book.keep_record(to_json(CallRecord(call=call, arrived=arrived)), now=NOON)
    assert [each.call for each in PushBook(engine).of_day(date(2026, 11, 23))] == ["hl1-2.1"]


def test_the_newest_revision_and_the_newest_delivered_one_are_told_apart(engine: Engine) -> None:
    book, outbox = LedgerBook(engine), Outbox(engine)
    book.keep_record(to_json(CallRecord(call=CALL, arrived=NOON)), now=NOON)
    outbox.delivered(CALL, 1, Receipt(reference="city/1", fresh=True))
    book.keep_record(to_json(CallRecord(call=CALL, arrived=NOON, caller="19900000001")), now=NOON)
    want = Pushed(call=CALL, revision=2, state="waiting", delivered=1, reference="city/1")
    assert PushBook(engine).of_day(date(2026, 11, 23)) == [want]
    assert PushBook(engine).of_call(CALL) == want
    assert PushBook(engine).knows(CALL)
    assert not PushBook(engine).knows("hl1-9.9")
