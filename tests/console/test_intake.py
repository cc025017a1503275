"""Each message is filed once and answered, and the time it waited is kept."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from console.intake import Counter, Message, Taken, accepted_words, appeal_of
from hotline.answer_times import ANSWERED_WITHIN
from hotline.errors import DoorClosed, MalformedInput
from tests.fakes.fake_answer_book import FakeAnswerBook
from tickets.model import Channel
from tickets.terms import Appeal

SENT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
NOW = SENT + timedelta(seconds=4)


def message(key: str = "sms:gw/1") -> Message:
    return Message(channel=Channel.PHONE, key=key, words="路灯坏了", contact="19900001234", sent_at=SENT)


class Desk:
    """Files whatever comes, slowly, once per key."""

    def __init__(self) -> None:
        self.filed: list[str] = []

    async def take(self, each: Message) -> Taken:
        fresh = each.key not in self.filed
        await asyncio.sleep(0)
        if fresh:
            self.filed.append(each.key)
        return Taken(number="202603020001", fresh=fresh)


def test_the_same_message_twice_at_once_is_filed_once_and_both_get_its_number() -> None:
    desk, book = Desk(), FakeAnswerBook()
    counter = Counter(take=desk.take, book=book, now=lambda: NOW)

    async def run() -> list[Taken]:
        return list(await asyncio.gather(counter.answer(message()), counter.answer(message()), counter.answer(message())))

    taken = asyncio.run(run())
    assert [each.number for each in taken] == ["202603020001"] * 3
    assert sorted(each.fresh for each in taken) == [False, False, True]
    assert desk.filed == ["sms:gw/1"]
    assert counter._busy == {}


def test_how_long_it_waited_is_kept_and_within_three_minutes() -> None:
    book = FakeAnswerBook()
    asyncio.run(Counter(take=Desk().take, book=book, now=lambda: NOW).answer(message()))
    [answered] = asyncio.run(book.since(SENT))
    assert (answered.key, answered.waited) == ("sms:gw/1", timedelta(seconds=4))
    assert answered.waited <= ANSWERED_WITHIN


def test_what_could_not_be_filed_is_not_said_to_be_answered() -> None:
    async def closed(_: Message) -> Taken:
        raise DoorClosed("database")

    book = FakeAnswerBook()
    counter = Counter(take=closed, book=book, now=lambda: NOW)
    with pytest.raises(DoorClosed):
        asyncio.run(counter.answer(message()))
    assert (asyncio.run(book.since(SENT)), counter._busy) == ([], {})


def test_who_has_his_number_is_told_it_though_the_time_could_not_be_kept(caplog: pytest.LogCaptureFixture) -> None:
    book = FakeAnswerBook()
    book.closed = True
    taken = asyncio.run(Counter(take=Desk().take, book=book, now=lambda: NOW).answer(message()))
    assert taken.number == "202603020001"
    assert "202603020001" in caplog.text


@pytest.mark.parametrize(
    ("words", "appeal"),
    [
        ("投诉：路灯不亮", Appeal.COMPLAINT),
        ("我要举报某公司", Appeal.REPORT),
        ("【咨询】社保怎么办", Appeal.CONSULTATION),
        ("路灯不亮，投诉无门", None),
        ("", None),
    ],
)
def test_a_type_is_only_what_the_citizen_named_first(words: str, appeal: Appeal | None) -> None:
    assert appeal_of(words) is appeal


def test_a_message_needs_an_id_and_a_zone_and_shows_nothing() -> None:
    with pytest.raises(MalformedInput):
        message(key="has a space")
    with pytest.raises(MalformedInput):
        Message(channel=Channel.PHONE, key="k", words="", contact="", sent_at=SENT.replace(tzinfo=None))
    assert "路灯" not in repr(message())
    assert "1990" not in repr(message())


def test_the_answer_says_the_number_and_nothing_of_the_matter() -> None:
    assert "202603020001" in accepted_words("202603020001")
