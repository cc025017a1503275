"""拨测: ring an agent's phone and let it hear a draft, on the real line with the real flow, before anybody else does."""

import asyncio
from typing import Final

from agi.ami_link import AmiLink
from agi.variables import CALLER, VALUES
from app.line_book import LineBook
from app.settings import Secrets, Settings
from app.wall_clock import WallClock
from hotline.errors import LinkLost, MalformedInput
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
    """Keep the draft and ring. Raises `MalformedInput`, `LinkLost` when the line does not run, `Refused`."""
    phone = phone_of(agent, settings)
    draft = book.keep_draft(version, text)
    secret = secrets.ami_password.get_secret_value()
    link = AmiLink(host="127.0.0.1", port=settings.asterisk.ami_port, user=AMI_USER, secret=secret, clock=WallClock())
    async with asyncio.TaskGroup() as group:
        running = group.create_task(link.run())
        try:
            await _linked(link)
            await link.ask(originate(phone=phone, number=number, draft=draft))
        finally:
            running.cancel()
    return [f"坐席 {agent} 的话机正在振铃 its phone rings；接起就听到草稿 answer it and hear {draft}"]


async def _linked(link: AmiLink) -> None:
    try:
        await asyncio.wait_for(link.events.get(), LINKED_WITHIN_S)
    except TimeoutError:
        raise LinkLost("热线没有在运行，先运行 scripts/up；the line does not run: run scripts/up first") from None
