"""业务单 over HTTP: file, list, search, look, and every command of tickets.commands under its own address.

The routes of the commands are made of tickets.commands.COMMANDS and tickets.authority.PERMITS: a new command is a new address, with its
body, its roles and its article, without a line here.
"""

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, Field

from console import ticket_shown
from console.reception import source_of
from console.ticket_bodies import Moment, TicketBody, body_of, command_of, phone_of, printable
from console.ticket_counter import Asker, TicketCounter
from hotline.access import Actor, Role
from tickets.authority import PERMITS
from tickets.commands import COMMANDS, Command, File
from tickets.moves import TicketState
from tickets.ports import Asked
from tickets.terms import Appeal
from tickets.views import View

BASE: Final = "/api/v1/tickets"
MOST: Final = 100
"""Tickets on one page."""
Number = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{6,32}$", description="受理编号")]
Key = Annotated[str, Header(alias="Idempotency-Key", pattern=r"^[A-Za-z0-9._:-]{0,64}$", description="同一个键只登记一次")]
Seen = Annotated[
    str,
    Header(alias="If-Match", pattern=r'^("[0-9]{1,9}"|[0-9]{1,9})?$', description="看到的 version；已被别人改动时不办理，答409"),
]
Word = Annotated[str, Field(min_length=2, max_length=40), AfterValidator(printable)]
Code = Annotated[str, Field(max_length=32, pattern=r"^[A-Za-z0-9._-]*$")]
_SECRET: Final = {"Cache-Control": "no-store"}


class ListAsked(TicketBody):
    """What a list asks for; empty means any. Nothing of a citizen stands here: it is an address."""

    state: frozenset[TicketState] = Field(default=frozenset(), max_length=20)
    appeal: frozenset[Appeal] = Field(default=frozenset(), max_length=6)
    unit: Code = ""
    code: Code = ""
    place: Code = ""
    filed_from: Moment | None = None
    filed_before: Moment | None = None
    due_before: Moment | None = None
    published: bool = False
    after: Code = ""
    limit: int = Field(default=50, ge=1, le=MOST)


class SearchAsked(ListAsked):
    """The same with words and a number: it is posted, so that they stand in no address and no log."""

    words: tuple[Word, ...] = Field(default=(), max_length=5)
    phone: str = Field(default="", pattern=r"^(\+?[0-9]{3,20})?$")


def asked_of(said: ListAsked, area_code: str) -> Asked:
    """As the door takes it."""
    given = said.model_dump(exclude={"state", "appeal", "phone"})
    phone = phone_of(said.phone, area_code) if isinstance(said, SearchAsked) else ""
    return Asked(states=said.state, appeals=said.appeal, phone=phone, **given)


def router(counter: TicketCounter, who: Callable[..., Actor], *, area_code: str) -> APIRouter:
    """All of it. `who`: the dependency that proves who asks (`Reception.actor`); `area_code` completes local numbers."""
    routes = APIRouter(prefix=BASE, tags=["业务单"])

    def asking(request: Request, actor: Annotated[Actor, Depends(who)]) -> Asker:
        return Asker(actor=actor, source=source_of(request))

    _add_reading(routes, counter, asking, area_code)
    _add_filing(routes, counter, asking, area_code)
    for address, command in COMMANDS.items():
        if command is not File:
            _add_command(routes, counter, asking, area_code, address, command)
    return routes


Asking = Callable[..., Asker]


def _add_reading(routes: APIRouter, counter: TicketCounter, asking: Asking, area_code: str) -> None:
    @routes.get("", summary="业务单列表")
    async def listed(said: Annotated[ListAsked, Query()], asker: Annotated[Asker, Depends(asking)]) -> JSONResponse:
        return _page(*await counter.search(asked_of(said, area_code), asker))

    @routes.post("/search", summary="业务单查询")
    async def search(body: SearchAsked, asker: Annotated[Asker, Depends(asking)]) -> JSONResponse:
        return _page(*await counter.search(asked_of(body, area_code), asker))

    @routes.get("/{number}", summary="查看业务单")
    async def one(number: Number, asker: Annotated[Asker, Depends(asking)]) -> JSONResponse:
        return JSONResponse(ticket_shown.shown(await counter.see(number, asker)), headers=_SECRET)

    @routes.get("/{number}/history", summary="办理过程")
    async def history(number: Number, asker: Annotated[Asker, Depends(asking)]) -> JSONResponse:
        return JSONResponse({"entries": ticket_shown.entries((await counter.see(number, asker)).history)}, headers=_SECRET)

    @routes.get("/{number}/alike", summary="重复、同因的候选")
    async def alike(number: Number, asker: Annotated[Asker, Depends(asking)]) -> JSONResponse:
        found = await counter.alike(number, asker)
        said = [{"number": each.number, "points": each.points, "repeat": each.same_citizen, "reasons": each.reasons} for each in found]
        return JSONResponse({"candidates": said}, headers=_SECRET)


def _add_filing(routes: APIRouter, counter: TicketCounter, asking: Asking, area_code: str) -> None:
    body_model = body_of(File)

    @routes.post(
        "", summary=PERMITS[File].rule.words, description=_who(File), status_code=201, responses={200: {"description": "已登记过"}}
    )
    async def file(body: body_model, asker: Annotated[Asker, Depends(asking)], key: Key = "") -> JSONResponse:  # type: ignore[valid-type]
        own = f"api:{asker.actor.id}:{key}" if key else ""
        number, view = await counter.file(command_of(File, body, area_code=area_code, key=own), asker)
        said = ticket_shown.shown(view) if view else {}
        return JSONResponse({"number": number, "fresh": view is not None, **said}, status_code=201 if view else 200, headers=_SECRET)


def _add_command(routes: APIRouter, counter: TicketCounter, asking: Asking, area_code: str, address: str, command: type[Command]) -> None:
    body_model = body_of(command)

    @routes.post(f"/{{number}}/{address}", summary=PERMITS[command].rule.words, description=_who(command), name=address)
    async def do(
        number: Number,
        body: body_model,  # type: ignore[valid-type]
        asker: Annotated[Asker, Depends(asking)],
        seen: Seen = "",
    ) -> Response:
        version = int(seen.strip('"')) if seen else None
        view = await counter.do(number, command_of(command, body, area_code=area_code), asker, version)
        said = ticket_shown.shown(view) if view else {"words": "已办理，此件不再对您显示 done; you do not see it any more"}
        return JSONResponse({"number": number, **said}, headers=_SECRET)


def _page(views: list[View], after: str) -> JSONResponse:
    return JSONResponse({"tickets": [ticket_shown.line(view) for view in views], "next": after}, headers=_SECRET)


def _who(command: type[Command]) -> str:
    rule = PERMITS[command].rule
    roles = "、".join(role for role in Role if role in rule.by and role is not Role.CLOCK)
    return f"{(command.__doc__ or '').strip()}\n\n由{roles}办理（揭府办〔2015〕4号 第{rule.article}条）。"
