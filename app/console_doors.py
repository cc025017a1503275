"""业务单 at the console: every way in and out of tickets over HTTP, wired to this system's database, settings and secrets."""

import asyncio
import logging
import secrets as chance
from collections.abc import Iterable
from typing import Final

from fastapi import FastAPI
from sqlalchemy import Engine

from app.settings import Secrets, Settings
from app.ticket_desk import OpenDesk
from console import (
    api_answer_times,
    api_intake_sms,
    api_intake_wechat,
    api_open311,
    api_progress,
    api_ticket_calls,
    api_tickets,
    api_webhooks,
)
from console.api_intake_sms import SmsDesk
from console.api_intake_wechat import WechatDesk
from console.api_webhooks import Webhooks
from console.filing import Filing
from console.guard import Guard
from console.intake import Counter
from console.progress import ProgressDesk
from console.reception import Reception
from console.signatures import Signatures
from console.size_limit import SizeLimit
from console.telling import teller
from console.ticket_counter import TicketCounter
from console.wechat import SafeMode
from hotline.errors import BadSettings, DoorClosed, HotlineError
from hotline.ports import Clock
from storage.intake import AnswerTimesTable, SmsPartsTable

LOOK_S: Final = 10.0
"""So often what never came whole is looked for, and the units are read anew."""
log = logging.getLogger(__name__)


def with_tickets(
    app: FastAPI, opened: OpenDesk, settings: Settings, secrets: Secrets, *, reception: Reception, guard: Guard, clock: Clock
) -> SmsDesk:
    """Add all of it to this application, which says its problems. The desk of SMS must be looked after (`look_after`)."""
    writing, area_code = opened.engines[0], settings.sip.area_code
    filing = Filing(desk=opened.desk, tickets=opened.tickets, now=clock.now)
    counter = TicketCounter(desk=opened.desk, tickets=opened.tickets, filing=filing, guard=guard, now=clock.now)
    book = AnswerTimesTable(writing)
    written = Counter(take=filing.take, book=book, now=clock.now)
    progress = ProgressDesk(find=teller(opened.tickets), clock=clock, area_code=area_code)
    sms = _sms(written, writing, settings, secrets, clock)
    outside = Signatures(secrets=_signers(settings.intake.outside_systems, secrets))
    app.add_middleware(SizeLimit)
    for router in (
        api_tickets.router(counter, reception.actor, area_code=area_code),
        api_ticket_calls.router(counter, opened.tickets, reception.actor),
        api_intake_sms.router(sms),
        api_intake_wechat.router(_wechat(written, progress, settings, secrets, clock)),
        api_answer_times.router(book, reception.actor, guard, now=clock.now),
        api_progress.router(progress),
        api_open311.router(opened.desk, opened.tickets),
        api_webhooks.router(Webhooks(signatures=outside, desk=opened.desk, guard=guard, now=clock.now)),
    ):
        app.include_router(router)
    return sms


async def look_after(sms: SmsDesk, opened: OpenDesk, clock: Clock) -> None:
    """Every few seconds: take in SMS that never came whole, and follow the units as they are registered. Until it is cancelled."""
    while True:
        try:
            await asyncio.to_thread(opened.refresh)
            await sms.sweep()
        except DoorClosed as error:
            log.warning("业务单台暂时受阻，稍后重试 the desk of tickets has to wait: %s", error)
        except BadSettings as error:
            log.error("业务单规则有误，沿用原规则 the rules of tickets are wrong, the former ones stay: %s", error)
        except HotlineError as error:
            log.error("业务单台出错，稍后重试 the desk of tickets failed, tried again: %s", type(error).__name__)
        await clock.sleep(LOOK_S)


def _sms(written: Counter, writing: Engine, settings: Settings, secrets: Secrets, clock: Clock) -> SmsDesk:
    return SmsDesk(
        signatures=Signatures(secrets=_signers(settings.intake.sms_gateways, secrets)),
        parts=SmsPartsTable(writing),
        counter=written,
        area_code=settings.sip.area_code,
        now=clock.now,
    )


def _wechat(written: Counter, progress: ProgressDesk, settings: Settings, secrets: Secrets, clock: Clock) -> WechatDesk:
    intake, token = settings.intake, secrets.wechat_token.get_secret_value()
    safe = None
    if intake.wechat_app_id and intake.wechat_safe_mode:
        safe = SafeMode(token=token, app_id=intake.wechat_app_id, aes_key=secrets.wechat_aes_key.get_secret_value())
    token = token if intake.wechat_app_id else ""
    return WechatDesk(token=token, counter=written, look=progress.words, now=clock.now, chaos=chance.token_bytes, safe=safe)


def _signers(names: Iterable[str], secrets: Secrets) -> dict[str, bytes]:
    known = secrets.intake_secrets
    return {name: known[name].get_secret_value().encode() for name in names if name in known}
