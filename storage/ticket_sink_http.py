"""TicketSink over HTTP: the city's own ticket system.

One `POST` of JSON per draft. `Idempotency-Key` is `<call id>/<revision>`: a backend that saw it answers with what it has, so that a lost
reply costs nothing. Expected answer: 2xx with `{"reference": "…", "fresh": true}`; both fields may be missing.
"""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

import httpx

from hotline.errors import DoorClosed
from hotline.messages import Receipt, TicketDraft
from tickets.model import DraftRefused

TRY_LATER = frozenset({408, 425, 429})
PAUSES_S = (0.2, 1.0)
"""Between the tries of one push; patience over hours is the outbox's."""

_TIMEOUT = httpx.Timeout(10.0, connect=3.0)


class HttpTicketSink:
    """The `TicketSink` door on an HTTP address. Use as an async context, within one event loop."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        timeout: httpx.Timeout = _TIMEOUT,
    ) -> None:
        """`token` is sent as a Bearer token when there is one."""
        self._url = url
        self._sleep = sleep
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # The machine's proxy settings are for the world outside, and a citizen's words do not go there.
        self._client = httpx.AsyncClient(timeout=timeout, headers=headers, trust_env=False)

    async def __aenter__(self) -> Self:
        """Nothing is connected yet."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def push(self, draft: TicketDraft) -> Receipt:
        """Deliver the draft. Raises `DoorClosed` (no answer, or one of the backend's troubles) and `DraftRefused` (it said no)."""
        for pause in PAUSES_S:
            try:
                return await self._push_once(draft)
            except DoorClosed:
                await self._sleep(pause)
        return await self._push_once(draft)

    async def _push_once(self, draft: TicketDraft) -> Receipt:
        headers = {"Idempotency-Key": f"{draft.key}/{draft.revision}"}
        try:
            answer = await self._client.post(self._url, json=dataclasses.asdict(draft), headers=headers)
        except httpx.RequestError as error:
            raise DoorClosed(f"ticket backend: no answer ({type(error).__name__})") from error
        if answer.status_code >= 500 or answer.status_code in TRY_LATER:
            raise DoorClosed(f"ticket backend: answered {answer.status_code}")
        if not answer.is_success:
            raise DraftRefused(f"ticket backend: refused with {answer.status_code}; see its log for {draft.key}/{draft.revision}")
        return _receipt(answer, draft)


def _receipt(answer: httpx.Response, draft: TicketDraft) -> Receipt:
    """What the backend said. One that says nothing of use has still accepted."""
    try:
        said = answer.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        said = {}
    return Receipt(reference=str(said.get("reference") or draft.key), fresh=said.get("fresh") is not False)
