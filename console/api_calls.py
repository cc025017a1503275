"""Calls that agents make and hand over, as a desk asks for them (点击呼出、转接)."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field

from console.asking import Ask, Body, answered
from hotline.wishes import CallOut, Transfer, TransferStep


class CallWanted(Body):
    """呼出: `ticket` is the number of the ticket that it is about."""

    number: str = Field(pattern=r"^\+?[0-9]{2,20}$")
    ticket: str = Field(default="", pattern=r"^[A-Za-z0-9._-]{0,40}$")


class TransferWanted(Body):
    """转接: `to`: agent:工号, skill:NAME, unit:NUMBER, queue, survey. `how`: blind, or attended (he asks them first)."""

    to: str = Field(pattern=r"^[A-Za-z0-9:._-]{1,60}$")
    how: str = Field(default="blind", pattern=r"^(blind|attended)$")


class StepWanted(Body):
    """What becomes of an attended transfer."""

    step: str = Field(pattern=r"^(complete|cancel|conference)$")


def router(ask: Ask) -> APIRouter:
    """Outgoing calls and transfers."""
    router = APIRouter()

    @router.post("/api/agents/{agent}/call")
    async def call(agent: str, body: CallWanted) -> JSONResponse:
        return await answered(ask, CallOut(agent=agent, number=body.number, ticket=body.ticket))

    @router.post("/api/agents/{agent}/transfer")
    async def transfer(agent: str, body: TransferWanted) -> JSONResponse:
        return await answered(ask, Transfer(agent=agent, to=body.to, how=body.how))

    @router.post("/api/agents/{agent}/transfer/step")
    async def step(agent: str, body: StepWanted) -> JSONResponse:
        return await answered(ask, TransferStep(agent=agent, step=body.step))

    return router
