"""短信受理, tried against a gateway of our own over real HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from console.api_intake_sms import PATH, SmsDesk, router
from console.intake import Counter, Message, Taken
from console.problems import with_problems
from console.signatures import Signatures
from hotline.errors import DoorClosed, MalformedInput
from hotline.sms import PATIENCE
from tests.fakes.fake_answer_book import FakeAnswerBook
from tests.fakes.fake_sms_gateway import FakeSmsGateway
from tests.fakes.fake_sms_parts import FakeSmsParts
from tests.fakes.served import served

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SECRET = b"the gateway's secret of this test"
LONG = "榕城区东升街道的路灯坏了三天，晚上过路很危险。" * 8


class House:
    """Ours: files what comes, in memory."""

    def __init__(self) -> None:
        self.now = NOW
        self.messages: list[Message] = []
        self.closed = False
        self.refused = ""
        self.meanwhile: Callable[[], Awaitable[object]] | None = None
        self.book = FakeAnswerBook()
        self.parts = FakeSmsParts()
        counter = Counter(take=self.take, book=self.book, now=lambda: self.now)
        signatures = Signatures(secrets={"gateway": SECRET})
        self.desk = SmsDesk(signatures=signatures, parts=self.parts, counter=counter, area_code="0663", now=lambda: self.now)
        self.app = with_problems(FastAPI())
        self.app.include_router(router(self.desk))

    async def take(self, message: Message) -> Taken:
        if self.closed:
            raise DoorClosed("database")
        if message.key == f"sms:{self.refused}":
            raise MalformedInput(message.words)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        keys = [each.key for each in self.messages]
        if message.key not in keys:
            self.messages.append(message)
            return Taken(number=f"20260302{len(self.messages):04}", fresh=True)
        return Taken(number=f"20260302{keys.index(message.key) + 1:04}", fresh=False)


Story = Callable[[FakeSmsGateway, House], Awaitable[None]]


def played(story: Story) -> House:
    house = House()

    async def run() -> None:
        async with served(house.app) as address:
            sent = (NOW - timedelta(seconds=9)).isoformat()
            await story(FakeSmsGateway(url=address + PATH, secret=SECRET, now=int(NOW.timestamp()), sent_at=sent), house)

    asyncio.run(run())
    return house


def test_an_sms_is_a_ticket_and_its_sender_is_told_the_number() -> None:
    async def story(gateway: FakeSmsGateway, _: House) -> None:
        [answer] = await gateway.send("投诉：路灯坏了", sender="+8619900001234")
        assert (answer.status_code, answer.json()["number"]) == (200, "202603020001")
        assert "202603020001" in answer.json()["reply"]
        assert "路灯" not in answer.text

    [message] = played(story).messages
    assert (message.words, message.contact, message.channel, message.key) == ("投诉：路灯坏了", "19900001234", "短信", "sms:gateway/m1")


def test_the_time_to_the_answer_is_kept() -> None:
    async def story(gateway: FakeSmsGateway, house: House) -> None:
        await gateway.send("路灯坏了")
        [answered] = await house.book.since(NOW)
        assert answered.waited == timedelta(seconds=9)

    played(story)


def test_a_long_sms_is_one_ticket_in_whatever_order_its_parts_come() -> None:
    async def story(gateway: FakeSmsGateway, _: House) -> None:
        codes = [answer.status_code for answer in await gateway.send(LONG, only=(3, 1, 2))]
        assert codes == [202, 202, 200]

    [message] = played(story).messages
    assert (message.words, message.note, message.answered) == (LONG, "", True)


def test_a_part_that_is_sent_again_is_the_same_part_and_the_same_ticket() -> None:
    async def story(gateway: FakeSmsGateway, _: House) -> None:
        answers = await gateway.send(LONG, only=(1, 1, 2, 3, 2))
        assert [answer.json()["number"] for answer in answers] == ["", "", "", "202603020001", "202603020001"]

    [message] = played(story).messages
    assert message.words == LONG


def test_what_never_came_whole_is_taken_as_it_is_after_a_minute_with_its_gap_named() -> None:
    async def story(gateway: FakeSmsGateway, house: House) -> None:
        await gateway.send(LONG, only=(1, 3))
        assert await house.desk.sweep() == 0
        house.now = NOW + PATIENCE
        assert (await house.desk.sweep(), await house.desk.sweep()) == (1, 0)

    [message] = played(story).messages
    assert "〔此处缺第2条〕" in message.words
    assert ("未收齐" in message.note, message.answered) == (True, False)


def test_a_part_that_comes_while_the_rest_is_taken_in_is_in_one_ticket_or_in_one_of_its_own() -> None:
    long = "".join(f"第{count:03}句话。" for count in range(27))

    async def story(gateway: FakeSmsGateway, house: House) -> None:
        await gateway.send(long, only=(1, 3))
        house.now = NOW + PATIENCE
        house.meanwhile = lambda: gateway.send(long, only=(2,))
        assert await house.desk.sweep() == 1
        house.now = NOW + 2 * PATIENCE
        assert await house.desk.sweep() == 1
        assert {part.text for kept in house.parts.groups for part in kept.group.parts} == {""}

    words = "".join(message.words for message in played(story).messages)
    assert [words.count(long[begin : begin + 67]) for begin in (0, 67, 134)] == [1, 1, 1]


def test_a_database_that_is_away_loses_nothing() -> None:
    async def story(gateway: FakeSmsGateway, house: House) -> None:
        house.closed = True
        [refused] = await gateway.send("路灯坏了")
        assert refused.status_code == 503
        house.closed = False
        house.now = NOW + PATIENCE
        assert await house.desk.sweep() == 1
        [again] = await gateway.send("路灯坏了")
        assert (again.status_code, again.json()["number"]) == (200, "202603020001")

    assert len(played(story).messages) == 1


def test_one_that_cannot_be_filed_keeps_nobody_waiting_and_its_words_stay_out_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def story(gateway: FakeSmsGateway, house: House) -> None:
        house.refused = "gateway/m1"
        await gateway.send(LONG, first=1, only=(1,))
        await gateway.send(LONG, first=11, only=(1,))
        house.now = NOW + PATIENCE
        assert await house.desk.sweep() == 1

    [message] = played(story).messages
    assert message.key == "sms:gateway/m11"
    assert "gateway/m1" in caplog.text
    assert "路灯" not in caplog.text


def test_after_filing_the_words_are_kept_in_the_ticket_alone() -> None:
    async def story(gateway: FakeSmsGateway, _: House) -> None:
        await gateway.send(LONG)

    assert {part.text for kept in played(story).parts.groups for part in kept.group.parts} == {""}


def test_a_wrong_secret_and_a_request_played_again_are_refused() -> None:
    async def story(gateway: FakeSmsGateway, _: House) -> None:
        body = gateway.body(["路灯坏了"], 1, "19900001234", 1)
        assert (await gateway.post(body, secret=b"guessed")).status_code == 401
        assert (await gateway.post(body, nonce="nonce-played")).status_code == 200
        assert (await gateway.post(body, nonce="nonce-played")).status_code == 409

    assert len(played(story).messages) == 1


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"\xff", b'{"id": "m1"}', b'{"id": "m1", "from": "x", "text": "SECRETWORDS", "sent_at": "now"}']
)
def test_what_is_signed_but_no_sms_is_refused_without_a_word_of_it(body: bytes) -> None:
    async def story(gateway: FakeSmsGateway, _: House) -> None:
        answer = await gateway.post(body)
        assert answer.status_code == 422
        assert "SECRETWORDS" not in answer.text

    assert played(story).messages == []


def test_the_lanes_of_two_gateways_are_apart() -> None:
    house = House()
    house.desk.signatures.secrets = {"gateway": SECRET, "other": b"another secret of this test"}

    async def run() -> list[httpx.Response]:
        async with served(house.app) as address:
            stamp = {"url": address + PATH, "now": int(NOW.timestamp()), "sent_at": NOW.isoformat()}
            one = FakeSmsGateway(**stamp, secret=SECRET)  # type: ignore[arg-type]
            two = FakeSmsGateway(**stamp, secret=b"another secret of this test", name="other")  # type: ignore[arg-type]
            return [*await one.send("路灯坏了"), *await two.send("水管爆了")]

    numbers = [answer.json()["number"] for answer in asyncio.run(run())]
    assert numbers == ["202603020001", "202603020002"]
