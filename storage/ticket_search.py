"""Lists and searches of tickets as SQL: what an actor may not know of is left out where it is stored, and every page begins where the last
one ended (never by counting rows). Newest first; reading a page costs the same on the first day and at a million tickets."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, FromClause, Select, TextClause, column, func, select, table, text, true, union_all

from hotline.access import MOST_SECRET, UNIT_ROLES, Actor, Role
from hotline.errors import MalformedInput
from hotline.gate import Act, may
from hotline.workdays import CHINA
from storage.tables import written
from storage.ticket_rows import first_id, id_of
from storage.ticket_tables import ticket_snapshots, ticket_units, tickets
from storage.ticket_words import asked_grams, asked_of, asked_value, holds, needs_reading
from tickets.moves import TicketState
from tickets.ports import Asked
from tickets.snapshot import of_json
from tickets.ticket import Secrecy, Ticket

MOST: Final = 200
"""So many at most on a page."""
ROUNDS: Final = 20
"""So many pages of candidates are looked through for a long word; then the page is as short as it is."""


SAMPLE: Final = 2000
FREQUENT: Final = 0.01
"""Words that stand together in this share of the newest tickets are looked for from the newest on."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A page, and where the next one begins (None: there is none)."""

    tickets: tuple[Ticket, ...]
    after: int | None


def find(connection: Connection, asked: Asked, actor: Actor) -> Found:
    """One page. Raises `MalformedInput` for a word that cannot be searched for, or a page that does not exist."""
    if not 1 <= asked.limit <= MOST:
        raise MalformedInput(f"每页1至{MOST}条 a page has 1 to {MOST} tickets")
    unnamed = not may(actor, Act.TICKET_REPORTER).ok and not actor.has(Role.CLOCK)
    if _never(actor) or (unnamed and asked.phone):  # who may not see numbers learns nothing by asking for one
        return Found(tickets=(), after=None)
    kept: list[Ticket] = []
    last: int | None = id_of(asked.after) if asked.after else None
    kind, rare = connection.dialect.name, _are_rare(connection, asked, actor)
    for _ in range(ROUNDS):
        rows = connection.execute(query_of(asked, actor, last, kind, rare=rare)).all()
        for row in rows:
            if len(kept) == asked.limit:
                return Found(tickets=tuple(kept), after=last)
            last = row.id
            ticket = of_json(json.loads(row.snapshot))
            told = unnamed or needs_reading(asked.words)
            if _his(ticket, actor) and (not told or holds(ticket, asked.words, unnamed=unnamed)):
                kept.append(ticket)
        if len(rows) <= asked.limit:
            return Found(tickets=tuple(kept), after=None)
    return Found(tickets=tuple(kept), after=last)


def _his(ticket: Ticket, actor: Actor) -> bool:
    """专门工作人员: in the lead's unit, only those whom it named for it (article 10-2). Of the other units, tickets/views.py asks."""
    return not actor.unit or actor.unit != ticket.lead or not ticket.staff or actor.id in ticket.staff


def _never(actor: Actor) -> bool:
    return not may(actor, Act.TICKET_READ).ok or (not actor.unit and actor.roles <= UNIT_ROLES)


def query_of(asked: Asked, actor: Actor, before: int | None, kind: str, *, rare: bool = True) -> Select[Any]:
    """The next candidates, one more than a page has: which ones first, then what they say. `rare`: as `_are_rare` says.

    Each of several states is read by itself, newest first: one index leads there, and none to the newest of all of them.
    """
    alone = [_ids(asked, actor, before, kind, state, rare) for state in sorted(asked.states)] if not asked.words else []
    several = [select(each.subquery().c.id) for each in alone]
    ids = (union_all(*several) if several else _ids(asked, actor, before, kind, None, rare)).subquery("ids")
    query = select(ids.c.id, ticket_snapshots.c.snapshot).join(ticket_snapshots, ticket_snapshots.c.id == ids.c.id)
    return query.order_by(ids.c.id.desc()).limit(asked.limit + 1)


def _ids(asked: Asked, actor: Actor, before: int | None, kind: str, state: TicketState | None, rare: bool) -> Select[Any]:
    order: Any = tickets.c.id
    query = select(tickets.c.id)
    units = _units(asked, actor)
    for number, unit in enumerate(units):
        his = ticket_units.alias(f"u{number}")
        query = query.join(his, his.c.id == tickets.c.id).where(his.c.unit == unit)
        query = query.where(his.c.state == state.value) if state else query
        order = his.c.id
    if state and not units:
        query = query.where(tickets.c.state == state.value)
    if asked.words:
        index, condition, order = _words(asked, units, kind, before, rare)
        query = query.join(index, order == tickets.c.id).where(condition)
    if asked.due_before and kind == "sqlite":
        order = order + 0  # its planner would rather read all that was ever filed than sort the few that are due
    query = query.where(*_visible(asked, actor), *_asked(asked, kind))
    if before is not None:
        query = query.where(order < before)
    return query.order_by(order.desc()).limit(asked.limit + 1)


