"""咨询答复转知识草稿 (article 13-2): wired to what has just happened to tickets (tickets.desk.Aftermath)."""

import asyncio
import logging
from collections.abc import Callable, Iterable

from hotline.errors import HotlineError
from knowledge.desk import Answered, KnowledgeDesk
from tickets.kinds import EntryKind
from tickets.ports import Change
from tickets.rules import Rules
from tickets.ticket import Entry, Secrecy, Ticket

log = logging.getLogger(__name__)


class KnowledgeDrafts:
    """The `Aftermath` door. Once for each ticket; what goes wrong here undoes nothing and is told to the log."""

    def __init__(self, desk: KnowledgeDesk, rules: Callable[[], Rules]) -> None:
        """`rules`: those of the moment, for the names of matters."""
        self._desk = desk
        self._rules = rules

    async def happened(self, changes: tuple[Change, ...]) -> None:
        """Draft what must be drafted, and keep which entry was answered from."""
        for change in changes:
            await asyncio.to_thread(self.take, change.ticket, change.entries)

    def take(self, ticket: Ticket, entries: Iterable[Entry]) -> int:
        """The same, for a ticket and some of its entries; may be repeated. Returns how many stand in the knowledge base now."""
        done = 0
        for entry in entries:
            try:
                done += self._taken(ticket, entry)
            except HotlineError as error:
                log.error("咨询答复未能转入知识库 %s did not get into the knowledge base: %s", ticket.number, error)
        return done

    def _taken(self, ticket: Ticket, entry: Entry) -> bool:
        if entry.what is EntryKind.ANSWERED_AT_ONCE:
            return self._desk.noted(str(entry.values["basis"]), ticket=ticket.number, by=entry.by, at=entry.at)
        answered = self._answered(ticket, entry)
        if answered is not None:
            self._desk.draft_from(answered, at=entry.at)
        return answered is not None

    def _answered(self, ticket: Ticket, entry: Entry) -> Answered | None:
        """Of an open consultation only: an answer to somebody who wants to be kept secret is nobody else's."""
        if (
            entry.what is not EntryKind.REPLIED
            or not entry.values.get("knowledge")
            or ticket.secrecy is not Secrecy.OPEN
            or not ticket.lead
        ):
            return None
        return Answered(
            ticket=ticket.number,
            unit=ticket.lead,
            title=self._matter(ticket.code),
            code=ticket.code,
            answer=str(entry.values["text"]),
            dispatched_at=ticket.dispatched_at or entry.at,
        )

    def _matter(self, code: str) -> str:
        """The matter's name in the dispatch catalogue: the citizen's own words stay his."""
        entry = self._rules().catalogue.entry(code)
        return f"{entry.name}咨询" if entry else "咨询答复"
