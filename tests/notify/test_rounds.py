"""The sender, with the real outbox in SQLite: a dead gateway loses nothing, and whatever dies, each telephone rings once."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from hotline.errors import DoorClosed
from hotline.notices import CITIZEN, Notice, staff
from hotline.ports import Notifier
from notify.rounds import AT_ONCE, NoticeRounds
from notify.sms_gateway import SmsGateway
from notify.templates import Template, TextCatalogue
from storage.engine import open_for_writing
from storage.notices import LEASE_S, PATIENCE, Notices
from storage.tables import metadata
from tests.fakes.fake_notifier import FakeNotifier
from tests.notify.gateway_server import SECRET, Gateway, running

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
TEXTS = TextCatalogue(
    name="try",
    signature="揭阳12345",
    templates=(Template(kind="urged", to="staff", text="催办{ticket}"), Template(kind="urged", to="citizen", text="催办{ticket}")),
)


class Book:
    """Numbers by recipient."""

    def __init__(self) -> None:
        self.closed = False
        self.numbers = {staff("u1"): "19900000001", CITIZEN: ""}

    def number_of(self, notice: Notice) -> str:
        if self.closed:
            raise DoorClosed("通讯录没有回答 no answer")
        return self.numbers.get(notice.to, "")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    (tmp_path / "ledger.sqlite").touch()
    engine = open_for_writing(tmp_path / "ledger.sqlite")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def outbox(engine: Engine) -> Notices:
    return Notices(engine)


def told(seq: int, to: str = staff("u1")) -> Notice:
    return Notice(kind="urged", to=to, ticket="20261123000001", seq=seq)


def states(outbox: Notices) -> list[str]:
    return [str(row["state"]) for row in outbox.of("20261123000001")]


def go_round(outbox: Notices, notifier: Notifier, now: datetime = NOW, *, book: Book | None = None, kept: bool = False) -> list[str]:
    """One round; returns what a person must look at."""
    persons: list[str] = []
    rounds = NoticeRounds(outbox, book or Book(), notifier, TEXTS, kept=kept, person=persons.append)
    asyncio.run(rounds.round(now))
    return persons


def test_what_waits_is_sent_once(outbox: Notices) -> None:
    notifier = FakeNotifier()
    outbox.add(told(1), NOW)
    assert go_round(outbox, notifier) == []
    go_round(outbox, notifier, NOW + timedelta(days=1))
    assert [letter.text for letter in notifier.letters.values()] == ["【揭阳12345】催办20261123000001"]
    assert states(outbox) == ["sent"]


def test_a_round_takes_a_few_and_the_next_one_goes_on(outbox: Notices) -> None:
    notifier = FakeNotifier()
    for seq in range(AT_ONCE + 2):
        outbox.add(told(seq), NOW)
    go_round(outbox, notifier)
    assert len(notifier.letters) == AT_ONCE
    go_round(outbox, notifier)
    assert len(notifier.letters) == AT_ONCE + 2


def test_a_unit_without_a_number_is_a_person_s_matter(outbox: Notices) -> None:
    outbox.add(told(1, staff("u2")), NOW)
    assert go_round(outbox, FakeNotifier()) == [told(1, staff("u2")).key]
    assert states(outbox) == ["person"]


def test_a_citizen_without_a_number_is_no_alarm_and_is_tried_no_more(outbox: Notices) -> None:
    notifier = FakeNotifier()
    outbox.add(told(1, CITIZEN), NOW)
    assert go_round(outbox, notifier) == []
    assert (states(outbox), outbox.persons()) == (["no_way"], [])
    assert outbox.begin_anew(NOW) == 0
    assert outbox.take(NOW + timedelta(days=1)) == []


def test_where_nothing_is_sent_no_number_is_wanted(outbox: Notices) -> None:
    outbox.add(told(1, CITIZEN), NOW)
    assert go_round(outbox, FakeNotifier(), kept=True) == []
    assert states(outbox) == ["kept"]


def test_a_book_of_numbers_that_does_not_answer_is_asked_later(outbox: Notices) -> None:
    book, notifier = Book(), FakeNotifier()
    book.closed = True
    outbox.add(told(1), NOW)
    go_round(outbox, notifier, book=book)
    assert states(outbox) == ["waiting"]
    book.closed = False
    go_round(outbox, notifier, NOW + timedelta(seconds=6), book=book)
    assert states(outbox) == ["sent"]


def test_a_no_is_a_person_s_matter_and_does_not_hold_the_others(outbox: Notices) -> None:
    notifier = FakeNotifier()
    outbox.add(Notice(kind="unknown", to=staff("u1"), ticket="20261123000001", seq=1), NOW)
    outbox.add(told(2), NOW)
    assert len(go_round(outbox, notifier)) == 1
    assert states(outbox) == ["person", "sent"]


def test_a_gateway_that_is_dead_for_two_days_loses_nothing_and_a_person_is_called(outbox: Notices) -> None:
    notifier = FakeNotifier()
    notifier.closed = True
    outbox.add(told(1), NOW)
    now, called = NOW, list[str]()
    while now <= NOW + PATIENCE + timedelta(hours=1):
        called += go_round(outbox, notifier, now)
        now += timedelta(minutes=20)
    assert called == [told(1).key]
    notifier.closed = False
    assert outbox.begin_anew(now) == 1
    go_round(outbox, notifier, now)
    assert states(outbox) == ["sent"]


def test_a_gateway_that_fails_hangs_and_loses_replies_reaches_every_telephone_once(outbox: Notices) -> None:
    with running() as gateway:
        gateway.statuses = [500, 503, 429, 500]
        gateway.lose = 3
        for seq in range(20):
            outbox.add(told(seq), NOW)
        asyncio.run(_until_all_are_sent(outbox, gateway))
        assert sorted(letter["key"] for letter in gateway.telephones) == sorted(told(seq).key for seq in range(20))
    assert set(states(outbox)) == {"sent"}


async def _until_all_are_sent(outbox: Notices, gateway: Gateway) -> None:
    async def no_time(_seconds: float) -> None:
        """Pauses take none."""

    gateway.gate.clear()
    now = NOW
    async with SmsGateway(gateway.url, SECRET, sleep=no_time, timeout=httpx.Timeout(0.1)) as notifier:
        await NoticeRounds(outbox, Book(), notifier, TEXTS).round(now)
    gateway.gate.set()
    async with SmsGateway(gateway.url, SECRET, sleep=no_time) as notifier:
        for _ in range(10):
            now += timedelta(seconds=LEASE_S)
            await NoticeRounds(outbox, Book(), notifier, TEXTS).round(now)


def test_a_sender_that_died_after_the_sms_was_out_sends_no_second_one(outbox: Notices) -> None:
    notifier = FakeNotifier()
    outbox.add(told(1), NOW)
    (taken,) = outbox.take(NOW)
    rounds = NoticeRounds(_Dead(), Book(), notifier, TEXTS)
    with pytest.raises(ExceptionGroup):
        asyncio.run(rounds.round(NOW))
    assert list(notifier.letters) == [taken.key]
    go_round(outbox, notifier, NOW + timedelta(seconds=LEASE_S))
    assert (len(notifier.letters), states(outbox)) == (1, ["sent"])


class _Dead(Notices):
    """Gives out a notice, and dies when it is to write down that it was sent."""

    def __init__(self) -> None:
        """Needs no database."""

    def take(self, now: datetime, *, most: int = 50) -> list[Notice]:
        return [told(1)]

    def sent(self, *_: object, **__: object) -> None:
        raise RuntimeError("killed")
