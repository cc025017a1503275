"""考核指标 over HTTP: what a board shows of the day so far, and the calls behind every figure (routing/measures.py)."""

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from hotline.errors import HotlineError, MalformedInput

Read = Callable[[str, str, str], list[dict[str, Any]]]
"""(day or empty = today, group or empty, where the clock begins or empty) → a row for all calls, then one for each group."""
CallsBehind = Callable[[str, str], list[str]]
"""(day or empty, figure) → its calls. Both may take a moment, and raise `HotlineError`."""


def router(read: Read, calls_behind: CallsBehind) -> APIRouter:
    """Figures and their calls. 400 says what was asked for wrongly; 503: the ledger cannot be read now."""
    router = APIRouter()

    @router.get("/api/measures")
    async def measures(day: str = "", by: str = "", clock: str = "") -> JSONResponse:
        return await _answered(lambda: read(day, by, clock))

    @router.get("/api/measures/{figure}/calls")
    async def calls(figure: str, day: str = "") -> JSONResponse:
        return await _answered(lambda: calls_behind(day, figure))

    return router


async def _answered(ask: Callable[[], list[Any]]) -> JSONResponse:
    try:
        return JSONResponse(await asyncio.to_thread(ask))
    except (ValueError, KeyError, MalformedInput) as error:
        return JSONResponse({"words": f"没有这样的日期、分组或指标 no such day, group or figure: {error}"}, status_code=400)
    except HotlineError as error:
        return JSONResponse({"words": str(error)}, status_code=503)
