"""通知接口: what somebody was told about a ticket, the 《催办通知书》 as PDF, and what a person must send by hand (articles 11, 19)."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Request
from fastapi import Path as InPath
from fastapi.responses import Response

from console.guard import Guard
from console.problems import Problem, not_there
from console.reception import Reception, source_of
from hotline.access import UNIT_ROLES, Actor
from hotline.gate import Act
from hotline.notices import unit_of
from tickets.ports import NoSuchTicket
from tickets.views import View

Number = Annotated[str, InPath(pattern=r"^[0-9A-Za-z-]{6,32}$", description="受理编号")]
_PRIVATE = {"Cache-Control": "no-store"}


class Desk(Protocol):
    """The tickets' desk (tickets/desk.py)."""

    async def see(self, number: str, by: Actor) -> View:
        """As he may see it. Raises `NoSuchTicket`."""


class Outbox(Protocol):
    """storage/notices.py. Each may take a moment."""

    def of(self, ticket: str) -> Sequence[Mapping[str, Any]]:
        """Every notice of a ticket."""

    def persons(self) -> Sequence[Mapping[str, Any]]:
        """What a person must look at."""

    def begin_anew(self, now: datetime) -> int:
        """All of these are tried again."""


class Draw(Protocol):
    """《催办通知书》 of a ticket as somebody sees it; None when none was issued. May take a second."""

    def __call__(self, view: View, *, copy_to_leader: bool) -> bytes | None: ...


def router(reception: Reception, guard: Guard, desk: Desk, outbox: Outbox, draw: Draw) -> APIRouter:
    """All of it."""
    routes = APIRouter(tags=["通知"])
    Who = Annotated[Actor, Depends(reception.actor)]  # noqa: N806 - a type

    async def seen(number: str, actor: Actor, request: Request) -> View:
        await guard.let(actor, Act.TICKET_READ, source=source_of(request), noted=False)
        try:
            view = await desk.see(number, actor)
        except NoSuchTicket:
            raise not_there() from None
        await guard.let(actor, Act.TICKET_READ, about=number, source=source_of(request))
        return view

    @routes.get("/api/v1/tickets/{number}/notices", summary="就此业务单发过的通知")
    async def notices(number: Number, actor: Who, request: Request) -> dict[str, Any]:
        await seen(number, actor, request)
        found = await asyncio.to_thread(outbox.of, number)
        unit = actor.unit if actor.has(*UNIT_ROLES) else ""
        return {"notices": [_line(row) for row in found if not unit or unit_of(row["recipient"]) == unit]}

    @routes.get(
        "/api/v1/tickets/{number}/urging-notice.pdf",
        summary="《业务催办通知书》",
        response_class=Response,
        responses={200: {"content": {"application/pdf": {}}}},
    )
    async def document(number: Number, actor: Who, request: Request, copy: bool = False) -> Response:
        view = await seen(number, actor, request)
        drawn = await asyncio.to_thread(draw, view, copy_to_leader=copy)
        if drawn is None:
            raise Problem(404, "not_found", "没有发过催办通知书 no notice was issued", article="19")
        headers = {"Content-Disposition": f'inline; filename="urging-notice-{view.ticket.number}.pdf"', **_PRIVATE}
        return Response(drawn, media_type="application/pdf", headers=headers)

    @routes.get("/api/v1/notices/for-a-person", summary="须人工发送的通知")
    async def persons(actor: Who, request: Request) -> dict[str, Any]:
        await guard.let(actor, Act.TICKET_URGE, source=source_of(request))
        return {"notices": [_line(row) for row in await asyncio.to_thread(outbox.persons) if row["secrecy"] <= max(actor.cleared, 2)]}

    @routes.post("/api/v1/notices/again", summary="重新发送须人工处理的通知")
    async def again(actor: Who, request: Request) -> dict[str, int]:
        await guard.let(actor, Act.TICKET_URGE, source=source_of(request))
        return {"again": await asyncio.to_thread(outbox.begin_anew, guard.now())}

    return routes


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    """No number stands in the outbox, and none here."""
    return {name: row[name] for name in ("ticket", "kind", "recipient", "state", "created", "told", "attempts", "error")}
