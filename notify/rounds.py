"""Sends what waits in the outbox: a round takes a few notices, looks their numbers up, and writes down what became of each.

Whatever dies in between loses nothing: a notice that was taken and not answered for is due again after its lease, with the same key.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from hotline.errors import DoorClosed
from hotline.notices import CITIZEN, Notice, NoticeOutcome, NoticeRefused
from hotline.ports import Notifier
from notify.ports import Numbers, Waiting
from notify.templates import TextCatalogue, given, letter

AT_ONCE: Final = 8
"""So many are under way together: with a gateway that hangs, a round is still over long before a lease is."""
log = logging.getLogger("hotline.notify")


class NoticeRounds:
    """One sender. `kept`: no gateway is set up, and the notifier only keeps. `person`: called with each key that a person must look at.

    `own_words`: the text of a notice that somebody wrote for it alone; empty = it stands in the catalogue. May block; raises as `Numbers`.
    """

    def __init__(
        self,
        waiting: Waiting,
        numbers: Numbers,
        notifier: Notifier,
        texts: TextCatalogue,
        *,
        kept: bool = False,
        person: Callable[[str], None] = lambda _key: None,
        own_words: Callable[[Notice], str] = lambda _notice: "",
    ) -> None:
        self._waiting = waiting
        self._numbers = numbers
        self._notifier = notifier
        self._texts = texts
        self._kept = kept
        self._person = person
        self._own_words = own_words

    async def round(self, now: datetime) -> int:
        """Try what is due now. Returns how many were taken: with `AT_ONCE` of them there may be more."""
        taken = await asyncio.to_thread(self._waiting.take, now, most=AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for notice in taken:
                group.create_task(self._tell(notice, now))
        return len(taken)

    async def _tell(self, notice: Notice, now: datetime) -> None:
        try:
            number = await asyncio.to_thread(self._numbers.number_of, notice)
            if not number and not self._kept and notice.to == CITIZEN:
                await asyncio.to_thread(self._waiting.no_way, notice.key)
                return
            if not number and not self._kept:
                raise NoticeRefused("没有联系电话，请补登后重发 no number is known; add it and send again")
            words = await asyncio.to_thread(self._own_words, notice)
            worded = given(notice, self._texts, number, words) if words else letter(notice, self._texts, number)
            sent = await self._notifier.send(worded)
        except DoorClosed as error:
            outcome = await asyncio.to_thread(self._waiting.failed, notice.key, str(error), now)
            log.warning("通知未送达 notice %s: %s (%s)", notice.key, error, outcome)
            if outcome is NoticeOutcome.PERSON:
                self._person(notice.key)
        except NoticeRefused as error:
            await asyncio.to_thread(self._waiting.refused, notice.key, str(error))
            log.error("通知须人工处理 notice %s needs a person: %s", notice.key, error)
            self._person(notice.key)
        else:
            await asyncio.to_thread(self._waiting.sent, notice.key, sent, now, kept=self._kept)
