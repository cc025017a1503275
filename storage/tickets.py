"""业务单 in a database: the `Tickets` door (tickets/ports.py) on SQLite and on PostgreSQL.

What one change brings stands there altogether or not at all: entries, snapshot, whose it is, its moments, its words, and what must be told.
A ticket is changed only from the version that was looked at, so that two who decide at once never overwrite each other.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, delete, func, insert, select, text, update
from sqlalchemy.exc import DisconnectionError, IntegrityError, SQLAlchemyError

from hotline.access import Actor
from hotline.errors import DoorClosed
from storage.notice_tables import notices
from storage.notices import notice_rows
from storage.tables import ticket_drafts, written
from storage.ticket_rows import call_rows, entry_row, entry_said, id_of, moment_rows, number_of, snapshot_of, ticket_row, unit_rows
from storage.ticket_search import find
from storage.ticket_tables import ticket_calls, ticket_entries, ticket_moments, ticket_snapshots, ticket_units, tickets
from storage.ticket_words import index_words, indexed
from tickets.ports import Asked, Change, KeyTaken, Loaded, Page, VersionConflict
from tickets.snapshot import entry_of_json, of_json

Answer = TypeVar("Answer")

_NEXT = text(
    "INSERT INTO ticket_numbers (day, last) VALUES (:day, 1) ON CONFLICT (day) DO UPDATE SET last = ticket_numbers.last + 1 RETURNING last"
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class StoredTickets:
    """The `Tickets` door. Every method is one short transaction in a thread; `DoorClosed` when the database does not answer."""

    def __init__(self, writing: Engine, *, reading: Engine | None = None, now: Callable[[], datetime] = _utc_now) -> None:
        """`writing`: of `storage.engine.open_for_writing` or `open_postgres`; `reading`: of `open_for_reading`, if that is another."""
        self._writing = writing
        self._reading = reading or writing
        self._now = now

    async def load(self, number: str) -> Loaded | None:
        """The ticket with its history."""
        return await self._ask(self._reading, lambda connection: _loaded(connection, number))

    async def append(self, changes: Sequence[Change]) -> None:
        """All of them or none. Raises `VersionConflict`, `KeyTaken`; nothing was written then."""
        told = self._now()
        try:
            await self._ask(self._writing, lambda connection: _appended(connection, changes, told))
        except IntegrityError as error:
            taken = await self._ask(self._reading, lambda connection: _taken(connection, changes))
            if taken:
                raise KeyTaken(f"此件已受理，编号{taken} filed already under its channel's key") from error
            raise VersionConflict("业务单刚被他人改动，请刷新后重试 somebody was faster; load it again") from error

    async def next_number(self, day: date) -> str:
        """受理编号: never given twice, also not by two processes at once."""
        return await self._ask(
            self._writing, lambda connection: number_of(day, connection.execute(_NEXT, {"day": f"{day:%Y%m%d}"}).scalar_one())
        )

    async def by_key(self, key: str) -> str | None:
        """The number of the ticket that its channel calls so."""
        found = await self._ask(
            self._reading, lambda connection: connection.execute(select(tickets.c.id).where(tickets.c.key == key)).scalar()
        )
        return None if found is None else str(found)

    async def ripe(self, now: datetime, *, limit: int) -> Sequence[str]:
        """Numbers of tickets that have a moment at `now` or before, the oldest moment first."""
        first = func.min(ticket_moments.c.at)
        due = select(ticket_moments.c.id).where(ticket_moments.c.at <= written(now)).group_by(ticket_moments.c.id)
        query = due.order_by(first, ticket_moments.c.id).limit(limit)
        return await self._ask(self._reading, lambda connection: [str(found) for found in connection.execute(query).scalars()])

    async def search(self, asked: Asked, actor: Actor) -> Page:
        """What the actor may know to exist. Raises `MalformedInput` for what cannot be searched for."""
        found = await self._ask(self._reading, lambda connection: find(connection, asked, actor))
        return Page(tickets=found.tickets, next="" if found.after is None else str(found.after))

    async def of_call(self, call: str) -> Sequence[str]:
        """The tickets that a call belongs to, the first one first."""
        query = select(ticket_calls.c.id).where(ticket_calls.c.call_id == call).order_by(ticket_calls.c.id)
        return await self._ask(self._reading, lambda connection: [str(found) for found in connection.execute(query).scalars()])

    async def records(self, number: str) -> Sequence[dict[str, Any]]:
        """The newest records of its calls, as plain JSON (docs/call-record.schema.json), in the order of the calls."""
        mine = select(ticket_drafts.c.record).join(ticket_calls, ticket_calls.c.call_id == ticket_drafts.c.key)
        query = mine.where(ticket_calls.c.id == id_of(number)).order_by(ticket_drafts.c.received_at, ticket_drafts.c.key)
        return await self._ask(self._reading, lambda connection: [json.loads(found) for found in connection.execute(query).scalars()])

    async def drafts(self, *, limit: int = 50) -> Sequence[dict[str, Any]]:
        """业务单草稿 of calls that nobody has filed yet, the newest first: every column, `record` as JSON."""
        filed = select(ticket_calls.c.call_id).where(ticket_calls.c.call_id == ticket_drafts.c.key).exists()
        query = select(ticket_drafts).where(~filed).order_by(ticket_drafts.c.received_at.desc(), ticket_drafts.c.key.desc()).limit(limit)
        return await self._ask(
            self._reading,
            lambda connection: [{**row, "record": json.loads(row["record"])} for row in connection.execute(query).mappings()],
        )

    async def _ask(self, engine: Engine, do: Callable[[Connection], Answer]) -> Answer:
        return await asyncio.to_thread(_in_one, engine, do)


def _in_one(engine: Engine, do: Callable[[Connection], Answer]) -> Answer:
    with open_door(), engine.begin() as connection:
        return do(connection)


@contextmanager
def open_door() -> Iterator[None]:
    """What the database cannot do is `DoorClosed`; what it refuses for its contents stays `IntegrityError`."""
    try:
        yield
    except IntegrityError:
        raise
    except (SQLAlchemyError, DisconnectionError) as error:
        cause = getattr(error, "orig", None) or error
        raise DoorClosed(f"业务单数据库暂不可用，请稍后重试 the tickets' database does not answer: {type(cause).__name__}") from error


def _loaded(connection: Connection, number: str) -> Loaded | None:
    mine = id_of(number)
    snapshot = connection.execute(select(ticket_snapshots.c.snapshot).where(ticket_snapshots.c.id == mine)).scalar()
    if snapshot is None:
        return None
    ticket = of_json(json.loads(snapshot))
    query = select(ticket_entries).where((ticket_entries.c.id == mine) & (ticket_entries.c.seq <= ticket.version))
    rows = connection.execute(query.order_by(ticket_entries.c.seq)).mappings()
    return Loaded(ticket=ticket, history=tuple(entry_of_json(entry_said(dict(row), number)) for row in rows))


def _appended(connection: Connection, changes: Iterable[Change], told: datetime) -> None:
    for change in sorted(changes, key=lambda each: each.ticket.number):  # always in this order: two never wait for each other
        _changed(connection, change)
        _told(connection, change, told)


def _changed(connection: Connection, change: Change) -> None:
    row, mine = ticket_row(change.ticket), id_of(change.ticket.number)
    if change.was == 0:
        connection.execute(insert(tickets).values(**row))
        connection.execute(insert(ticket_snapshots).values(id=mine, snapshot=snapshot_of(change.ticket)))
        index_words(connection, mine, before=None, after=_words_of(change))
        return
    here = (tickets.c.id == mine) & (tickets.c.version == change.was)
    if not connection.execute(update(tickets).where(here).values(**row)).rowcount:
        raise VersionConflict("业务单刚被他人改动，请刷新后重试 somebody was faster; load it again")
    snapshots = ticket_snapshots.c.id == mine
    known = of_json(json.loads(connection.execute(select(ticket_snapshots.c.snapshot).where(snapshots)).scalar_one()))
    units = connection.execute(select(ticket_units.c.unit).where(ticket_units.c.id == mine)).scalars().all()
    connection.execute(update(ticket_snapshots).where(snapshots).values(snapshot=snapshot_of(change.ticket)))
    index_words(connection, mine, before=indexed(known, units), after=_words_of(change))


def _words_of(change: Change) -> list[str]:
    return indexed(change.ticket, change.ticket.units - change.kept_from)


def _told(connection: Connection, change: Change, told: datetime) -> None:
    """The rows that are added, and those that take the place of others."""
    ticket, mine = change.ticket, id_of(change.ticket.number)
    connection.execute(insert(ticket_entries), [entry_row(entry) for entry in change.entries])
    if change.notices:
        connection.execute(insert(notices), notice_rows(change.notices, told))
    for table, rows in (
        (ticket_units, unit_rows(ticket, change.kept_from)),
        (ticket_moments, moment_rows(ticket.number, change.moments)),
        (ticket_calls, call_rows(ticket)),
    ):
        if change.was:
            connection.execute(delete(table).where(table.c.id == mine))
        if rows:
            connection.execute(insert(table), rows)


def _taken(connection: Connection, changes: Iterable[Change]) -> str:
    """The number under which one of these keys stands already, with another number; empty when none does."""
    for change in changes:
        if change.was == 0 and change.ticket.key:
            found = connection.execute(select(tickets.c.id).where(tickets.c.key == change.ticket.key)).scalar()
            if found is not None and str(found) != change.ticket.number:
                return str(found)
    return ""
