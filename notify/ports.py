"""Doors that only this room speaks through."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from hotline.notices import Notice, NoticeOutcome, Sent


class Waiting(Protocol):
    """The outbox (storage/notices.py): every method is one short transaction and may block."""

    def take(self, now: datetime, *, most: int = 50) -> Sequence[Notice]:
        """What should be sent now, leased for a minute."""

    def sent(self, key: str, sent: Sent, now: datetime, *, kept: bool = False) -> None:
        """It is out."""

    def refused(self, key: str, error: str) -> None:
        """A person must look."""

    def no_way(self, key: str) -> None:
        """He left no number; nothing is to be done."""

    def failed(self, key: str, error: str, now: datetime) -> NoticeOutcome:
        """Nobody answered: later, or a person after two days."""


class Numbers(Protocol):
    """Who is to be told: looked up at the moment of sending, kept nowhere."""

    def number_of(self, notice: Notice) -> str:
        """The telephone number of its recipient; empty when none is known. May block, may raise `DoorClosed` and `NoticeRefused`."""
