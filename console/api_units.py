"""单位接口 (articles 5, 9-7, 10-2): the office keeps members and decides on the third tier, which the units propose themselves."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from console.guard import Guard
from console.reception import Reception, source_of
from hotline.access import Actor
from hotline.accounts import OrgUnit, UnitState
from hotline.gate import Act, Subject, may

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Phone = Annotated[str, Field(pattern=r"^(\+?[0-9-]{5,20})?$")]


class UnitTable(Protocol):
    """单位 (storage/units.py). Each may take a moment, and raises `NotAllowed` or `MalformedInput`."""

    def keep(self, unit: OrgUnit, *, by: Actor, at: datetime) -> OrgUnit:
        """As the office wants it."""

    def propose(self, unit: OrgUnit, *, by: Actor, at: datetime) -> OrgUnit:
        """申报 (9-7)."""

    def decide(self, unit: str, *, yes: bool, why: str = "", by: Actor, at: datetime) -> OrgUnit:
        """同意 or not."""

    def report_secrecy(self, unit: str, rules: str, *, by: Actor, at: datetime) -> OrgUnit:
        """报备保密要求 (10-2)."""

    def all(self) -> tuple[OrgUnit, ...]:
        """Every unit."""


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class ProposalBody(_Body):
    """A unit of the third tier, as its unit wants it."""

    id: Id
    name: str = Field(min_length=1, max_length=64)
    above: Id
    duties: str = Field(min_length=1, max_length=4000)
    staff_phone: Phone = ""
    leader_phone: Phone = ""


class UnitBody(_Body):
    """A unit as the office keeps it; `closed`: nothing goes to it any more."""

    name: str = Field(min_length=1, max_length=64)
    tier: Literal[1, 2, 3] = 2
    place: str = Field(default="", max_length=32)
    above: Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$")] = ""
    duties: str = Field(default="", max_length=4000)
    secrecy_rules: str = Field(default="", max_length=4000)
    staff_phone: Phone = ""
    leader_phone: Phone = ""
    closed: bool = False


class DecisionBody(_Body):
    """同意 or not; a no needs its reason."""

    yes: bool
    why: str = Field(default="", max_length=400)


class SecrecyBody(_Body):
    """保密要求."""

    rules: str = Field(min_length=1, max_length=4000)


def router(reception: Reception, guard: Guard, table: UnitTable) -> APIRouter:
    """/api/v1/units."""
    routes = APIRouter(prefix="/api/v1", tags=["单位 units"])
    Asking = Annotated[Actor, Depends(reception.actor)]  # noqa: N806 - a type

    async def done(
        actor: Actor, act: Act, request: Request, change: Callable[[datetime], OrgUnit], subject: Subject | None = None
    ) -> dict[str, Any]:
        await guard.let(actor, act, subject=subject, source=source_of(request), noted=False)
        return _shown(await asyncio.to_thread(change, guard.now()), actor)

    @routes.get("/units")
    async def units(request: Request, actor: Asking) -> list[dict[str, Any]]:
        await guard.let(actor, Act.UNIT_READ, source=source_of(request), noted=False)  # no secret: a list of offices
        return [_shown(each, actor) for each in await asyncio.to_thread(table.all)]

    @routes.post("/units/proposals", status_code=201)
    async def propose(body: ProposalBody, request: Request, actor: Asking) -> dict[str, Any]:
        unit = OrgUnit(tier=3, **body.model_dump())
        about = Subject(units=frozenset({unit.above}))
        return await done(actor, Act.UNIT_PROPOSE, request, lambda at: table.propose(unit, by=actor, at=at), about)

    @routes.post("/units/{unit}")
    async def keep(unit: Id, body: UnitBody, request: Request, actor: Asking) -> dict[str, Any]:
        state = UnitState.CLOSED if body.closed else UnitState.APPROVED
        wanted = OrgUnit(id=unit, state=state, **body.model_dump(exclude={"closed"}))
        return await done(actor, Act.UNIT_MANAGE, request, lambda at: table.keep(wanted, by=actor, at=at))

    @routes.post("/units/{unit}/decision")
    async def decide(unit: Id, body: DecisionBody, request: Request, actor: Asking) -> dict[str, Any]:
        return await done(actor, Act.UNIT_APPROVE, request, lambda at: table.decide(unit, yes=body.yes, why=body.why, by=actor, at=at))

    @routes.post("/units/{unit}/secrecy-rules")
    async def secrecy(unit: Id, body: SecrecyBody, request: Request, actor: Asking) -> dict[str, Any]:
        return await done(actor, Act.UNIT_PROPOSE, request, lambda at: table.report_secrecy(unit, body.rules, by=actor, at=at))

    return routes


def _shown(unit: OrgUnit, actor: Actor) -> dict[str, Any]:
    """Duty telephones, and who handles what is secret, are for the office and for the unit itself."""
    own = may(actor, Act.UNIT_MANAGE).ok or bool(actor.unit and actor.unit in (unit.id, unit.above))
    return asdict(unit if own else replace(unit, staff_phone="", leader_phone="", secrecy_rules=""))
