"""受理: a message of any medium on its way to becoming a 业务单 (揭府办〔2015〕4号 articles 2 and 11), and how soon it was answered.

Adapters (api_intake_sms.py, api_intake_wechat.py …) turn their medium's words into a `Message`; `take` files it once, however often it
comes.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from hotline.answer_times import AnswerBook, Answered
from hotline.errors import DoorClosed, MalformedInput
from tickets.model import Channel
from tickets.terms import Appeal

KEY: Final = re.compile(r"[A-Za-z0-9._:/+=-]{1,120}")
LONGEST: Final = 5000
log = logging.getLogger(__name__)
_TYPES: Final = tuple(Appeal)


@dataclass(frozen=True, kw_only=True, repr=False)
class Message:
    """What a citizen wrote. `key`: medium, sender and the medium's own id, the same for the same message. `contact`: his number, or his
    address on that medium. `sent_at`: when he sent it, as the medium says. `repr` shows nothing of his."""

    channel: Channel
    key: str
    words: str
    contact: str
    sent_at: datetime
    note: str = ""
    """What staff should know of how it came: a part that is missing."""
    answered: bool = True
    """Whether the medium's own answer tells him the number; False: nobody waits for one any more."""

    def __post_init__(self) -> None:
        if not KEY.fullmatch(self.key):
            raise MalformedInput("消息编号不对 the id of a message is 1 to 120 letters, digits and ._:/+=-")
        if self.sent_at.tzinfo is None:
            raise MalformedInput("消息时间没有时区 the time of a message has no zone; add +08:00")

    def __repr__(self) -> str:
        return f"Message({self.channel}, {len(self.words)} characters)"


@dataclass(frozen=True, kw_only=True)
class Taken:
    """It has a 受理编号. `fresh` is false when it had one before."""

    number: str
    fresh: bool


Take = Callable[[Message], Awaitable[Taken]]
"""Files a message, once per key. Raises `DoorClosed`: nothing was filed, the medium should send it again."""


@dataclass(kw_only=True)
class Counter:
    """受理台 for written media: each message is filed once, answered, and the time it waited is kept."""

    take: Take
    book: AnswerBook
    now: Callable[[], datetime]
    _busy: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def answer(self, message: Message) -> Taken:
        """File it and note the time. The same message twice at once is filed once, and both get the number.

        Raises `DoorClosed`: nothing was filed. A time that cannot be kept is an error in the log, and no failure.
        """
        lock = self._busy.setdefault(message.key, asyncio.Lock())
        try:
            async with lock:
                taken = await self.take(message)
        finally:
            if not lock.locked():
                self._busy.pop(message.key, None)
        # Also when it was filed before: the time may not have been kept then, and the first one that was counts.
        noted = Answered(key=message.key, channel=message.channel, number=taken.number, sent_at=message.sent_at, answered_at=self.now())
        try:
            await self.book.keep(noted)
        except DoorClosed:  # it is filed: who were told that it is not would send it again, under another id
            log.error("答复用时未记下 the time to the answer was not kept: %s %s", message.channel, taken.number)
        return taken


def appeal_of(words: str) -> Appeal | None:
    """The type that a citizen named himself, as the first word of his message (投诉：…); None = a person must look."""
    begin = words.lstrip(" 　【[（(我要想")[:4]
    return next((appeal for appeal in _TYPES if begin.startswith(appeal)), None)


def accepted_words(number: str) -> str:
    """What he is answered. Never anything of what he wrote."""
    return f"【12345】您的诉求已受理，编号{number}。可凭编号和联系电话后四位查询进度。紧急情况请直接拨打110、119、120。"
