"""进度查询: a citizen asks how far his matter is. State and dates only; never what it is about, and never a 举报.

Who asks must know the number and the contact number, or its last four digits. A wrong ending, a number that is not there, a report and a
confidential matter are answered alike and after the same time, so that nobody learns which numbers there are.
"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from console.problems import Problem
from console.tries import Tries
from hotline.errors import DoorClosed
from hotline.phone import read_caller
from hotline.ports import Clock

ENDING: Final = 4
FLOOR: Final = timedelta(milliseconds=300)
"""No answer comes sooner: what a look into the database took does not show."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What may be told of one ticket. `contacts`: number and address by which he is known; `steps`: what has happened, and on which day."""

    number: str
    contacts: tuple[str, ...]
    state: str
    due: str = ""
    steps: tuple[tuple[str, date], ...] = ()


Find = Callable[[str], Awaitable[Known | None]]
"""None: not there, or nothing may be told of it. Raises `DoorClosed`."""


@dataclass(kw_only=True)
class ProgressDesk:
    """进度查询台."""

    find: Find
    clock: Clock
    area_code: str
    _tries: Tries = field(default_factory=Tries)

    async def ask(self, number: str, contact: str, source: str = "") -> Known:
        """`contact`: the whole number, an address on a medium, or the last four digits; `source`: from where he asks.

        Raises `Problem` 404 or 429, `DoorClosed`.
        """
        begun = self.clock.now()
        try:
            return await self._ask(number, contact, source, begun)
        finally:
            await self.clock.sleep(max(0.0, (begun + FLOOR - self.clock.now()).total_seconds()))

    async def words(self, number: str, contact: str) -> str:
        """The same as one sentence, for a medium that proves `contact` itself (WeChat): he is his own source."""
        try:
            known = await self.ask(number, contact, source=contact)
        except Problem as problem:
            return problem.words.split(" ", 1)[0]
        due = f"，办理期限至{known.due}" if known.due else ""
        return f"编号{known.number}：{known.state}{due}。"

    async def _ask(self, number: str, contact: str, source: str, now: datetime) -> Known:
        ending = _is_ending(contact)
        if not self._tries.begin(number, source, now, ending=ending):
            raise Problem(429, "too_often", "查询次数过多，请一小时后再试 too many tries, try again in an hour")
        try:
            known = await self.find(number)
        except DoorClosed:
            self._tries.take_back(number, source, now, ending=ending)
            raise
        if known is None or not any(is_his(each, contact, self.area_code) for each in known.contacts):
            raise Problem(404, "not_found", "编号或联系电话不符，或此件不能查询进度 not this number, or nothing can be told of it")
        self._tries.take_back(number, source, now, ending=ending)
        return known


def _is_ending(said: str) -> bool:
    return len(said) == ENDING and said.isdecimal()


def is_his(known: str, said: str, area_code: str) -> bool:
    """Whether he named the contact, or the last four digits of a telephone number."""
    if _is_ending(said):
        return len(known) > ENDING and known.isdecimal() and hmac.compare_digest(known[-ENDING:].encode(), said.encode())
    whole = said if ":" in said else read_caller(said, area_code=area_code)
    return bool(known) and hmac.compare_digest(known.encode(), whole.encode())
