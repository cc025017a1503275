"""帐号接口: people, tokens and the access log, for administrators and auditors. What it changes is written down by the tables."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from console.guard import Guard
from console.problems import Problem
from console.reception import Reception, source_of
from hotline.access import MOST_SECRET, Actor, Role
from hotline.accounts import ApiToken, Person
from hotline.gate import GRANTS, Act

UnitId = Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$")]
Cleared = Annotated[int, Field(ge=0, le=MOST_SECRET)]
Roles = Annotated[tuple[Role, ...], Field(min_length=1, max_length=len(Role))]
Login = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,31}$")]


class PeopleTable(Protocol):
    """人员 (storage/people.py). Each may take a moment, and raises `NotAllowed` or `MalformedInput`."""

    def add(self, person: Person, *, by: Actor, at: datetime) -> str:
        """Returns his one-time password."""

    def change(self, person: Person, *, by: Actor, at: datetime) -> None:
        """He is signed out everywhere."""

    def reset(self, login: str, *, by: Actor, at: datetime) -> str:
        """Returns a new one-time password."""

    def all(self) -> tuple[Person, ...]:
        """Everybody."""


class TokenTable(Protocol):
    """接口令牌 (storage/api_tokens.py)."""

    def make(self, wanted: ApiToken, *, by: Actor, at: datetime) -> tuple[ApiToken, str]:
        """The token and its secret, told once."""

    def withdraw(self, token: str, *, by: Actor, at: datetime) -> None:
        """It opens nothing any more."""

    def all(self) -> tuple[ApiToken, ...]:
        """Every token that there was."""


class LogReading(Protocol):
    """访问日志, as an auditor reads it (storage/access_log.py)."""

    def lines(self, *, ticket: str = "", actor: str = "", before: int = 0, count: int = 100) -> tuple[dict[str, Any], ...]:
        """The latest first."""


@dataclass(frozen=True, kw_only=True)
class Offices:
    """What the endpoints work on."""

    people: PeopleTable
    tokens: TokenTable
    log: LogReading


class PersonBody(BaseModel):
    """A person as he shall be."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    roles: Roles
    unit: UnitId = ""
    cleared: Cleared = 0
    name: str = Field(default="", max_length=32)
    enabled: bool = True


class NewPersonBody(PersonBody):
    """Somebody new."""

    login: Login


