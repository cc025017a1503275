"""A ticket is the sum of its entries: `evolve` adds one, `replay` all of them. Pure; whatever was decided stands in the entry itself."""

from collections.abc import Iterable

from hotline.errors import OurMistake
from tickets.changing import CHANGES_BY, Changes
from tickets.commands import File
from tickets.kinds import MOVING
from tickets.moves import TicketEvent, TicketState, next_state
from tickets.snapshot import read
from tickets.terms import Appeal
from tickets.ticket import (
    Entry,
    Link,
    Secrecy,
    Ticket,
)


def replay(history: Iterable[Entry]) -> Ticket:
    """The ticket that this history makes. Raises `OurMistake` for one that is empty or has a gap."""
    ticket: Ticket | None = None
    for entry in history:
        ticket = evolve(ticket, entry)
    if ticket is None:
        raise OurMistake("a ticket without a history")
    return ticket


def evolve(ticket: Ticket | None, entry: Entry) -> Ticket:
    """The ticket after this entry. Raises `OurMistake` when the entry is not the next one, `MoveRefused` when it never could happen."""
    if entry.seq != (0 if ticket is None else ticket.version) + 1:
        raise OurMistake(f"{entry.number}: entry {entry.seq} does not follow")
    if ticket is None:
        return _filed(entry)
    changes = CHANGES_BY[entry.what](ticket, entry)
    if entry.what in MOVING:
        changes["state"] = next_state(ticket.state, TicketEvent(entry.what.value), by=entry.role)
    return _with(ticket, {**changes, "version": entry.seq})


def _with(ticket: Ticket, changes: Changes) -> Ticket:
    """`dataclasses.replace` for a class with seventy fields and nothing to check: it takes a tenth of the time."""
    fresh = object.__new__(Ticket)
    fresh.__dict__.update(ticket.__dict__)
    fresh.__dict__.update(changes)
    return fresh


def _filed(entry: Entry) -> Ticket:
    values = dict(entry.values)
    extra = {name: values.pop(name) for name in ("redo_of", "redo_count", "repeats_final") if name in values}
    links = tuple(read(Link, link) for link in values.pop("links", ()))
    said = dict(read(File, values).__dict__)
    del said["transferred_to"], said["answered"]
    state = next_state(TicketState.DRAFT, TicketEvent.FILED, by=entry.role)
    hold = said["appeal"] is Appeal.REPORT or said["secrecy"] >= Secrecy.REPORT
    return Ticket(number=entry.number, version=1, state=state, filed_at=entry.at, links=links, hold=hold, **said, **extra)
