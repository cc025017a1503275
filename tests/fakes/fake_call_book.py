"""`console.api_ticket_calls.CallBook` in memory, beside `FakeTickets`."""

from collections.abc import Sequence
from typing import Any

from hotline.errors import DoorClosed
from tests.fakes.fake_tickets import FakeTickets


class FakeCallBook:
    """`kept`: the drafts by the ids of their calls."""

    def __init__(self, tickets: FakeTickets) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self._tickets = tickets

    async def drafts(self, *, limit: int = 50) -> Sequence[dict[str, Any]]:
        """Those whose call no ticket has."""
        if self._tickets.closed:
            raise DoorClosed("the fake tickets are closed")
        filed = {call for each in self._tickets.kept.values() for call in each.ticket.calls}
        return [row for call, row in reversed(self.kept.items()) if call not in filed][:limit]

    async def records(self, number: str) -> Sequence[dict[str, Any]]:
        """Of the calls of this ticket."""
        return [self.kept[call]["record"] for call in self._tickets.kept[number].ticket.calls if call in self.kept]
