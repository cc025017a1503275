"""A database that does not answer, as the console tells it: 503, try again. What it refuses for its contents is a mistake of ours, 500."""

import logging
from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy import exc

from console.problems import answer_of, problem_of
from hotline.errors import DoorClosed

AWAY: Final = (
    exc.OperationalError,
    exc.InterfaceError,
    exc.InternalError,
    exc.DisconnectionError,
    exc.TimeoutError,
    exc.InvalidRequestError,
)
"""Locked, full, taken away, restarted, or no connection is free."""
log = logging.getLogger(__name__)


def with_database(app: FastAPI) -> FastAPI:
    """The same application, which says its problems; rooms that speak to a database without a door of their own are covered, too."""

    async def away(_request: Request, error: Exception) -> JSONResponse:
        cause = getattr(error, "orig", None) or error
        log.error("数据库暂不可用 the database does not answer: %s (%s)", type(error).__name__, type(cause).__name__)
        return answer_of(problem_of(DoorClosed("数据库暂不可用 the database does not answer")))

    for kind in AWAY:
        app.add_exception_handler(kind, away)
    return app
