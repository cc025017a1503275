"""What a supervisor asks for at his desk (班长台): to be at a talk, and to move a waiting caller."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field

from console.asking import Ask, Body, answered
from hotline.wishes import MoveCaller, Supervise


class SupervisionWanted(Body):
    """`mode`: listen, whisper, barge, take_over."""

    by: str = Field(pattern=r"^[0-9]{2,8}$")
    agent: str
    mode: str


class MoveWanted(Body):
    """To the front; with `skills` to those who have them, with `agent` to him. `why` is kept in the audit."""

    by: str = Field(pattern=r"^[0-9]{2,8}$")
    skills: tuple[str, ...] = Field(default=(), max_length=8)
    agent: str = ""
    why: str = ""


def router(ask: Ask) -> APIRouter:
    """Talks of others, and the line."""
    routes = APIRouter()

    @routes.post("/api/supervise")
    async def supervise(body: SupervisionWanted) -> JSONResponse:
        return await answered(ask, Supervise(by=body.by, agent=body.agent, mode=body.mode))

    @routes.post("/api/callers/{call}/move")
    async def move(call: str, body: MoveWanted) -> JSONResponse:
        return await answered(ask, MoveCaller(by=body.by, call=call, skills=body.skills, agent=body.agent, why=body.why))

    return routes
