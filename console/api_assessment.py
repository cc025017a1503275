"""考核接口 (articles 25 to 27): the figures of a period, the tickets behind each, the bulletin as XLSX, and what was published.

A unit sees its own figures; who watches or leads the hotline sees all. What was published (通报) everybody sees who may read figures.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Protocol

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as InPath
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from assessment.bulletin import Bulletin, as_json, for_unit
from assessment.model import Period
from assessment.policy import month_of
from console.guard import Guard
from console.problems import Problem, not_there
from console.reception import Reception, source_of
from hotline.access import UNIT_ROLES, Actor
from hotline.gate import Act, Subject

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Month = Annotated[str, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="考核月，如 2026-11")]
UnitId = Annotated[str, Query(pattern=r"^[A-Za-z0-9._-]{0,64}$")]


class Assessment(Protocol):
    """What the console needs of it. Each may take seconds, is called in a thread, and raises `DoorClosed` or `MalformedInput`."""

    def bulletin(self, period: Period, *, cleared: int, now: datetime) -> Bulletin:
        """The figures as they stand now, without tickets that are more secret than `cleared` allows."""

    def publish(self, period: Period, *, by: str, now: datetime) -> dict[str, Any]:
        """Publish it. Returns what was published."""

    def published(self) -> Sequence[dict[str, Any]]:
        """What was published, the newest first."""

    def publication(self, bulletin_id: str) -> dict[str, Any] | None:
        """One of them."""


class PublishBody(BaseModel):
    """Which month."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    month: str = Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")


class _Reader:
    """One per request: who asks, and what he may see of it."""

    def __init__(self, assessment: Assessment, guard: Guard, actor: Actor, source: str, alone: asyncio.Lock) -> None:
        self.assessment = assessment
        self.actor = actor
        self.now = guard.now()
        self._guard = guard
        self._source = source
        self._alone = alone

    async def let(self, act: Act, *, about: str = "", unit: str = "") -> None:
        """Raises the gate's no. A unit reads what is its own."""
        units = frozenset({unit or self.actor.unit} - {""})
        await self._guard.let(self.actor, act, subject=Subject(units=units), about=about, source=self._source)

    async def publish(self, month: Period) -> dict[str, Any]:
        """What was published."""
        async with self._alone:
            return await asyncio.to_thread(self.assessment.publish, month, by=self.actor.id, now=self.now)

    async def bulletin(self, month: str) -> Bulletin:
        """The figures, and of a unit's people their own alone."""
        year, number = month.split("-")
        period = month_of(int(year), int(number))
        async with self._alone:
            found = await asyncio.to_thread(self.assessment.bulletin, period, cleared=self.actor.cleared, now=self.now)
        return for_unit(found, self.actor.unit) if self.actor.has(*UNIT_ROLES) else found


def router(reception: Reception, guard: Guard, assessment: Assessment) -> APIRouter:
    """All of it, under /api/v1/assessment."""
    router = APIRouter(prefix="/api/v1/assessment", tags=["考核"])
    alone = asyncio.Lock()  # a month is tens of thousands of histories: one reckoning at a time, and no thread waits for another

    def reader(request: Request, actor: Annotated[Actor, Depends(reception.actor)]) -> _Reader:
        return _Reader(assessment, guard, actor, source_of(request), alone)

    At = Annotated[_Reader, Depends(reader)]  # noqa: N806 - a type

    @router.get("", summary="考核数据，按月")
    async def figures(at: At, month: Month) -> dict[str, Any]:
        await at.let(Act.ASSESSMENT_READ, about=month)
        return as_json(await at.bulletin(month))

    @router.get("/figures/{measure}/tickets", summary="一个数背后的业务单")
    async def behind(
        at: At, measure: Annotated[str, InPath(pattern=r"^[a-z][a-z0-9_]{0,31}$")], month: Month, unit: UnitId = ""
    ) -> dict[str, Any]:
        await at.let(Act.ASSESSMENT_READ, about=month, unit=unit)
        figure = (await at.bulletin(month)).figure(measure, unit or (at.actor.unit if at.actor.has(*UNIT_ROLES) else ""))
        if figure is None:
            raise Problem(404, "not_found", "没有这个指标，或这个单位当月没有业务 no such figure in this month")
        return {"measure": measure, "unit": figure.unit, "based_on": list(figure.based_on), "counted": list(figure.counted)}

    @router.get("/bulletin.xlsx", summary="通报表，含逐件明细", response_class=Response, responses={200: {"content": {XLSX: {}}}})
    async def workbook(at: At, month: Month) -> Response:
        await at.let(Act.ASSESSMENT_READ, about=month)
        made = await asyncio.to_thread(_workbook, await at.bulletin(month))
        headers = {"Content-Disposition": f'attachment; filename="bulletin-{month}.xlsx"', "Cache-Control": "no-store"}
        return Response(made, media_type=XLSX, headers=headers)

    _publishing(router, reader)
    return router


def _workbook(bulletin: Bulletin) -> bytes:
    from assessment.bulletin_xlsx import bulletin_xlsx  # takes a second to import; the console must answer soon after a restart

    return bulletin_xlsx(bulletin)


def _publishing(router: APIRouter, reader: Any) -> None:  # noqa: ANN401 - a dependency, whatever FastAPI takes for one
    At = Annotated[_Reader, Depends(reader)]  # noqa: N806 - a type

    @router.post("/bulletins", status_code=201, summary="发布通报")
    async def publish(at: At, body: PublishBody) -> dict[str, Any]:
        await at.let(Act.ASSESSMENT_PUBLISH, about=body.month)
        year, number = body.month.split("-")
        period = month_of(int(year), int(number))
        if at.now < period.end:
            raise Problem(409, "not_now", "考核月还没有结束，不能发布 the month is not over yet", article="26")
        return await at.publish(period)

    @router.get("/bulletins", summary="已发布的通报")
    async def published(at: At) -> dict[str, Any]:
        await at.let(Act.ASSESSMENT_READ)
        return {"bulletins": await asyncio.to_thread(at.assessment.published)}

    @router.get("/bulletins/{bulletin_id}", summary="一期通报")
    async def publication(at: At, bulletin_id: Annotated[str, InPath(pattern=r"^[0-9]{8}-[0-9]{1,2}$")]) -> dict[str, Any]:
        await at.let(Act.ASSESSMENT_READ, about=bulletin_id)
        found = await asyncio.to_thread(at.assessment.publication, bulletin_id)
        if found is None:
            raise not_there()
        return found
