"""Who acts: every room is told by an `Actor`, and asks for no name, password or cookie itself. What he may do says hotline/gate.py.

What anybody saw or did, and what he was refused, is an `Access`: one line of the log that nobody changes (storage/access_log.py).
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from hotline.errors import HotlineError, MalformedInput

MOST_SECRET: Final = 3
"""涉密专渠: the highest secrecy level (article 10-2)."""
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


class Role(StrEnum):
    """As what somebody acts. One person may have several."""

    AGENT = "话务员"
    SUPERVISOR = "班长"
    HANDLER = "承办人"
    UNIT_LEADER = "单位领导"
    OFFICE = "市政管办"
    CALLBACK_STAFF = "回访员"
    ARCHIVIST = "档案专人"
    AUDITOR = "审计员"
    MONITOR = "监察（只读）"
    ADMINISTRATOR = "管理员"
    CLOCK = "系统"


UNIT_ROLES: Final = frozenset({Role.HANDLER, Role.UNIT_LEADER})
"""These act for one unit, and see its tickets only."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Whoever asks for something, proved already.

    `id`: "p-…" a person (`p-` and his 工号), "t-…" an API token, "clock" the system itself. `unit`: his unit's id, empty = the platform.
    `cleared`: the highest secrecy level that he may handle (article 10-2: 指定专门的工作人员), 0 = 公开 … 3 = 涉密专渠.
    `scopes`: what a token is for (names of acts or of their groups, hotline/gate.py); None = whatever his roles may do.
    """

    id: str
    roles: frozenset[Role]
    unit: str = ""
    cleared: int = 0
    scopes: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise MalformedInput(f"操作人编号不对 not an actor's id: {self.id[:80]!r}")
        if not 0 <= self.cleared <= MOST_SECRET:
            raise MalformedInput(f"涉密级别应为0到{MOST_SECRET} a secrecy level is 0 to {MOST_SECRET}: {self.cleared}")

    def has(self, *roles: Role) -> bool:
        """True if he has one of them."""
        return not self.roles.isdisjoint(roles)


SYSTEM: Final = Actor(id="clock", roles=frozenset({Role.CLOCK}), cleared=MOST_SECRET)
"""The clock's own acts: reminders, terms that ran out."""


class NotAllowed(HotlineError):
    """Not for this actor. Nothing changed. `article`: of 揭府办〔2015〕4号, empty = a rule of the house; `words`: why, and who may."""

    def __init__(self, words: str, *, article: str = "") -> None:
        super().__init__(words)
        self.words = words
        self.article = article


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who did or saw what, when, and what came of it. Ids and words of the house only: never a number, a name or a word of a citizen.

    `actor`: `Actor.id`, or empty where nobody was proved; `act`: hotline.gate.Act, or a word like "sign-in"; `ticket`: the number of the
    ticket, or the id of whatever else it was done to; `done`: False = refused; `why`: a refusal's reason, or his own; `source`: from where.
    """

    at: datetime
    actor: str
    act: str
    ticket: str = ""
    done: bool = True
    why: str = ""
    source: str = ""


class AccessLog(Protocol):
    """访问日志, append-only."""

    async def keep(self, *seen: Access) -> None:
        """Write these down, in order, all or none. Raises `DoorClosed`: then it must not be shown or done."""
