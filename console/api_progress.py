"""GET and POST /api/v1/progress: for the city's own pages and mini programs. A whole telephone number never stands in an address."""

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from console.progress import Known, ProgressDesk
from console.reception import source_of

PATH = "/api/v1/progress"
NUMBER = r"^[0-9A-Za-z-]{6,32}$"


class ProgressAsked(BaseModel):
    """`contact`: the contact number, an address on a medium, or the last four digits."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    number: str = Field(pattern=NUMBER)
    contact: str = Field(pattern=r"^(\+?[0-9]{4,20}|[a-z]{2,10}:[A-Za-z0-9_@.-]{1,64})$")


def router(desk: ProgressDesk) -> APIRouter:
    """Both answer alike: state, dates, and nothing of the matter."""
    routes = APIRouter(tags=["进度查询"])

    @routes.get(PATH, summary="进度查询：编号和电话后四位")
    async def by_ending(request: Request, number: str = Query(pattern=NUMBER), last4: str = Query(pattern=r"^[0-9]{4}$")) -> JSONResponse:
        return _shown(await desk.ask(number, last4, source_of(request)))

    @routes.post(PATH, summary="进度查询：编号和联系电话")
    async def by_contact(body: ProgressAsked, request: Request) -> JSONResponse:
        return _shown(await desk.ask(body.number, body.contact, source_of(request)))

    return routes


def _shown(known: Known) -> JSONResponse:
    steps = [{"what": what, "on": day.isoformat()} for what, day in known.steps]
    said = {"number": known.number, "state": known.state, "due": known.due, "steps": steps}
    return JSONResponse(said, headers={"Cache-Control": "no-store"})
