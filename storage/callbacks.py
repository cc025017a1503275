"""Call-back tasks, 回拨任务: a row for each citizen who was cut off, until somebody calls him or he gets through by himself.

Who is owed one stands in `records.callbacks`. Dialling is routing's; here is what must not be lost. Until then, who calls again by himself
is first in line: the agi process opens no database, so the worker writes the numbers down in a file (`FirstInLine`).
"""

import json
import logging
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from records.callbacks import PRIORITY, got_through, owed_for
from records.model import Callback
from storage.tables import callbacks, calls, written

log = logging.getLogger(__name__)

OPEN, CLOSED = "open", "closed"


class Callbacks:
    """The worker's. Every method is one short transaction, and may be repeated."""

    def __init__(self, engine: Engine) -> None:
        """`engine`: of `storage.engine.open_for_writing`."""
        self._engine = engine

    def of(self, call: str) -> Callback | None:
        """The task that a call left, if any."""
        with self._engine.connect() as connection:
            row = connection.execute(select(callbacks).where(callbacks.c.call_id == call)).first()
        if row is None:
            return None
        due = datetime.fromisoformat(row.due)
        return Callback(reason=row.reason, priority=row.priority, due=due, state=row.state, closed_by=row.closed_by)

    def take(self, record: Mapping[str, Any], now: datetime) -> frozenset[str]:
        """Open the task that this call leaves, close those that it settles. Returns the calls whose task is new or changed."""
        reason = owed_for(record)
        if not reason and not (record["caller"] and got_through(record)):
            return frozenset()
        with self._engine.begin() as connection:
            return _opened(connection, record, reason, now) if reason else _closed(connection, record, now)

    def first_in_line(self) -> frozenset[str]:
        """The numbers of open tasks, in the kept form."""
        with self._engine.connect() as connection:
            return frozenset(connection.execute(select(callbacks.c.phone).where(callbacks.c.state == OPEN)).scalars())


def _opened(connection: Connection, record: Mapping[str, Any], reason: str, now: datetime) -> frozenset[str]:
    call, phone = record["call"], record["caller"]
    if connection.execute(select(callbacks.c.call_id).where(callbacks.c.call_id == call)).first():
        return frozenset()
    closed_by = _got_through_later(connection, record) or _standing(connection, phone)
    row = {"call_id": call, "phone": phone, "reason": reason, "priority": PRIORITY[reason], "created": written(now), "due": written(now)}
    connection.execute(insert(callbacks).values(**row, state=CLOSED if closed_by else OPEN, closed_by=closed_by))
    log.warning("通话被中断 call %s was cut off: %s", call, "已再次接通或已并入 settled" if closed_by else "需回拨 he is owed a call back")
    return frozenset({call})


def _closed(connection: Connection, record: Mapping[str, Any], now: datetime) -> frozenset[str]:
    """He has called again and talked: whatever was owed to this number for an earlier call. Also what this call settled before a crash."""
    earlier = func.coalesce(select(calls.c.arrived).where(calls.c.call_id == callbacks.c.call_id).limit(1).scalar_subquery(), "")
    his = (callbacks.c.phone == record["caller"]) & (callbacks.c.state == OPEN) & (callbacks.c.call_id != record["call"])
    query = select(callbacks.c.call_id).where(his & (earlier < (record["arrived"] or written(now))))
    for call in connection.execute(query).scalars().all():
        connection.execute(update(callbacks).where(callbacks.c.call_id == call).values(state=CLOSED, closed_by=record["call"]))
    mine = (callbacks.c.phone == record["caller"]) & (callbacks.c.closed_by == record["call"])
    return frozenset(connection.execute(select(callbacks.c.call_id).where(mine)).scalars())


def _got_through_later(connection: Connection, record: Mapping[str, Any]) -> str:
    """The first call after this one in which he talked; it may stand in the ledger before a call whose end had to be found."""
    after = (calls.c.arrived > (record["arrived"] or "")) & (func.json_extract(calls.c.record, "$.caller") == record["caller"])
    query = select(calls.c.record).where(after & (calls.c.call_id != record["call"])).order_by(calls.c.arrived)
    later = (json.loads(text) for text in connection.execute(query).scalars())
    return next((each["call"] for each in later if got_through(each)), "")


def _standing(connection: Connection, phone: str) -> str:
    """One call back is enough for who was cut off twice."""
    query = select(callbacks.c.call_id).where((callbacks.c.phone == phone) & (callbacks.c.state == OPEN)).order_by(callbacks.c.created)
    return connection.execute(query.limit(1)).scalar() or ""


class FirstInLine:
    """The file of numbers whose owners are first in line when they call; personal data, for the owner's eyes only (0600)."""

    def __init__(self, path: Path, callbacks: Callbacks) -> None:
        """Nothing is read or written yet."""
        self._path = path
        self._callbacks = callbacks
        self._told: frozenset[str] | None = None

    def round(self, _wall: datetime) -> None:
        """Write it anew when it says something else. Raises `OSError` and what the database raises."""
        numbers = self._callbacks.first_in_line()
        if numbers == self._told:
            return
        fresh = self._path.with_name(self._path.name + ".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.writelines(f"{number}\n" for number in sorted(numbers))
        fresh.replace(self._path)
        self._told = numbers
