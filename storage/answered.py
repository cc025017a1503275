"""Which tickets were answered lately: for whoever makes up for what a process that died did not do any more. Reading only."""

import json
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Engine, select

from hotline.workdays import CHINA
from storage.tables import written
from storage.ticket_rows import entry_said, first_id
from storage.ticket_tables import ticket_entries, ticket_snapshots
from tickets.kinds import EntryKind
from tickets.snapshot import entry_of_json, of_json
from tickets.ticket import Entry, Ticket

ANSWERS: Final = (EntryKind.REPLIED.value, EntryKind.ANSWERED_AT_ONCE.value)
OLDEST: Final = timedelta(days=120)
"""Filed before that, a ticket is looked at no more: consultations are answered within days, and a million old tickets are not read."""


def answered_since(engine: Engine, since: datetime) -> list[tuple[Ticket, list[Entry]]]:
    """Each with its answers of that time; the database is let go before anything is done about them. Raises what the database raises."""
    from_id = first_id((since - OLDEST).astimezone(CHINA).date())
    lately = (ticket_entries.c.id >= from_id) & ticket_entries.c.what.in_(ANSWERS) & (ticket_entries.c.at >= written(since))
    with engine.connect() as connection:
        rows = connection.execute(select(ticket_entries).where(lately).order_by(ticket_entries.c.id, ticket_entries.c.seq)).mappings().all()
        by_ticket: dict[int, list[Entry]] = {}
        for row in rows:
            by_ticket.setdefault(row["id"], []).append(entry_of_json(entry_said(dict(row), str(row["id"]))))
        return [(_ticket(connection, number), entries) for number, entries in by_ticket.items()]


def _ticket(connection: Connection, number: int) -> Ticket:
    snapshot = connection.execute(select(ticket_snapshots.c.snapshot).where(ticket_snapshots.c.id == number)).scalar_one()
    return of_json(json.loads(snapshot))