class TokenBody(BaseModel):
    """A token as it shall be."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(min_length=1, max_length=64)
    roles: Roles
    scopes: Annotated[tuple[Annotated[str, Field(max_length=40)], ...], Field(min_length=1, max_length=64)]
    expires: AwareDatetime
    unit: UnitId = ""
    cleared: Cleared = 0


def router(reception: Reception, guard: Guard, offices: Offices) -> APIRouter:
    """/api/v1/people, /api/v1/tokens, /api/v1/access-log, /api/v1/roles."""
    routes = APIRouter(prefix="/api/v1", tags=["帐号 accounts"])
    _people(routes, reception, guard, offices.people)
    _tokens(routes, reception, guard, offices.tokens)
    _reading(routes, reception, guard, offices.log)
    return routes


def _people(routes: APIRouter, reception: Reception, guard: Guard, table: PeopleTable) -> None:
    @routes.get("/people")
    async def everybody(request: Request, actor: Annotated[Actor, Depends(reception.actor)]) -> list[dict[str, Any]]:
        await guard.let(actor, Act.PEOPLE_READ, source=source_of(request))
        everybody = await asyncio.to_thread(table.all)
        return [_person(each) for each in everybody if not actor.unit or each.unit == actor.unit]

    @routes.post("/people", status_code=201)
    async def add(
        body: NewPersonBody, request: Request, response: Response, actor: Annotated[Actor, Depends(reception.actor)]
    ) -> dict[str, Any]:
        await guard.let(actor, Act.PEOPLE_MANAGE, source=source_of(request), noted=False)
        person = _wanted(body.login, body)
        password = await asyncio.to_thread(lambda: table.add(person, by=actor, at=guard.now()))
        return _told_once(response, {"person": _person(replace(person, must_change_password=True)), "password": password})

    @routes.post("/people/{login}", status_code=204)
    async def change(login: Login, body: PersonBody, request: Request, actor: Annotated[Actor, Depends(reception.actor)]) -> None:
        await guard.let(actor, Act.PEOPLE_MANAGE, source=source_of(request), noted=False)
        person = _wanted(login, body)
        await asyncio.to_thread(lambda: table.change(person, by=actor, at=guard.now()))

    @routes.post("/people/{login}/reset")
    async def reset(
        login: Login, request: Request, response: Response, actor: Annotated[Actor, Depends(reception.actor)]
    ) -> dict[str, Any]:
        await guard.let(actor, Act.PEOPLE_MANAGE, source=source_of(request), noted=False)
        return _told_once(response, {"password": await asyncio.to_thread(lambda: table.reset(login, by=actor, at=guard.now()))})


def _tokens(routes: APIRouter, reception: Reception, guard: Guard, table: TokenTable) -> None:
    @routes.get("/tokens")
    async def tokens(request: Request, actor: Annotated[Actor, Depends(reception.actor)]) -> list[dict[str, Any]]:
        await guard.let(actor, Act.TOKENS_MANAGE, source=source_of(request))
        return [_token(each) for each in await asyncio.to_thread(table.all)]

    @routes.post("/tokens", status_code=201)
    async def make(
        body: TokenBody, request: Request, response: Response, actor: Annotated[Actor, Depends(reception.actor)]
    ) -> dict[str, Any]:
        await guard.let(actor, Act.TOKENS_MANAGE, source=source_of(request), noted=False)
        wanted = ApiToken(
            id="t-new",
            name=body.name,
            roles=frozenset(body.roles),
            scopes=frozenset(body.scopes),
            expires=body.expires,
            unit=body.unit,
            cleared=body.cleared,
        )
        token, told = await asyncio.to_thread(lambda: table.make(wanted, by=actor, at=guard.now()))
        return _told_once(response, {"token": _token(token), "secret": told})

    @routes.post("/tokens/{token}/withdraw", status_code=204)
    async def withdraw(token: str, request: Request, actor: Annotated[Actor, Depends(reception.actor)]) -> None:
        await guard.let(actor, Act.TOKENS_MANAGE, source=source_of(request), noted=False)
        if "\0" in token:
            raise Problem(404, "not_found", "没有这个令牌 no such token")
        await asyncio.to_thread(lambda: table.withdraw(token, by=actor, at=guard.now()))


def _reading(routes: APIRouter, reception: Reception, guard: Guard, log: LogReading) -> None:
    @routes.get("/access-log")
    async def lines(
        request: Request,
        actor: Annotated[Actor, Depends(reception.actor)],
        ticket: Annotated[str, Query(pattern=r"^[A-Za-z0-9._-]{0,80}$")] = "",
        by: Annotated[str, Query(pattern=r"^[A-Za-z0-9._-]{0,80}$")] = "",
        before: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    ) -> list[dict[str, Any]]:
        await guard.let(actor, Act.AUDIT_READ, source=source_of(request))
        return list(await asyncio.to_thread(lambda: log.lines(ticket=ticket, actor=by, before=before)))

    @routes.get("/roles")
    async def roles(_actor: Annotated[Actor, Depends(reception.actor)]) -> list[dict[str, Any]]:
        return [
            {
                "act": act.value,
                "words": grant.words,
                "article": grant.article,
                "anywhere": sorted(grant.anywhere - {Role.CLOCK}),
                "own": sorted(grant.own),
            }
            for act, grant in GRANTS.items()
        ]


def _wanted(login: str, body: PersonBody) -> Person:
    return Person(login=login, roles=frozenset(body.roles), unit=body.unit, cleared=body.cleared, name=body.name, enabled=body.enabled)


def _person(each: Person) -> dict[str, Any]:
    return {
        "id": each.id,
        "login": each.login,
        "name": each.name,
        "roles": sorted(each.roles),
        "unit": each.unit,
        "cleared": each.cleared,
        "enabled": each.enabled,
        "must_change_password": each.must_change_password,
    }


def _token(each: ApiToken) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name,
        "roles": sorted(each.roles),
        "scopes": sorted(each.scopes),
        "unit": each.unit,
        "cleared": each.cleared,
        "expires": each.expires.isoformat(),
        "enabled": each.enabled,
    }


def _told_once(response: Response, body: dict[str, Any]) -> dict[str, Any]:
    response.headers["Cache-Control"] = "no-store"
    return body
