"""窗口: everything that is asked of tickets over HTTP goes through here. Who sees what is written down before he sees it; who did what
stands in the ticket's history, and in the access log right after it.

Rules stand in tickets/; here is only who asked, for what, and what the access log says of it. A refusal's words may hold what somebody
wrote, so the log keeps its code and article alone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.filing import Filing
from console.guard import Guard
from console.problems import problem_of
from hotline.access import Access, Actor
from hotline.errors import HotlineError
from hotline.gate import Act
from tickets.alike import Candidate
from tickets.authority import PERMITS
from tickets.commands import Command, File
from tickets.desk import TicketDesk
from tickets.ports import Asked, NoSuchTicket, Tickets
from tickets.ticket import Secrecy
from tickets.views import View, seen_by

LISTED: Final = Act.TICKET_LIST
READ: Final = Act.TICKET_READ


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asks, and from where."""

    actor: Actor
    source: str


@dataclass(frozen=True, kw_only=True)
class TicketCounter:
    """One for the whole console."""

    desk: TicketDesk
    tickets: Tickets
    filing: Filing
    guard: Guard
    now: Callable[[], datetime]

    async def see(self, number: str, asker: Asker) -> View:
        """One ticket. Raises `NoSuchTicket`, `DoorClosed`."""
        try:
            view = await self.desk.see(number, asker.actor)
        except NoSuchTicket as error:
            await self._note(asker, READ, refused=error)
            raise
        await self._note(asker, READ, view.ticket.number)
        return view

    async def search(self, asked: Asked, asker: Asker) -> tuple[list[View], str]:
        """What he may see of what he asked for, and where the next page begins. Confidential ones are written down one by one."""
        await self.guard.let(asker.actor, LISTED, source=asker.source)
        page = await self.tickets.search(asked, asker.actor)
        views = [view for ticket in page.tickets if (view := seen_by(ticket, (), asker.actor, self.desk.rules)) is not None]
        kept = [view.ticket.number for view in views if view.ticket.secrecy > Secrecy.OPEN]
        await self._seen(asker, LISTED, kept)
        return views, page.next

    async def alike(self, number: str, asker: Asker) -> tuple[Candidate, ...]:
        """重复、同因的候选. For those who file and dispatch: whoever knows them knows who reported what."""
        await self.guard.let(asker.actor, Act.TICKET_FILE, source=asker.source, noted=False)
        found = await self.desk.alike(number, asker.actor)
        await self._seen(asker, READ, [number, *(each.number for each in found)])
        return found

    async def do(self, number: str, command: Command, asker: Asker, version: int | None = None) -> View | None:
        """Carry it out, and show what he may still see of it; None: he has lost sight of it by what he did.

        `version`: the one that he decided on; `VersionConflict` where it is another by now.
        """
        act = PERMITS[type(command)].act or READ
        try:
            ticket = await self.desk.do(number, command, asker.actor, self.now(), version=version)
        except HotlineError as error:
            await self._note(asker, act, "" if isinstance(error, NoSuchTicket) else number, refused=error)
            raise
        await self._done(asker, act, number)
        return seen_by(ticket, (), asker.actor, self.desk.rules)

    async def file(self, command: File, asker: Asker) -> tuple[str, View | None]:
        """Its number; and the ticket where it is new."""
        try:
            number, ticket = await self.filing.file(command, asker.actor)
        except HotlineError as error:
            await self._note(asker, Act.TICKET_FILE, refused=error)
            raise
        await self._done(asker, Act.TICKET_FILE, number)
        return number, seen_by(ticket, (), asker.actor, self.desk.rules) if ticket else None

    async def _note(self, asker: Asker, act: Act, number: str = "", *, refused: HotlineError | None = None) -> None:
        problem = problem_of(refused) if refused else None
        why = f"{problem.code} {problem.article}".strip() if problem else ""
        line = Access(at=self.now(), actor=asker.actor.id, act=act, ticket=number, done=problem is None, why=why, source=asker.source)
        await self.guard.log.keep(line)

    async def _done(self, asker: Asker, act: Act, number: str) -> None:
        await self.guard.done(Access(at=self.now(), actor=asker.actor.id, act=act, ticket=number, source=asker.source))

    async def _seen(self, asker: Asker, act: Act, numbers: Iterable[str]) -> None:
        at = self.now()
        lines = [Access(at=at, actor=asker.actor.id, act=act, ticket=number, source=asker.source) for number in numbers]
        if lines:
            await self.guard.log.keep(*lines)
