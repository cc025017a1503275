"""Tickets that were answered lately, on SQLite and PostgreSQL."""

import asyncio
from datetime import timedelta

from sqlalchemy import Engine

from storage.answered import answered_since
from storage.tickets import StoredTickets
from tests.storage.both_databases import database as database
from tests.storage.both_databases import postgres as postgres
from tests.tickets.cases import MONDAY, RULES, Life, received, replied
from tickets.kinds import EntryKind
from tickets.moments import moments
from tickets.ports import Change


def keep(database: Engine, life: Life) -> None:
    change = Change(ticket=life.ticket, was=0, entries=tuple(life.history), moments=moments(life.ticket, RULES))
    asyncio.run(StoredTickets(database).append([change]))


def test_only_what_was_answered_since_then_is_found_with_its_answer(database: Engine) -> None:
    life = replied()
    keep(database, life)
    ((ticket, entries),) = answered_since(database, MONDAY)
    assert ticket == life.ticket
    assert [entry.what for entry in entries] == [EntryKind.REPLIED]
    assert answered_since(database, MONDAY + timedelta(seconds=1)) == []


def test_what_is_not_answered_is_not_found(database: Engine) -> None:
    keep(database, received())
    assert answered_since(database, MONDAY - timedelta(days=9)) == []
