"""Doors that several rooms speak through. Each has one or two methods, a fake in tests/fakes and a check suite in tests/checks."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Protocol

from hotline.call_facts import CallFact
from hotline.identity import CallId
from hotline.line import Done, LineFact, LineOrder, Snapshot, Ways
from hotline.messages import Receipt, TicketDraft
from hotline.notices import Letter, Sent
from hotline.wishes import Wish


class Clock(Protocol):
    """Time as a door: `now` is aware (UTC), `sleep` is the only way to wait."""

    def now(self) -> datetime:
        """The present moment with its zone."""

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds, not before."""


class Telephony(Protocol):
    """The line: orders to it, facts from it."""

    async def do(self, order: LineOrder) -> Done | Snapshot | Ways:
        """Carry out one order. Raises `Refused` (the answer was no) or `LinkLost` (nobody knows)."""

    def facts(self) -> AsyncIterator[LineFact | Wish]:
        """Everything the line tells us, and what agents dial, in order, for ever. One reader."""


class Spotter(Protocol):
    """重点词: where the live recogniser says what it believes. Routing decides what follows; a spotted word alone transfers nobody."""

    async def spotted(self, call: CallId, service: str, *, agreed: bool = False) -> None:
        """He speaks of what belongs to this service (110, 120, 119, 122), or says yes to our offer of it (`agreed`). Often is fine.

        Raises `OurMistake` for another service, and `LinkLost` or `Refused` when nobody may have heard it: say it again.
        """


class Journal(Protocol):
    """The call journal (design.md §4.7): one line per fact, safe against the death of any writer."""

    def write(self, call: CallId, fact: CallFact) -> None:
        """Append one fact. Never blocks on the disk's sync and never raises for a full or broken disk: it counts and alarms."""

    def close(self, call: CallId) -> None:
        """Hand the finished journal over to the worker. Facts that come later still arrive, as a new revision."""


class TicketSink(Protocol):
    """Where drafts go: the embedded tickets, or the city's own system."""

    async def push(self, draft: TicketDraft) -> Receipt:
        """Deliver the draft at least once; the same key and revision twice have the effect of once. Raises `DoorClosed`."""


class Notifier(Protocol):
    """通知: an SMS gateway, or the outbox in which nothing is sent and everything can be read."""

    async def send(self, letter: Letter) -> Sent:
        """Deliver it; the same key twice has the effect of once. Raises `DoorClosed` (try later) or `NoticeRefused` (a person looks)."""
