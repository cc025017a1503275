"""拨测: ring an agent's phone and let it hear a draft, on the real line with the real flow, before anybody else does."""

import asyncio
from typing import Final

from panoramisk.message import Message

from agi.ami_link import AmiLink, LinkUp
from agi.variables import CALLER, VALUES
from app.line_book import LineBook
from app.settings import Secrets, Settings
from app.wall_clock import WallClock
from hotline.errors import HotlineError, LinkLost, MalformedInput, Refused
from ivr.checkpoint import encode

AMI_USER: Final = "routing"
RING_S: Final = 30
LINKED_WITHIN_S: Final = 5.0
FROM_PHONES: Final = "from-phones"


def phone_of(agent: str, settings: Settings) -> str:
    """The agent's phone as Asterisk names it. Raises `MalformedInput` when there is no such agent."""
    known = [each.id for each in settings.agents]
    if agent not in known:
        there = "、".join(known) or "—"
        raise MalformedInput(f"{agent}: 没有这个坐席 no such agent；有 there are：{there}（config/hotline.toml）")
    return f"PJSIP/{agent}"


def originate(*, phone: str, number: str, draft: str) -> dict[str, str | list[str]]:
    """The AMI action: the phone rings, and who answers it is a citizen who dialled `number` and hears this draft."""
    return {
        "Action": "Originate",
        "ActionID": f"try-{draft}",
        "Channel": phone,
        "Context": FROM_PHONES,
        "Exten": number,
        "Priority": "1",
        "Async": "true",
        "Timeout": str(RING_S * 1000),
        "CallerID": f'"try" <{number}>',
        "Variable": [f"{VALUES}={encode({'plan': draft})}", f"{CALLER}="],
    }


async def try_call(text: str, version: str, *, agent: str, number: str, settings: Settings, secrets: Secrets, book: LineBook) -> list[str]:
    """Keep the draft and ring; returns once it was answered. Raises `MalformedInput`, `LinkLost` when the line does not run, `Refused`."""
    phone = phone_of(agent, settings)
    draft = book.keep_draft(version, text)
    secret = secrets.ami_password.get_secret_value()
    link = AmiLink(host="127.0.0.1", port=settings.asterisk.ami_port, user=AMI_USER, secret=secret, clock=WallClock())
    async with asyncio.TaskGroup() as group:
        running = group.create_task(link.run())
        failed = await _rung(link, originate(phone=phone, number=number, draft=draft))
        running.cancel()
    if failed:
        raise failed  # not from within the group: it would come out wrapped
    return [f"坐席 {agent} 已接起，正在听草稿 answered, and hears：{draft}；记录里也是这个名字 so does its record"]


async def _rung(link: AmiLink, action: dict[str, str | list[str]]) -> HotlineError | None:
    """Ring the phone until it is answered; returns what went wrong."""
    try:
        async with asyncio.timeout(LINKED_WITHIN_S):
            while not isinstance(await link.events.get(), LinkUp):
                pass
        await link.ask(action)
        async with asyncio.timeout(RING_S + LINKED_WITHIN_S):
            return None if await _picked_up(link, str(action["ActionID"])) else _nobody(action)
    except TimeoutError:
        return LinkLost("热线没有在运行，先运行 scripts/up；the line does not run: run scripts/up first")
    except HotlineError as error:
        return error


async def _picked_up(link: AmiLink, action_id: str) -> bool:
    while True:
        event = await link.events.get()
        if isinstance(event, Message) and (event.get("Event"), event.get("ActionID")) == ("OriginateResponse", action_id):
            return bool(event.get("Response") == "Success")


def _nobody(action: dict[str, str | list[str]]) -> Refused:
    return Refused(f"{action['Channel']}: 没有接，或话机没有登记 not answered, or the phone is not registered")
