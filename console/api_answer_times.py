"""答复用时: how soon written messages were answered (GB/T 33358: 三分钟), and which ones were not."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse

from console.guard import Guard
from console.reception import source_of
from hotline.access import Actor
from hotline.answer_times import AnswerBook, figures
from hotline.gate import Act

PATH: Final = "/api/v1/intake/answer-times"


def router(book: AnswerBook, who: Callable[..., Actor], guard: Guard, *, now: Callable[[], datetime]) -> APIRouter:
    """By channel, of the last days. Every figure leads to its messages."""
    routes = APIRouter(tags=["受理"])

    @routes.get(PATH, summary="书面渠道答复用时")
    async def answer_times(
        request: Request, actor: Annotated[Actor, Depends(who)], days: Annotated[int, Query(ge=1, le=366)] = 1
    ) -> JSONResponse:
        await guard.let(actor, Act.ASSESSMENT_READ, source=source_of(request))
        told = figures(await book.since(now() - timedelta(days=days)))
        return JSONResponse({"channels": [asdict(each) for each in told]}, headers={"Cache-Control": "no-store"})

    return routes
