"""What only the system itself wants of a ticket: what the clock finds, and what one ticket's command brings to another one."""

from dataclasses import dataclass

from tickets.commands import Command
from tickets.ticket import Citizen, LinkKind, Ticket


@dataclass(frozen=True, kw_only=True)
class DeemAnswered(Command):
    """视为已答复 (article 14): three days in a row in vain, and the third one is over."""


@dataclass(frozen=True, kw_only=True)
class ReckonAgain(Command):
    """The holidays of a year were announced: provisional dates are reckoned anew."""


@dataclass(frozen=True, kw_only=True)
class OpenRedo(Command):
    """发回重办 (article 16): a new ticket that goes on where `of` ended."""

    of: Ticket
    why: str


@dataclass(frozen=True, kw_only=True)
class OpenSplit(Command):
    """The report that was in a complaint."""

    of: Ticket
    title: str
    content: str
    code: str
    accused: frozenset[str]
    appeal: str
    citizen: Citizen


@dataclass(frozen=True, kw_only=True)
class TakeIn(Command):
    """并单: the other ticket hangs on this one."""

    number: str


@dataclass(frozen=True, kw_only=True)
class LetGo(Command):
    """The other ticket goes its own way again."""

    number: str


@dataclass(frozen=True, kw_only=True)
class AnswerWithMain(Command):
    """The main ticket is reported closed: this citizen's answer is the same."""

    main: str
    text: str


@dataclass(frozen=True, kw_only=True)
class FallApart(Command):
    """The main ticket ended without an answer: this one goes on by itself."""

    main: str


@dataclass(frozen=True, kw_only=True)
class LinkBack(Command):
    """The other side of a link."""

    to: str
    how: LinkKind
