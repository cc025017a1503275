"""微信受理: the callback of a 公众号, plain or in 安全模式 (console/wechat.py). Text and recognised speech become tickets, once per MsgId.

Tencent waits five seconds and then sends the same message again, up to three times: the second request waits for the first one's ticket
and is answered with its number.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, Response

from console.intake import Counter, Message, accepted_words
from console.problems import Problem
from console.wechat import SafeMode, is_signed, read_xml, text_reply
from hotline.errors import DoorClosed, MalformedInput
from tickets.model import Channel

PATH: Final = "/api/v1/intake/wechat"
WINDOW: Final = timedelta(minutes=10)
"""Tencent's own stamp; a request that is older was taken from somewhere."""
DONE: Final = "success"
"""Tencent's word for: understood, nothing to say."""
WELCOME: Final = (
    "欢迎使用12345政务服务便民热线。请用文字写明时间、地点和您的诉求；查询进度请发送：进度 编号。紧急情况请直接拨打110、119、120。"
)
ONLY_WORDS: Final = "请用文字写明时间、地点和您的诉求；图片等材料可在工作人员联系您时提供。"
BUSY: Final = "系统繁忙，您的诉求还没有登记。请稍后重新发送，或拨打12345。"
_STAMP: Final = re.compile(r"[0-9]{1,11}")
_GREETINGS: Final = frozenset({"你好", "您好", "在吗", "hi", "hello", "?", "？"})
_ASKS_PROGRESS: Final = re.compile(r"(?:进度|查询|查进度)[\s:：]*([0-9A-Za-z-]{6,32})")

Look = Callable[[str, str], Awaitable[str]]
"""(number, contact) → where the ticket stands, in words; the same words for what is not his and what is not there."""


@dataclass(frozen=True, kw_only=True)
class WechatDesk:
    """微信受理台. With `safe` only 安全模式 is accepted, without it only plain messages. `chaos`: gives so many fresh random bytes."""

    token: str
    counter: Counter
    look: Look
    now: Callable[[], datetime]
    chaos: Callable[[int], bytes]
    safe: SafeMode | None = None

    def prove(self, signature: str, timestamp: str, nonce: str) -> None:
        """Raises `Problem` 401, for whatever is wrong with it."""
        fresh = _STAMP.fullmatch(timestamp) and abs(self.now() - _at(timestamp)) <= WINDOW
        if not (self.token and fresh and is_signed(signature, self.token, timestamp, nonce)):
            raise Problem(401, "not_signed", "签名或时间戳不对 the signature or its time is wrong")

    async def answer(self, fields: Mapping[str, str]) -> str:
        """What the citizen is answered; empty: nothing."""
        words = _words_of(fields)
        if words is None:
            return WELCOME if fields.get("Event") == "subscribe" else "" if fields.get("MsgType") == "event" else ONLY_WORDS
        if asked := _ASKS_PROGRESS.fullmatch(words):
            return await self.look(asked[1], _contact(fields))
        if words.lower() in _GREETINGS:
            return WELCOME
        return await self._file(fields, words)

    async def _file(self, fields: Mapping[str, str], words: str) -> str:
        if not fields.get("MsgId"):
            raise MalformedInput("消息没有MsgId a message without its id")
        message = Message(
            channel=Channel.WECHAT,
            key=f"wechat:{fields.get('ToUserName', '')}/{fields['MsgId']}",
            words=words,
            contact=_contact(fields),
            sent_at=_at(fields.get("CreateTime", "")),
        )
        try:
            return accepted_words((await self.counter.answer(message)).number)
        except DoorClosed:
            return BUSY


def router(desk: WechatDesk) -> APIRouter:
    """The address that is written into 公众平台 → 基本配置 → 服务器配置."""
    routes = APIRouter(tags=["受理"])
    text = {"content": {"text/plain": {"schema": {"type": "string"}}}}

    @routes.get(PATH, summary="微信服务器验证", response_class=PlainTextResponse, responses={200: text})
    async def verify(signature: Short, timestamp: Short, nonce: Short, echostr: Echo) -> PlainTextResponse:
        desk.prove(signature, timestamp, nonce)
        return PlainTextResponse(echostr)

    @routes.post(PATH, summary="微信消息", response_class=Response, openapi_extra=_BODY, responses={200: {"content": {"text/xml": {}}}})
    async def message(
        request: Request, signature: Short, timestamp: Short, nonce: Short, encrypt_type: Short = "", msg_signature: Short = ""
    ) -> Response:
        desk.prove(signature, timestamp, nonce)
        outer = read_xml(await request.body())
        if desk.safe is None:
            return _said(await desk.answer(outer), outer, desk)
        if encrypt_type != "aes":
            raise Problem(401, "not_signed", "请在公众平台选择安全模式 choose the safe mode")
        fields = read_xml(desk.safe.opened(outer.get("Encrypt", ""), signature=msg_signature, timestamp=timestamp, nonce=nonce))
        plain = _said(await desk.answer(fields), fields, desk)
        if plain.media_type != "text/xml":
            return plain
        stamp = str(int(desk.now().timestamp()))
        return _xml(desk.safe.closed(bytes(plain.body), timestamp=stamp, nonce=nonce, chaos=desk.chaos(16)))

    return routes


Short = Annotated[str, Query(max_length=64)]
Echo = Annotated[str, Query(max_length=200, pattern=r"^[A-Za-z0-9+/=_-]*$")]
_BODY: Final = {"requestBody": {"required": True, "content": {"text/xml": {"schema": {"type": "string"}}}}}


def _said(words: str, fields: Mapping[str, str], desk: WechatDesk) -> Response:
    if not words:
        return PlainTextResponse(DONE)
    at = int(desk.now().timestamp())
    return _xml(text_reply(to=fields.get("FromUserName", ""), sender=fields.get("ToUserName", ""), at=at, words=words))


def _xml(body: bytes) -> Response:
    return Response(body, media_type="text/xml", headers={"Cache-Control": "no-store"})


def _words_of(fields: Mapping[str, str]) -> str | None:
    """What he wrote or said; None where there are no words."""
    kind = fields.get("MsgType", "")
    if kind == "text":
        return fields.get("Content", "").strip() or None
    if kind == "voice":
        return fields.get("Recognition", "").strip() or None
    if kind == "location":
        return f"位置：{fields.get('Label', '')}（{fields.get('Location_X', '')}，{fields.get('Location_Y', '')}）"
    return None


def _contact(fields: Mapping[str, str]) -> str:
    return f"wechat:{fields.get('FromUserName', '')}"


def _at(stamp: str) -> datetime:
    if not _STAMP.fullmatch(stamp):
        raise MalformedInput("消息时间不对 not a message's time")
    return datetime.fromtimestamp(int(stamp), tz=UTC)
