"""通话与业务单: which calls nobody has filed yet, and the records of a ticket's calls.

Filing one is POST /api/v1/tickets with its id in `calls`. A record names who called, so it is for those who file and know the reporter; to
everybody else it is not there.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, Protocol

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse

from console.api_tickets import BASE, Number
from console.problems import not_there
from console.reception import source_of
from console.ticket_counter import Asker, TicketCounter
from hotline.access import Actor
from hotline.gate import Act

DRAFTS: Final = "/api/v1/drafts"
_SHOWN: Final = ("key", "revision", "channel", "called", "contact_phone", "received_at", "record")
_SECRET: Final = {"Cache-Control": "no-store"}


class CallBook(Protocol):
    """What the worker has put down of calls (storage/tickets.py)."""

    async def drafts(self, *, limit: int = 50) -> Sequence[dict[str, Any]]:
        """业务单草稿 that nobody has filed, the newest first. Raises `DoorClosed`."""

    async def records(self, number: str) -> Sequence[dict[str, Any]]:
        """The newest records of its calls (docs/call-record.schema.json). Raises `DoorClosed`."""


def router(counter: TicketCounter, calls: CallBook, who: Callable[..., Actor]) -> APIRouter:
    """Both for agents, supervisors and the office."""
    routes = APIRouter(tags=["业务单"])

    @routes.get(DRAFTS, summary="未立单的来电")
    async def drafts(
        request: Request, actor: Annotated[Actor, Depends(who)], limit: Annotated[int, Query(ge=1, le=100)] = 50
    ) -> JSONResponse:
        await counter.guard.let(actor, Act.TICKET_FILE, about="drafts", source=source_of(request))
        rows = [{name: row[name] for name in _SHOWN} for row in await calls.drafts(limit=limit)]
        return JSONResponse({"drafts": rows}, headers=_SECRET)

    @routes.get(f"{BASE}/{{number}}/calls", summary="业务单的通话记录")
    async def records(number: Number, request: Request, actor: Annotated[Actor, Depends(who)]) -> JSONResponse:
        asker = Asker(actor=actor, source=source_of(request))
        await counter.guard.let(actor, Act.TICKET_FILE, source=asker.source, noted=False)
        view = await counter.see(number, asker)
        if "calls" in view.hidden:
            raise not_there()
        return JSONResponse({"calls": list(await calls.records(number))}, headers=_SECRET)

    return routes
