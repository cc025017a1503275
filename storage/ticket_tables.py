"""The tables of tickets (tickets.ticket). `id` is the 受理编号 as a number: YYYYMMDD and six digits, so the newest ticket has the greatest.

Lists read narrow rows; what a ticket says stands beside them in `ticket_snapshots`. What is searched by words is storage/ticket_words.py's.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, event

from storage.tables import metadata
from storage.ticket_words import make_words

NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""SQLite stores a table in the order of its INTEGER key, and of no other."""

tickets = Table(
    "tickets",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("key", String(200), nullable=True, unique=True),
    Column("state", String(24), nullable=False),
    Column("appeal", String(8), nullable=False),
    Column("code", String(32), nullable=False),
    Column("place", String(32), nullable=False),
    Column("filed", String(32), nullable=False),
    Column("due", String(32), nullable=True),
    Column("provisional", Integer, nullable=False),
    Column("secrecy", Integer, nullable=False),
    Column("phone", String(32), nullable=True),
    Column("published", Integer, nullable=False),
    Index("ix_tickets_state", "state", "id"),
    Index("ix_tickets_code", "code", "id"),
    Index("ix_tickets_place", "place", "id"),
    Index("ix_tickets_phone", "phone", "id"),
    Index("ix_tickets_due", "due", "id"),
)
"""One row per 业务单. `key`: what its channel calls it. `due`: by when its unit owes the answer, while it does. `phone`: whose it is."""

Index("ix_tickets_published", tickets.c.id, sqlite_where=tickets.c.published == 1, postgresql_where=tickets.c.published == 1)
Index("ix_tickets_provisional", tickets.c.id, sqlite_where=tickets.c.provisional == 1, postgresql_where=tickets.c.provisional == 1)

ticket_snapshots = Table(
    "ticket_snapshots",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("snapshot", Text, nullable=False),
)
"""The ticket as its entries made it (tickets/snapshot.py)."""

ticket_entries = Table(
    "ticket_entries",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("what", String(32), nullable=False),
    Column("by", String(80), nullable=False),
    Column("role", String(16), nullable=False),
    Column("details", Text, nullable=False),
    Index("ix_ticket_entries_at", "at", "id"),
    sqlite_with_rowid=False,
)
"""The history; nothing here is ever changed."""

ticket_units = Table(
    "ticket_units",
    metadata,
    Column("unit", String(64), primary_key=True),
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("state", String(24), nullable=False),
    Index("ix_ticket_units_state", "unit", "state", "id"),
    Index("ix_ticket_units_id", "id"),
    sqlite_with_rowid=False,
)
"""Who has it, and may know that it exists: an accused unit stands here for none of its own reports."""

ticket_moments = Table(
    "ticket_moments",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("what", String(24), primary_key=True),
    Column("at", String(32), nullable=False),
    Index("ix_ticket_moments_at", "at", "id"),
    sqlite_with_rowid=False,
)
"""When the clock must look at it again (tickets/moments.py)."""

ticket_calls = Table(
    "ticket_calls",
    metadata,
    Column("call_id", String(32), primary_key=True),
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""通话与业务单: the drafts of these calls are filed; a later revision of a call's record arrives in its draft and is read from there."""

ticket_numbers = Table(
    "ticket_numbers",
    metadata,
    Column("day", String(8), primary_key=True),
    Column("last", Integer, nullable=False),
)
"""The last 受理编号 that was given on a day."""

event.listen(tickets, "after_create", make_words)
