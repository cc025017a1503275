"""What comes of a command: pure. Who may, whether it may be now, and every clause of the regulation is asked before anything changes.

`decide` gives the entries, the notices, and what it brings to other tickets; `tickets.evolving.evolve` makes the ticket of the entries.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from hotline.access import Actor
from hotline.errors import OurMistake
from hotline.notices import Notice
from tickets import closing, extending, gathering, guarding, handling, intake, sending, supervising
from tickets import commands as c
from tickets.authority import PERMITS, role_for
from tickets.decision import Case, Decision, Handler, Happened, Opener, Outcome
from tickets.evolving import evolve
from tickets.kinds import EntryKind
from tickets.moves import possible_now
from tickets.rules import Rules
from tickets.ticket import Entry, Fault, Secrecy, Ticket

HANDLERS: Final[Mapping[type[c.Command], Handler]] = MappingProxyType(
    {
        **intake.HANDLERS,
        **sending.HANDLERS,
        **handling.HANDLERS,
        **extending.HANDLERS,
        **closing.HANDLERS,
        **supervising.HANDLERS,
        **guarding.HANDLERS,
        **gathering.HANDLERS,
    }
)
OPENERS: Final[Mapping[type[c.Command], Opener]] = MappingProxyType({c.File: intake.file, **closing.OPENERS, **guarding.OPENERS})
"""These make a new ticket."""


def decide(
    ticket: Ticket | None,
    command: c.Command,
    *,
    by: Actor,
    at: datetime,
    rules: Rules,
    others: Mapping[str, Ticket] | None = None,
    fresh: str = "",
) -> Decision:
    """What happens then. `others`: the tickets that `names(command)` asks for; `fresh`: a new number, where `wants_number(command)`.

    Raises `NotAllowed` (not by him), `MoveRefused` (not now, with the article), `MalformedInput` (not like this); nothing has changed then.
    """
    if at.tzinfo is None:
        raise OurMistake("a decision needs a time with its zone")
    kind = type(command)
    role = role_for(by, kind, ticket, rules)
    case = Case(by=by, role=role, at=at, rules=rules, others=others or {}, fresh=fresh)
    if kind in OPENERS:
        if ticket is not None or not fresh:
            raise OurMistake(f"{kind.__name__} makes a new ticket and needs its number")
        return _decision(case, None, OPENERS[kind](case, command))
    if ticket is None:
        raise OurMistake(f"{kind.__name__} needs a ticket")
    event = PERMITS[kind].event
    if event is not None:
        possible_now(ticket.state, event)
    return _decision(case, ticket, HANDLERS[kind](case, ticket, command))


def names(command: c.Command) -> tuple[str, ...]:
    """Numbers of other tickets that must be looked at for it."""
    match command:
        case c.File(repeats=number) | c.Merge(into=number) | c.LinkTo(to=number):
            return (number,) if number else ()
        case _:
            return ()


def wants_number(command: c.Command) -> bool:
    """Whether a new ticket may come of it."""
    return isinstance(command, c.File | c.Split) or (isinstance(command, c.Judge) and command.fault is Fault.SUBJECTIVE)


def carried_out(ticket: Ticket | None, decision: Decision) -> Ticket:
    """The ticket after it. Raises `OurMistake` where nothing is left of a new one."""
    for entry in decision.entries:
        ticket = evolve(ticket, entry)
    if ticket is None:
        raise OurMistake("a new ticket without an entry")
    return ticket


def _decision(case: Case, ticket: Ticket | None, outcome: Outcome) -> Decision:
    number, first = (ticket.number, ticket.version + 1) if ticket else (case.fresh, 1)
    entries = tuple(_entry(case, number, first + place, each) for place, each in enumerate(outcome.happened))
    secrecy = _secrecy(ticket, outcome.happened)
    notices = tuple(
        Notice(kind=tell.kind, to=tell.to, ticket=number, seq=first, secrecy=secrecy, values={"ticket": number, **tell.values})
        for tell in outcome.tell
    )
    return Decision(entries=entries, notices=notices, follow_ups=outcome.follow_ups)


def _entry(case: Case, number: str, seq: int, happened: Happened) -> Entry:
    return Entry(number=number, seq=seq, at=case.at, by=case.by.id, role=case.role, what=happened.what, values=dict(happened.values))


def _secrecy(ticket: Ticket | None, happened: tuple[Happened, ...]) -> int:
    """The highest that the ticket has before or after."""
    named = [int(each.values["secrecy"]) for each in happened if "secrecy" in each.values]
    named += [int(each.values["to"]) for each in happened if each.what is EntryKind.SECRECY_RAISED]
    return max([int(ticket.secrecy) if ticket else 0, *named, int(Secrecy.OPEN)])
