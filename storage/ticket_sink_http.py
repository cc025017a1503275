"""TicketSink over HTTP: the city's own ticket system.

One `POST` of JSON per draft. `Idempotency-Key` is `<call id>/<revision>`: a backend that saw it answers with what it has, so that a lost
reply costs nothing. Expected answer: 2xx with `{"reference": "…", "fresh": true}`; both fields may be missing.

A backend that knows no keys (`asks_first`) is asked by our number before anything is sent: what it has already is not sent, an earlier
revision is replaced where it stands (`PUT`), and whoever does not answer the question is sent nothing. A request whose fate is not
known must have had time to come to its end before that (`storage.outbox.Outbox.begin`).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

import httpx

from hotline.errors import DoorClosed
from hotline.messages import Receipt, TicketDraft
from storage.backend_http import TIMEOUT, Backend, Held
from tickets.model import DraftRefused

PAUSES_S = (0.2, 1.0)
"""Between the tries of one push; patience over hours is the outbox's."""


class HttpTicketSink:
    """The `TicketSink` door on an HTTP address. Use as an async context, within one event loop."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        secret: str = "",
        asks_first: bool = False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        timeout: httpx.Timeout = TIMEOUT,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`token` is sent as a Bearer token when there is one; with `secret` every request is signed (`storage.backend_http`)."""
        self._backend = Backend(url, token, secret, timeout=timeout, now=now)
        self._asks_first = asks_first
        self._sleep = sleep

    async def __aenter__(self) -> Self:
        """Nothing is connected yet."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the connections."""
        await self._backend.close()

    async def push(self, draft: TicketDraft) -> Receipt:
        """Deliver the draft. Raises `DoorClosed` (no answer, or one of the backend's troubles) and `DraftRefused` (it said no)."""
        if self._asks_first:
            return await self._ask_and_push(draft)
        for pause in PAUSES_S:
            try:
                return await self._push_once("POST", draft)
            except DoorClosed:
                await self._sleep(pause)
        return await self._push_once("POST", draft)

    async def _ask_and_push(self, draft: TicketDraft) -> Receipt:
        """Once: after a lost reply there must be time before the next question, and that is the outbox's."""
        held = await self._backend.by_number(draft.key)
        if len(held) > 1:
            raise DraftRefused(_doubled(held))
        if not held:
            return await self._push_once("POST", draft)
        (one,) = held
        if one.revision >= draft.revision:
            return Receipt(reference=one.reference, fresh=False)
        return await self._push_once("PUT", draft, reference=one.reference)

    async def _push_once(self, method: str, draft: TicketDraft, *, reference: str = "") -> Receipt:
        answer = await self._backend.send(method, draft, reference=reference)
        if not answer.is_success:
            raise DraftRefused(f"ticket backend: refused with {answer.status_code}; see its log for {draft.key}/{draft.revision}")
        return _receipt(answer, reference or draft.key)


def _doubled(held: tuple[Held, ...]) -> str:
    names = "、".join(each.reference for each in held)
    return f"对方系统里有 {len(held)} 份：{names}，请只留一份再重新推送 the backend has it {len(held)} times: leave one, then push again"


def _receipt(answer: httpx.Response, reference: str) -> Receipt:
    """What the backend said. One that says nothing of use has still accepted."""
    try:
        said = answer.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        said = {}
    return Receipt(reference=str(said.get("reference") or reference), fresh=said.get("fresh") is not False)
