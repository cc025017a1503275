"""What a desk may ask for over HTTP (台席接口): JSON on loopback. Every answer is in words, Chinese first.

200: done. 409: refused, and why. 503: nobody leads, or what became of it is not known. A colleague's part of it is its own file api_NAME.py
with a function `router(ask)`, and one line in ROUTERS.
"""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import Field

from console import api_calls, api_supervision
from console.asking import Ask, Body, answered
from console.board_page import board_page
from console.desk_proof import Prove
from hotline.wishes import AgentWants, ForcePresence

Live = Callable[[], Awaitable[dict[str, object] | None]]
"""The board as plain values, None = nothing fresh is known."""


class PresenceWanted(Body):
    """An agent's own wish. `what`: logged_on, logged_off, paused, ready, longer."""

    what: str
    reason: str = ""


class PresenceForced(PresenceWanted):
    """A supervisor's. `why` is kept in the audit."""

    by: str = Field(pattern=r"^[0-9]{2,8}$")
    why: str


def presence_router(ask: Ask) -> APIRouter:
    """An agent's presence (坐席状态)."""
    router = APIRouter()

    @router.post("/api/agents/{agent}/presence")
    async def want(agent: str, body: PresenceWanted) -> JSONResponse:
        return await answered(ask, AgentWants(agent=agent, what=body.what, reason=body.reason))

    @router.post("/api/agents/{agent}/force")
    async def force(agent: str, body: PresenceForced) -> JSONResponse:
        return await answered(ask, ForcePresence(agent=agent, what=body.what, reason=body.reason, by=body.by, why=body.why))

    return router


ROUTERS: Final[tuple[Callable[[Ask], APIRouter], ...]] = (presence_router, api_supervision.router, api_calls.router)


def with_api(
    app: FastAPI, ask: Ask, live: Live, reasons: Mapping[str, str] = MappingProxyType({}), *, prove: Prove | None = None
) -> FastAPI:
    """The same application with everything that a desk may ask for, and the board. `reasons`: of pauses, and what people call them.

    `prove`: who is at the desk (console/desk_proof.py); None: whoever reaches it is believed.
    """
    for make in ROUTERS:
        app.include_router(make(ask), dependencies=[Depends(prove)] if prove else [])

    @app.get("/api/board")
    async def board() -> JSONResponse:
        now = await live()
        if now is None:
            return JSONResponse({"words": "看板暂缺，通话不受影响 the board is empty now; calls go on"}, status_code=503)
        return JSONResponse(now)

    @app.get("/board")
    async def page() -> HTMLResponse:
        return HTMLResponse(board_page(await live(), reasons))

    return app
