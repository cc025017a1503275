"""Which commands make sense of a ticket as it stands, for this actor: the buttons of a page. Pure; a decision asks everything again."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from hotline.access import Actor, NotAllowed
from tickets import commands as c
from tickets.authority import PERMITS, role_for
from tickets.intake import AMENDABLE
from tickets.moments import UNANSWERED, WITH_UNIT
from tickets.moves import TICKET_MOVES, TicketState
from tickets.rules import Rules
from tickets.ticket import Secrecy, Ticket

_S = TicketState


def _in(states: frozenset[TicketState]) -> Callable[[Ticket], bool]:
    return lambda ticket: ticket.state in states


def _extension_waits(ticket: Ticket) -> bool:
    return ticket.state in WITH_UNIT and ticket.extension is not None and ticket.extension.granted is None


def _may_extend(ticket: Ticket) -> bool:
    return ticket.state in WITH_UNIT and not _extension_waits(ticket)


def _to_be_told(ticket: Ticket) -> bool:
    return ticket.extension is not None and bool(ticket.extension.granted) and ticket.extension.told_at is None


def _written_owed(ticket: Ticket) -> bool:
    return ticket.reply is not None and ticket.reply.written_asked and not ticket.reply.written


SENSE: Final[Mapping[type[c.Command], Callable[[Ticket], bool]]] = MappingProxyType(
    {
        c.Amend: _in(AMENDABLE),
        c.SubDispatch: _in(UNANSWERED),
        c.SubReport: lambda ticket: bool(ticket.below),
        c.AssistReply: _in(WITH_UNIT | {_S.REPLIED}),
        c.Contact: _in(UNANSWERED),
        c.LogAttempt: _in(UNANSWERED),
        c.Reply: _in(UNANSWERED),
        c.AskWritten: lambda ticket: ticket.reply is not None and ticket.state in (_S.REPLIED, _S.CLOSED, _S.CALLED_BACK),
        c.GiveWritten: _written_owed,
        c.Judge: _in(frozenset({_S.IN_REVIEW})),
        c.AskExtension: _may_extend,
        c.DecideExtension: _extension_waits,
        c.TellExtension: _to_be_told,
        c.Explain: _in(WITH_UNIT),
        c.Urge: _in(WITH_UNIT | {_S.REPLIED}),
        c.SendNotice: _in(WITH_UNIT),
        c.HandToInspection: lambda ticket: bool(ticket.units),
        c.RaiseSecrecy: lambda ticket: ticket.secrecy < Secrecy.SECRET,
        c.Split: lambda ticket: not ticket.merged_into,
        c.Publish: lambda ticket: ticket.secrecy is Secrecy.OPEN,
        c.Unpublish: lambda ticket: ticket.published,
    }
)
"""Commands that move nothing, and when they say something; those that are not named always may."""


def possible_for(ticket: Ticket, actor: Actor, rules: Rules) -> tuple[str, ...]:
    """Addresses of the commands that this actor may give to this ticket as it stands. What he says may still be refused."""
    return tuple(address for address, command in c.COMMANDS.items() if command is not c.File and _may_give(command, ticket, actor, rules))


def _may_give(command: type[c.Command], ticket: Ticket, actor: Actor, rules: Rules) -> bool:
    event = PERMITS[command].event
    if event is not None and (ticket.state, event) not in TICKET_MOVES:
        return False
    if command in SENSE and not SENSE[command](ticket):
        return False
    try:
        role_for(actor, command, ticket, rules)
    except NotAllowed:
        return False
    return True
