"""Doors of the tickets. One check suite (tests/checks) runs on memory, SQLite and PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from hotline.access import Actor
from hotline.errors import HotlineError
from hotline.notices import Notice
from tickets.moments import Moment
from tickets.moves import TicketState
from tickets.terms import Appeal
from tickets.ticket import Entry, Ticket


class VersionConflict(HotlineError):
    """Somebody else has changed the ticket in between: nothing was written. Load it anew and decide again."""


class KeyTaken(HotlineError):
    """A ticket with this key of its channel is there already: nothing was written; `Tickets.by_key` tells its number."""


class NoSuchTicket(HotlineError):
    """There is none, or not for this actor: he cannot tell which."""


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A ticket as it is now, and all that happened to it, the first entry first."""

    ticket: Ticket
    history: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What became of one ticket. `was`: its version before (0: it is new). `moments` take the place of all that it had."""

    ticket: Ticket
    was: int
    entries: tuple[Entry, ...]
    notices: tuple[Notice, ...] = ()
    moments: tuple[Moment, ...] = ()
    kept_from: frozenset[str] = frozenset()
    """Units that must not find it: the accused and all below them, as the dispatch catalogue stands now."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a list or a search asks for; empty means any. Answers are ordered by the time of filing, newest first.

    `words`: each must stand in title, content or address (two characters and more). `unit`: who has it. `phone`: exactly this number.
    `due_before`: an answer is due before. `provisional`: only those whose date waits for an announcement. `after`: `Page.next`.
    """

    states: frozenset[TicketState] = frozenset()
    appeals: frozenset[Appeal] = frozenset()
    unit: str = ""
    code: str = ""
    place: str = ""
    words: tuple[str, ...] = ()
    phone: str = ""
    filed_from: datetime | None = None
    filed_before: datetime | None = None
    due_before: datetime | None = None
    provisional: bool = False
    published: bool = False
    after: str = ""
    limit: int = 50


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some tickets as they are stored: nobody is shown one but through tickets/views.py. `next`: where the next page begins, or empty."""

    tickets: tuple[Ticket, ...]
    next: str = ""


class Tickets(Protocol):
    """业务单 as they are kept."""

    async def load(self, number: str) -> Loaded | None:
        """The ticket with its history; None: no such number. Raises `DoorClosed`."""

    async def append(self, changes: Sequence[Change]) -> None:
        """All of them or none, in one transaction, with their notices and moments.

        Raises `VersionConflict`, `KeyTaken` or `DoorClosed`; nothing was written then.
        """

    async def next_number(self, day: date) -> str:
        """受理编号: never given twice. A number that is not used then is lost, and nobody minds."""

    async def by_key(self, key: str) -> str | None:
        """The number of the ticket that its channel calls so."""

    async def ripe(self, now: datetime, *, limit: int) -> Sequence[str]:
        """Numbers of tickets that have a moment at `now` or before, the oldest moment first, each once."""

    async def search(self, asked: Asked, actor: Actor) -> Page:
        """What the actor may know to exist (unit, accused, secrecy: `tickets.views.visible`), filtered where it is stored."""
