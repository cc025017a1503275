"""Facts for the assessment, read from the tickets' history and the ledger. Reading only; nothing is counted twice or kept beside them."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CompoundSelect, Connection, Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from assessment.model import Handling, Period, RatedCall
from hotline.errors import DoorClosed
from hotline.workdays import CHINA
from storage.assessment_facts import handlings
from storage.tables import calls, written
from storage.ticket_rows import entry_said, first_id
from storage.ticket_tables import ticket_entries, ticket_snapshots, tickets
from tickets.snapshot import entry_of_json, of_json
from tickets.ticket import Entry, Ticket

AT_ONCE: Final = 400
CONTENT_GRADES: Final = frozenset({1, 2})
"""满意, 基本满意: keys of the survey (config/line.toml, [survey.service.grades])."""


class AssessmentFacts:
    """Reads what happened in a period. Every method may take seconds: call it in a thread. Raises `DoorClosed`."""

    def __init__(self, engine: Engine) -> None:
        """`engine`: one that only reads will do."""
        self._engine = engine

    def handlings(self, period: Period) -> list[Handling]:
        """Of every ticket to which anything happened since the period began, or whose unit still owes the answer: all that can count."""
        found: list[Handling] = []
        with self._reading() as connection:
            ids = sorted(connection.execute(touched(period)).scalars())
            for at in range(0, len(ids), AT_ONCE):
                for ticket, history in _histories(connection, ids[at : at + AT_ONCE]):
                    found += handlings(ticket, history)
        return found

    def rated(self, period: Period) -> list[RatedCall]:
        """Calls after which their citizen pressed a grade, to the first question."""
        here = (calls.c.arrived >= written(period.begin)) & (calls.c.arrived < written(period.end))
        newest = select(calls.c.call_id, func.max(calls.c.revision).label("revision")).where(here).group_by(calls.c.call_id).subquery()
        joined = calls.join(newest, (calls.c.call_id == newest.c.call_id) & (calls.c.revision == newest.c.revision))
        with self._reading() as connection:
            rows = connection.execute(select(calls.c.call_id, calls.c.arrived, calls.c.record).select_from(joined)).all()
        graded = ((row, _grade(row.record)) for row in rows)
        return [
            RatedCall(call=row.call_id, at=datetime.fromisoformat(row.arrived), content=grade in CONTENT_GRADES)
            for row, grade in graded
            if grade is not None
        ]

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise DoorClosed(f"考核数据暂不可用 the database does not answer ({type(error).__name__})") from error


def _grade(record: str) -> int | None:
    return next(iter((json.loads(record).get("survey") or {}).values()), None)


def touched(period: Period) -> CompoundSelect[Any]:
    """Asks for the tickets of this period.

    Whatever has a moment in the period had an entry since it began, or its answer is still owed and its term ran out.
    """
    before = first_id(period.end.astimezone(CHINA).date()) + 10**6
    since = select(ticket_entries.c.id).where((ticket_entries.c.at >= written(period.begin)) & (ticket_entries.c.id < before))
    owing = select(tickets.c.id).where((tickets.c.due < written(period.end)) & (tickets.c.id < before))
    return since.union(owing)


def _histories(connection: Connection, ids: Sequence[int]) -> Iterator[tuple[Ticket, list[Entry]]]:
    stored = select(ticket_snapshots).where(ticket_snapshots.c.id.in_(ids)).order_by(ticket_snapshots.c.id)
    found = {row.id: of_json(json.loads(row.snapshot)) for row in connection.execute(stored)}
    entries: dict[int, list[Entry]] = {number: [] for number in found}
    query = select(ticket_entries).where(ticket_entries.c.id.in_(ids)).order_by(ticket_entries.c.id, ticket_entries.c.seq)
    for row in connection.execute(query).mappings():
        entries[row["id"]].append(entry_of_json(entry_said(dict(row), str(row["id"]))))
    for number, ticket in found.items():
        yield ticket, entries[number]
