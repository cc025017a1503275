"""What the city's own system tells about a ticket: signed (console/signatures.py), written into its history, once per event."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from console.guard import Guard
from console.reception import source_of
from console.signatures import Signatures
from console.signed_request import described, read_signed
from console.ticket_bodies import printable
from hotline.access import Access, Actor, Role
from hotline.gate import Act
from tickets.commands import NoteOutside
from tickets.desk import TicketDesk

PATH: Final = "/api/v1/webhooks/status"


class StatusTold(BaseModel):
    """`event`: the system's own id of it, the same for the same event; `state`: its own word for where it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    number: str = Field(pattern=r"^[0-9A-Za-z-]{6,32}$")
    event: str = Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")
    state: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(printable)]
    words: Annotated[str, Field(max_length=1000), AfterValidator(printable)] = ""


@dataclass(frozen=True, kw_only=True)
class Webhooks:
    """Who may tell (their secrets), and to whom it is told."""

    signatures: Signatures
    desk: TicketDesk
    guard: Guard
    now: Callable[[], datetime]


def router(hooks: Webhooks) -> APIRouter:
    """200: it is written down, now or before. 404, 401, 409 (sent before), 422; 503: send it again, with a fresh nonce."""
    routes = APIRouter(tags=["外部系统"])

    @routes.post(PATH, summary="外部系统回传状态", openapi_extra=described(StatusTold))
    async def status(request: Request) -> JSONResponse:
        at = hooks.now()
        system, told = await read_signed(request, hooks.signatures, StatusTold, now=at)
        actor = actor_of(system)
        command = NoteOutside(system=system, event=told.event, state=told.state, words=told.words)
        ticket = await hooks.desk.do(told.number, command, actor, at)
        line = Access(at=at, actor=actor.id, act=Act.TICKET_OUTSIDE, ticket=ticket.number, source=source_of(request))
        await hooks.guard.done(line)
        return JSONResponse({"number": ticket.number, "words": "已记录 noted"})

    return routes


def actor_of(system: str) -> Actor:
    """The other system: good for this one act alone. It has the tickets that it was sent, confidential ones among them."""
    return Actor(id=f"t-{system}", roles=frozenset({Role.OFFICE}), cleared=3, scopes=frozenset({Act.TICKET_OUTSIDE.value, "tickets.read"}))
