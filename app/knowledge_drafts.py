"""咨询答复转知识草稿 (article 13-2): wired to what has just happened to tickets (tickets.desk.Aftermath)."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

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
        """Draft what must be drafted."""
        for change in changes:
            for answered in self._answered(change.ticket, change.entries):
                try:
                    await asyncio.to_thread(self._desk.draft_from, answered, at=datetime.now(UTC))
                except HotlineError as error:
                    log.error("咨询答复未能转为知识草稿 no draft was made of the answer to %s: %s", answered.ticket, error)

    def _answered(self, ticket: Ticket, entries: tuple[Entry, ...]) -> Iterator[Answered]:
        """Of an open consultation only: an answer to somebody who wants to be kept secret is nobody else's."""
        for entry in entries:
            if entry.what is EntryKind.REPLIED and entry.values.get("knowledge") and ticket.secrecy is Secrecy.OPEN and ticket.lead:
                yield Answered(
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
