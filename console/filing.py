"""立单: what a citizen wrote becomes a ticket, once per key, whoever files it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from console.intake import LONGEST, Message, Taken, appeal_of
from console.ticket_bodies import CONTROL
from hotline.access import Actor, Role
from tickets.commands import File
from tickets.desk import TicketDesk
from tickets.ports import KeyTaken, Tickets
from tickets.terms import Appeal
from tickets.ticket import Citizen, Ticket

MEDIA: Final = Actor(id="t-intake", roles=frozenset({Role.AGENT}))
"""Files what comes by SMS or WeChat, before a person has looked at it."""
UNTYPED: Final = Appeal.HELP
"""A message that names no type: one with a short term, until a person has read and amended it. A stated choice."""
_TITLE: Final = 40
EMPTY: Final = "〔空白消息〕"


@dataclass(frozen=True, kw_only=True)
class Filing:
    """The desk, and the door behind which keys are known."""

    desk: TicketDesk
    tickets: Tickets
    now: Callable[[], datetime]

    async def file(self, command: File, by: Actor) -> tuple[str, Ticket | None]:
        """The number of the ticket, and the ticket where it is a new one. Raises what `TicketDesk.do` raises, but never `KeyTaken`."""
        known = await self.tickets.by_key(command.key) if command.key else None
        if known is not None:
            return known, None
        try:
            ticket = await self.desk.do(None, command, by, self.now())
        except KeyTaken:
            return await self._taken(command.key), None
        return ticket.number, ticket

    async def take(self, message: Message) -> Taken:
        """`console.intake.Take`: a message of a written medium."""
        number, ticket = await self.file(command_of(message), MEDIA)
        return Taken(number=number, fresh=ticket is not None)

    async def _taken(self, key: str) -> str:
        number = await self.tickets.by_key(key)
        if number is None:
            raise KeyTaken("该消息刚刚登记过，请稍后查询 it was filed in this moment; ask again")
        return number


def command_of(message: Message) -> File:
    """What is filed of it. The type only where the citizen named it; the title is how he begins. Nothing that he can send is no ticket."""
    whole = CONTROL.sub(" ", message.words).strip() or EMPTY
    words = whole[:LONGEST_CONTENT]
    cut = f"原文共{len(whole)}字，超出部分未收录" if len(whole) > LONGEST_CONTENT else ""
    note = "；".join(each for each in (message.note, cut) if each)
    content = f"{words}\n〔{note}〕" if note else words
    begin = words.splitlines()[0] if words else ""
    appeal = appeal_of(words)
    filed = File(
        channel=message.channel,
        appeal=appeal or UNTYPED,
        key=message.key,
        title=begin[:_TITLE],
        content=content,
        happened_at=None,
        answered=message.answered,
    )
    return replace(filed, citizen=citizen_of(message.contact))


def citizen_of(contact: str) -> Citizen:
    """By his number, or by his address on a medium ("wechat:…")."""
    return Citizen(account=contact) if ":" in contact else Citizen(phone=contact)


LONGEST_CONTENT: Final = min(LONGEST, 3900)
"""Room is left for a note within the 4000 characters of a ticket's content."""