def _words(asked: Asked, units: list[str], kind: str, before: int | None, rare: bool) -> tuple[FromClause, Any, Any]:
    """The index, what is asked of it, and its column that orders the page. Whose it is, is asked of it too: that saves reading the rest."""
    condition = _standing(asked, units, kind)
    if kind == "sqlite":
        index = table("ticket_words", column("rowid"))
        return index, condition, index.c.rowid
    index = table("ticket_words", column("id"), column("words"))
    if rare:
        hits = select(index.c.id).where(condition).cte("hits").prefix_with("MATERIALIZED")
        return hits, true(), hits.c.id
    newest = select(index.c.id, index.c.words).order_by(index.c.id.desc()).offset(0)  # by which its planner keeps to this order
    one_by_one = (newest if before is None else newest.where(index.c.id < before)).subquery("ticket_words")
    return one_by_one, condition, one_by_one.c.id


def _standing(asked: Asked, units: list[str], kind: str) -> TextClause:
    grams = asked_grams(asked.words) | {f"@{unit.lower()}" for unit in units}
    return text(asked_of(kind)).bindparams(asked=asked_value(kind, grams))


def _are_rare(connection: Connection, asked: Asked, actor: Actor) -> bool:
    """Whether PostgreSQL should collect all that hold the words, rather than read from the newest on until a page is full.

    It cannot know: of a rare word it only knows that it is not a frequent one, and then reads a million rows to find three (measured).
    """
    if not asked.words or connection.dialect.name == "sqlite" or _narrowed(asked):
        return True
    index = table("ticket_words", column("id"), column("words"))
    newest = select(index.c.words).order_by(index.c.id.desc()).limit(SAMPLE).subquery("ticket_words")
    many = select(func.count()).select_from(newest).where(_standing(asked, _units(asked, actor), connection.dialect.name))
    return connection.execute(many).scalar_one() < SAMPLE * FREQUENT


def _narrowed(asked: Asked) -> bool:
    """By more than words: then a page may never get full, however frequent they are."""
    ways = (asked.states, asked.appeals, asked.code, asked.place, asked.phone, asked.filed_from, asked.filed_before, asked.due_before)
    return any(ways) or asked.provisional or asked.published


def _units(asked: Asked, actor: Actor) -> list[str]:
    return [unit for unit in dict.fromkeys((actor.unit, asked.unit)) if unit]


def _visible(asked: Asked, actor: Actor) -> Iterator[Any]:
    yield tickets.c.secrecy <= (MOST_SECRET if actor.cleared >= MOST_SECRET else MOST_SECRET - 1)
    if asked.phone:  # as tickets/views.py shows it
        yield tickets.c.secrecy <= (0 if actor.unit else max(Secrecy.CONTACT, actor.cleared))


def _asked(asked: Asked, kind: str) -> Iterator[Any]:
    if asked.states and asked.words:
        yield _beside(tickets.c.state, asked, kind).in_([state.value for state in asked.states])
    if asked.appeals:
        yield tickets.c.appeal.in_([appeal.value for appeal in asked.appeals])
    for named, value in ((tickets.c.code, asked.code), (tickets.c.place, asked.place), (tickets.c.phone, asked.phone)):
        if value:
            yield _beside(named, asked, kind) == value
    if asked.filed_from:
        yield tickets.c.filed >= written(asked.filed_from)
        yield tickets.c.id >= first_id(asked.filed_from.astimezone(CHINA).date())
    if asked.filed_before:
        yield tickets.c.filed < written(asked.filed_before)
        yield tickets.c.id < first_id(asked.filed_before.astimezone(CHINA).date() + timedelta(days=1))
    if asked.due_before:
        yield tickets.c.due < written(asked.due_before)
    if asked.provisional:
        yield tickets.c.provisional == 1
    if asked.published:
        yield tickets.c.published == 1


def _beside(named: Any, asked: Asked, kind: str) -> Any:  # noqa: ANN401 - SQL expressions
    """Where words are asked for, SQLite must begin with them, and not with the index of this column."""
    return named.concat("") if asked.words and kind == "sqlite" else named
