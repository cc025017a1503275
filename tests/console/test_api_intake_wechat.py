"""微信受理, tried against a counterpart that speaks as Tencent's documentation says, over real HTTP."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from console.api_intake_wechat import BUSY, DONE, ONLY_WORDS, PATH, WELCOME, WINDOW, WechatDesk, router
from console.intake import Counter, Message, Taken
from console.problems import with_problems
from console.wechat import SafeMode
from hotline.errors import DoorClosed
from tests.fakes.fake_answer_book import FakeAnswerBook
from tests.fakes.fake_wechat import FakeWechat
from tests.fakes.served import served

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TOKEN = "a-token-of-this-test"
KEY = bytes(range(32))
APP = "wx0123456789abcdef"
SAFE = SafeMode(token=TOKEN, app_id=APP, aes_key=base64.b64encode(KEY).decode().rstrip("="))


class House:
    """Ours: files what comes, in memory."""

    def __init__(self, safe: SafeMode | None = None) -> None:
        self.messages: list[Message] = []
        self.closed = False
        self.slow = asyncio.Event()
        self.slow.set()
        self.book = FakeAnswerBook()
        counter = Counter(take=self.take, book=self.book, now=lambda: NOW)
        desk = WechatDesk(token=TOKEN, counter=counter, look=self.look, now=lambda: NOW, chaos=lambda count: b"0" * count, safe=safe)
        self.app = with_problems(FastAPI())
        self.app.include_router(router(desk))

    async def take(self, message: Message) -> Taken:
        if self.closed:
            raise DoorClosed("database")
        await self.slow.wait()
        fresh = message.key not in [each.key for each in self.messages]
        if fresh:
            self.messages.append(message)
        return Taken(number="202603020001", fresh=fresh)

    async def look(self, number: str, contact: str) -> str:
        return f"{number} {contact}"


Story = Callable[[FakeWechat, House], Awaitable[None]]


def played(story: Story, safe: SafeMode | None = None) -> House:
    house = House(safe)

    async def run() -> None:
        async with served(house.app) as address:
            key = KEY if safe else b""
            await story(FakeWechat(url=address + PATH, token=TOKEN, now=int(NOW.timestamp()), aes_key=key), house)

    asyncio.run(run())
    return house


def test_the_server_is_verified_as_tencent_does_it() -> None:
    async def story(wechat: FakeWechat, _: House) -> None:
        answer = await wechat.verify()
        assert (answer.status_code, answer.text) == (200, "5837397576500011341")
        wechat.token = "another"
        assert (await wechat.verify()).status_code == 401

    played(story)


@pytest.mark.parametrize("safe", [None, SAFE], ids=["plain", "safe"])
def test_a_text_is_a_ticket_and_is_answered_with_its_number(safe: SafeMode | None) -> None:
    async def story(wechat: FakeWechat, house: House) -> None:
        answer = await wechat.send("text", Content="投诉：夜市噪声扰民")
        assert answer.status_code == 200
        assert "编号202603020001" in wechat.words(answer)
        [answered] = await house.book.since(NOW)
        assert answered.waited < timedelta(minutes=3)

    [message] = played(story, safe).messages
    assert (message.words, message.contact, message.channel) == ("投诉：夜市噪声扰民", "wechat:oMarket01", "微信")
    assert message.key == "wechat:gh_jieyang/23845678901"


def test_a_message_that_is_sent_again_because_we_were_slow_is_one_ticket_and_gets_the_same_number() -> None:
    async def story(wechat: FakeWechat, house: House) -> None:
        house.slow.clear()
        wechat.patience_s = 0.15
        async with asyncio.TaskGroup() as group:
            answer = group.create_task(wechat.send("text", Content="夜市噪声扰民"))
            async with asyncio.timeout(5):
                await wechat.again.wait()
            house.slow.set()
        assert "编号202603020001" in wechat.words(answer.result())

    assert len(played(story).messages) == 1


def test_recognised_speech_is_words_and_a_place_is_one() -> None:
    async def story(wechat: FakeWechat, _: House) -> None:
        await wechat.send("voice", message="1", Recognition="路灯坏了。")
        await wechat.send("location", message="2", Label="榕城区东升街道", Location_X="23.5", Location_Y="116.3")

    assert [each.words for each in played(story).messages] == ["路灯坏了。", "位置：榕城区东升街道（23.5，116.3）"]


def test_what_is_no_appeal_is_answered_and_filed_nowhere() -> None:
    async def story(wechat: FakeWechat, _: House) -> None:
        assert wechat.words(await wechat.send("image", PicUrl="x")) == ONLY_WORDS
        assert wechat.words(await wechat.send("event", message="", Event="subscribe")) == WELCOME
        assert wechat.words(await wechat.send("text", Content="你好")) == WELCOME
        assert (await wechat.send("event", message="", Event="unsubscribe")).text == DONE
        assert wechat.words(await wechat.send("text", Content="进度 202603020001")) == "202603020001 wechat:oMarket01"

    assert played(story).messages == []


def test_nobody_is_told_a_number_that_was_not_filed() -> None:
    async def story(wechat: FakeWechat, house: House) -> None:
        house.closed = True
        assert wechat.words(await wechat.send("text", Content="夜市噪声扰民")) == BUSY

    assert played(story).messages == []


def test_nobody_is_told_to_send_again_what_was_filed() -> None:
    async def story(wechat: FakeWechat, house: House) -> None:
        house.book.closed = True
        assert "编号202603020001" in wechat.words(await wechat.send("text", Content="夜市噪声扰民"))

    assert len(played(story).messages) == 1


def test_another_token_an_old_stamp_and_a_plain_message_in_safe_mode_are_refused() -> None:
    async def story(wechat: FakeWechat, _: House) -> None:
        wechat.aes_key = b""
        assert (await wechat.send("text", Content="x")).status_code == 401
        wechat.aes_key = KEY
        wechat.now -= int(WINDOW.total_seconds()) + 1
        assert (await wechat.send("text", Content="x")).status_code == 401
        wechat.now += 12345
        wechat.token = "another"
        assert (await wechat.send("text", Content="x")).status_code == 401

    assert played(story, SAFE).messages == []


@pytest.mark.parametrize(
    "body", [b"", b"<xml/>", b'<!DOCTYPE a [<!ENTITY b "c">]><xml><Content>&b;</Content></xml>', b"<xml><MsgType>text</MsgType>"]
)
def test_what_is_signed_but_no_message_breaks_nothing(body: bytes) -> None:
    async def story(wechat: FakeWechat, _: House) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(wechat.url, params=wechat._signed(), content=body)
        assert answer.status_code in (200, 422)

    assert played(story).messages == []


def test_a_text_without_its_id_is_refused_for_it_could_not_be_known_again() -> None:
    async def story(wechat: FakeWechat, _: House) -> None:
        assert (await wechat.send("text", message="", Content="夜市噪声扰民")).status_code == 422

    assert played(story).messages == []
