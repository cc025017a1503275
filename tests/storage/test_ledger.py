"""The ledger keeps every revision and invents none."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from hotline.identity import CallId
from recordings.model import KeptAudio
from records.model import CallRecord, to_json
from storage.layout import Layout
from storage.ledger import LedgerBook, open_ledger
from storage.tables import calls, journal_seen, pushes

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
AUDIO = KeptAudio(file="recordings/x.wav", state="complete", sha256="0" * 64, seconds=3.5, expected_seconds=3.0, channels=2, repaired=True)


def record(number: int = 12, *, arrived: datetime | None = NOON, caller: str = "") -> dict[str, Any]:
    return to_json(CallRecord(call=f"hl1-1764000000.{number}", arrived=arrived, caller=caller))


@pytest.fixture
def book(engine: Engine) -> LedgerBook:
    return LedgerBook(engine)


def test_a_record_is_found_under_its_first_revision(book: LedgerBook) -> None:
    assert book.keep_record(record(), now=NOON) == 1
    assert book.record_of("hl1-1764000000.12") == record() | {"revision": 1}


def test_the_same_record_again_is_no_new_revision(book: LedgerBook, engine: Engine) -> None:
    assert [book.keep_record(record(), now=NOON) for _ in range(3)] == [1, 1, 1]
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(pushes)).scalar() == 1


def test_a_record_that_says_more_is_the_next_revision_and_the_old_one_stays(book: LedgerBook) -> None:
    book.keep_record(record(), now=NOON)
    assert book.keep_record(record(caller="19900000001"), now=NOON) == 2
    assert book.revision_of("hl1-1764000000.12", 1)["caller"] == ""
    newest = book.record_of("hl1-1764000000.12")
    assert newest is not None
    assert newest["caller"] == "19900000001"


def test_every_revision_is_to_be_pushed_from_the_moment_it_exists(book: LedgerBook) -> None:
    book.keep_record(record(), now=NOON)
    push = book.push_of("hl1-1764000000.12")
    assert push is not None
    assert (push["state"], push["revision"], push["attempts"]) == ("waiting", 1, 0)


def test_the_latest_calls_come_first_each_with_its_newest_revision(book: LedgerBook) -> None:
    for number in (1, 2, 3):
        book.keep_record(record(number, arrived=NOON.replace(minute=number)), now=NOON)
    book.keep_record(record(2, arrived=NOON.replace(minute=2), caller="19900000001"), now=NOON)
    assert [(each["call"], each["revision"]) for each in book.latest(2)] == [("hl1-1764000000.3", 1), ("hl1-1764000000.2", 2)]


def test_a_call_of_which_no_time_is_known_still_stands_there(book: LedgerBook) -> None:
    book.keep_record(record(arrived=None), now=NOON)
    assert len(book.latest(10)) == 1


def test_what_is_not_there_is_none(book: LedgerBook) -> None:
    assert (book.record_of("x"), book.draft_of("x"), book.push_of("x"), book.audio_of("x")) == (None,) * 4
    with pytest.raises(LookupError):
        book.revision_of("x", 1)


def test_audio_comes_back_as_it_was_kept_and_the_later_word_counts(book: LedgerBook) -> None:
    call = CallId("hl1-1764000000.12")
    book.keep_audio(call, KeptAudio(file="", state="missing"), now=NOON)
    book.keep_audio(call, AUDIO, now=NOON)
    assert book.audio_of(call) == AUDIO


def test_a_message_comes_back_as_it_was_kept_and_the_later_word_counts(book: LedgerBook) -> None:
    call = CallId("hl1-1764000000.12")
    message = KeptAudio(file="recordings/x-message.wav", state="complete", sha256="0" * 64, seconds=3.5, channels=1, repaired=True)
    assert book.message_of(call) is None
    book.keep_message(call, KeptAudio(file="", state="missing"), now=NOON)
    book.keep_message(call, message, now=NOON)
    assert book.message_of(call) == message


def test_a_journal_file_is_noted_once(book: LedgerBook, engine: Engine) -> None:
    for lines in (5, 7):
        book.keep_journal("hl1-1764000000.12", 1, lines=lines, unreadable=0, now=NOON)
    with engine.connect() as connection:
        assert connection.execute(select(journal_seen.c.lines)).scalars().all() == [5]


def test_the_ledger_can_be_read_beside_its_writer(book: LedgerBook, layout: Layout, engine: Engine) -> None:
    book.keep_record(record(), now=NOON)
    reader = open_ledger(layout.ledger)
    assert reader.record_of("hl1-1764000000.12") is not None
    with engine.connect() as connection:
        assert connection.execute(select(calls.c.called)).scalars().all() == [""]
