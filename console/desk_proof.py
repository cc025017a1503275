"""台席证明: whoever asks for something at a desk is who he says he is.

As long as nobody who works at a desk has an account, desks are believed, as before there were accounts; from the first such account on,
nobody is.
"""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import Request

from console.guard import Guard
from console.problems import Problem
from console.reception import Reception, source_of
from hotline.access import Actor, Role
from hotline.gate import Act, Subject

DESK_ROLES = frozenset({Role.AGENT, Role.SUPERVISOR, Role.CALLBACK_STAFF})
Prove = Callable[[Request], Awaitable[None]]


def desk_proof(reception: Reception, guard: Guard, taken_up: Callable[[], bool]) -> Prove:
    """A dependency for every endpoint of a desk. `taken_up`: somebody with one of `DESK_ROLES` has an account (may take a moment).

    Raises 401, or 403 when he acts as another, or has not the role. What he did is kept by routing (presence, audit); a no is kept here.
    """

    async def prove(request: Request) -> None:
        if not await asyncio.to_thread(taken_up):
            return
        actor = await asyncio.to_thread(reception.actor, request)
        by = await _by(request)
        if by is None:
            own = Subject(people=frozenset({f"p-{request.path_params.get('agent', '')}"}))
            await guard.let(actor, Act.DESK_WORK, subject=own, source=source_of(request), noted=False)
            return
        await guard.let(actor, Act.DESK_SUPERVISE, source=source_of(request), noted=False)
        _same(actor, by)

    return prove


def _same(actor: Actor, by: str) -> None:
    if actor.id != f"p-{by}":
        raise Problem(403, "not_yourself", "只能以本人的工号操作 you act by your own number only")


async def _by(request: Request) -> str | None:
    """In whose name a supervisor's request is made; None where it has no such word, and so is an agent's own."""
    try:
        body = await request.json()
    except ValueError:
        return None  # no JSON: the endpoint itself refuses it
    return str(body["by"]) if isinstance(body, dict) and "by" in body else None
