"""短信受理: a gateway's inbound SMS over HTTP, signed (console/signatures.py). Parts of a long SMS are joined; each message is one ticket.

200 with the number and the words to send back; 202 while parts are missing. Anything else: send it again, with a fresh nonce.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from console.intake import Counter, Message, accepted_words
from console.signatures import Signatures
from console.signed_request import described, read_signed
from console.ticket_bodies import Moment
from hotline.errors import DoorClosed, HotlineError
from hotline.phone import read_caller
from hotline.sms import MOST_PARTS, PATIENCE, SmsGroup, SmsPart, SmsParts
from tickets.model import Channel

PATH = "/api/v1/intake/sms"
log = logging.getLogger(__name__)


class SmsBody(BaseModel):
    """One inbound SMS, or one part of a long one (`ref`, `part` of `parts`, as 3GPP TS 23.040 numbers them)."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    id: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    sender: Annotated[str, Field(alias="from", pattern=r"^\+?[0-9]{3,20}$")]
    text: str = Field(min_length=1, max_length=1000)
    sent_at: Moment
    ref: str = Field(default="", pattern=r"^[A-Za-z0-9]{0,16}$")
    part: int = Field(default=1, ge=1, le=MOST_PARTS)
    parts: int = Field(default=1, ge=1, le=MOST_PARTS)


@dataclass(frozen=True, kw_only=True)
class SmsDesk:
    """短信受理台. `area_code` completes local numbers of senders."""

    signatures: Signatures
    parts: SmsParts
    counter: Counter
    area_code: str
    now: Callable[[], datetime]

    async def take(self, gateway: str, body: SmsBody) -> str:
        """The number of its ticket; empty while parts are missing. Raises `DoorClosed`, and `MalformedInput` for impossible parts."""
        sender = read_caller(body.sender, area_code=self.area_code)
        part = SmsPart(
            gateway=gateway,
            id=body.id,
            sender=sender,
            text=body.text,
            sent_at=body.sent_at,
            ref=body.ref,
            index=body.part,
            total=body.parts,
        )
        group = await self.parts.keep(part, now=self.now())
        if group.number or not group.whole:
            return group.number
        return await self._file(group)

    async def sweep(self) -> int:
        """Take in what has waited long enough for its missing parts. Returns how many; raises `DoorClosed`.

        One that cannot be filed is an error in the log, and keeps nobody behind it waiting.
        """
        filed = 0
        for group in await self.parts.waiting(since_before=self.now() - PATIENCE):
            try:
                await self._file(group, answered=False)
                filed += 1
            except DoorClosed:
                raise
            except HotlineError as error:
                log.error("短信 %s 不能立单，请人工处理 cannot be filed, a person must look: %s", group.name, type(error).__name__)
        return filed

    async def _file(self, group: SmsGroup, *, answered: bool = True) -> str:
        if not group.whole:
            group = await self.parts.close(group)
            if group.number:
                return group.number
        first = group.parts[0]
        note = "" if group.whole else "长短信未收齐，请联系市民核实 parts of this SMS never came"
        message = Message(
            channel=Channel.SMS,
            key=f"sms:{group.name}",
            words=group.words,
            contact=first.sender,
            sent_at=group.sent_at,
            note=note,
            answered=answered,
        )
        taken = await self.counter.answer(message)
        await self.parts.filed(group, taken.number)
        return taken.number


def router(desk: SmsDesk) -> APIRouter:
    """One address for all gateways; each has its own secret."""
    routes = APIRouter(tags=["受理"])

    @routes.post(PATH, summary="短信上行", openapi_extra=described(SmsBody), responses={202: {"description": "等待长短信的其余部分"}})
    async def sms(request: Request) -> JSONResponse:
        gateway, body = await read_signed(request, desk.signatures, SmsBody, now=desk.now())
        number = await desk.take(gateway, body)
        if not number:
            return JSONResponse({"number": "", "reply": "", "words": "已收到，等待其余部分 the rest is waited for"}, status_code=202)
        return JSONResponse({"number": number, "reply": accepted_words(number), "words": "已受理 accepted"})

    return routes
