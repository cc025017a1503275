"""Call-back tasks, 回拨任务: a row for each citizen who is owed a call, until somebody reached him or he got through by himself.

Who is owed one stands in `records.callbacks`. Calling is routing's, which learns of it by a file (storage/callback_list.py) and tells by
the records of its calls; here is what must not be lost. Who was cut off and calls again by himself is first in line: the agi process
opens no database, so the worker writes the numbers down in a file (`FirstInLine`).
"""

import json
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from sqlalchemy import BindParameter, Connection, Engine, Row, Select, bindparam, func, insert, select, update

from hotline.callbacks import ASKED, CUT_OFF, EMERGENCY, MISSED, NO_TRY, TALKED, Owed, Patience
from hotline.errors import MalformedInput
from hotline.identity import CallId
from records.callbacks import PRIORITY, got_through, owed_for, reached
from records.model import Callback
from storage.tables import callbacks, calls, written

log = logging.getLogger(__name__)
_Told = TypeVar("_Told")

OPEN, CLOSED = "open", "closed"
WORD_MAY_COME: Final = timedelta(seconds=12)
"""When a process of ours died in an emergency call, the switch's own log says some seconds later whether the centre had answered
(storage/cel_sweep.py): so long nobody is called back for it."""
MOST_LISTED: Final = 1000
"""So many are told to routing at a time: more than it can call in hours."""


# Made once: putting a statement together costs more than SQLite needs for it, and these are asked for every call.
_CALL: BindParameter[str] = bindparam("call")
_PHONE: BindParameter[str] = bindparam("phone")
_TASK = select(callbacks).where(callbacks.c.call_id == _CALL)
_BORN = select(calls.c.arrived).where(calls.c.call_id == callbacks.c.call_id).limit(1).scalar_subquery()
_EARLIER = select(callbacks.c.call_id).where(
    (callbacks.c.phone == _PHONE)
    & (callbacks.c.state == OPEN)
    & (callbacks.c.call_id != _CALL)
    & (func.coalesce(_BORN, "") < bindparam("before"))
)
_SETTLED = select(callbacks.c.call_id).where((callbacks.c.phone == _PHONE) & (callbacks.c.closed_by == _CALL))


class Callbacks:
    """The worker's, one for all its threads. Every method is one short transaction, and may be repeated."""

    def __init__(self, engine: Engine, *, patience: Patience | None = None, missed: bool = True) -> None:
        """`engine`: of `storage.engine.open_for_writing`. `missed` False: who was missed is owed nothing."""
        self._engine = engine
        self._patience = patience or Patience()
        self._missed = missed
        self._changes = 0
        self._told: dict[str, tuple[int, Any]] = {}

    def of(self, call: str) -> Callback | None:
        """The task that a call left, if any."""
        with self._engine.connect() as connection:
            row = connection.execute(_TASK, {"call": call}).first()
        if row is None:
            return None
        due = datetime.fromisoformat(row.due)
        return Callback(
            reason=row.reason,
            priority=row.priority,
            due=due,
            state=row.state,
            closed_by=row.closed_by,
            attempts=row.attempts,
            outcome=row.outcome,
        )

    def take(self, record: Mapping[str, Any], now: datetime) -> frozenset[str]:
        """Open the task that this call leaves, close those that it settles; its own, too, when it turns out that he is owed nothing.

        Returns the calls whose task is new or changed.
        """
        reason = owed_for(record)
        if reason == MISSED and not self._missed:
            reason = ""
        task = (record.get("placed") or {}).get("task", "")
        void = not reason and (record.get("callback") or {}).get("state") == OPEN
        if not (reason or task or void or reached(record)):
            return frozenset()
        with self._engine.begin() as connection:
            if reason:
                changed = _opened(connection, record, reason, now)
            else:
                changed = _withdrawn(connection, record["call"]) if void else frozenset()
                changed |= self._tried(connection, record, task) if task else frozenset()
                changed |= _closed(connection, record, now) if reached(record) else frozenset()
        self._changes += bool(changed)
        return changed

    def owed(self) -> tuple[Owed, ...]:
        """Open tasks, the foremost first: emergencies, who asked (by his place), who was cut off, who was missed (longest ago first)."""
        order = (
            callbacks.c.reason != EMERGENCY,
            callbacks.c.reason != ASKED,
            callbacks.c.priority.desc(),
            callbacks.c.since,
            callbacks.c.call_id,
        )
        query = select(callbacks).where(callbacks.c.state == OPEN).order_by(*order).limit(MOST_LISTED)
        return self._unchanged("owed", lambda rows: tuple(owed for row in rows if (owed := _owed(row))), query)

    def first_in_line(self) -> frozenset[str]:
        """The numbers of those who were cut off, or whose emergency nobody answered, and who were not reached since; in the kept form."""
        query = select(callbacks.c.phone).where((callbacks.c.state == OPEN) & callbacks.c.reason.in_((CUT_OFF, EMERGENCY)))
        return self._unchanged("first", lambda rows: frozenset(row.phone for row in rows), query)

    def _unchanged(self, name: str, read: Callable[[Iterable[Row[Any]]], _Told], query: Select[Any]) -> _Told:
        """Asked once a second, of thousands of rows: the same again as long as we have changed nothing. Nobody else does."""
        changes, (known, told) = self._changes, self._told.get(name, (-1, None))
        if known != changes:
            with self._engine.connect() as connection:
                told = read(connection.execute(query))
            self._told[name] = changes, told
        return cast(_Told, told)

    def _tried(self, connection: Connection, record: Mapping[str, Any], task: str) -> frozenset[str]:
        """One call that was made for this task: counted once, however often it is told."""
        row = connection.execute(_TASK, {"call": task}).first()
        placed, ended = record["placed"], record["ended"]
        if row is None or not ended or not placed["outcome"]:
            return frozenset()
        if placed["outcome"] in NO_TRY:
            return frozenset()
        attempts = max(row.attempts, placed["attempt"])
        values: dict[str, Any] = {"attempts": attempts, "outcome": placed["outcome"]} if placed["attempt"] >= row.attempts else {}
        if row.state == OPEN and placed["outcome"] == TALKED:
            values |= {"state": CLOSED, "closed_by": record["call"]}
        elif row.state == OPEN and self._patience.over(attempts, placed["outcome"]):
            values |= {"state": CLOSED}
            log.warning("回拨未接通，不再尝试 call %s: called back %d times, last: %s", task, attempts, placed["outcome"])
        elif row.state == OPEN:
            values |= {"due": written(self._patience.after(attempts, datetime.fromisoformat(ended)))}
        if all(getattr(row, name) == value for name, value in values.items()):
            return frozenset({task})
        connection.execute(update(callbacks).where(callbacks.c.call_id == task).values(**values))
        return frozenset({task})


def _opened(connection: Connection, record: Mapping[str, Any], reason: str, now: datetime) -> frozenset[str]:
    call, phone = record["call"], record["caller"]
    if connection.execute(select(callbacks.c.call_id).where(callbacks.c.call_id == call)).first():
        return frozenset()
    closed_by = _got_through_later(connection, record) or _standing(connection, phone, than=reason)
    replaced = frozenset[str]() if closed_by else _replaced(connection, call, phone)
    due = now + WORD_MAY_COME if reason == EMERGENCY else now
    row = {"call_id": call, "phone": phone, "reason": reason, "created": written(now), "due": written(due), **_place(record, reason, now)}
    connection.execute(insert(callbacks).values(**row, state=CLOSED if closed_by else OPEN, closed_by=closed_by))
    log.warning("%s call %s is owed a call back: %s", _CHINESE[reason], call, "已再次接通或已并入 settled" if closed_by else "待回拨 open")
    return replaced | {call}


def _withdrawn(connection: Connection, call: str) -> frozenset[str]:
    """Late facts say that he was reached in the very call for which he was owed one: its record closes its own task."""
    his = (callbacks.c.call_id == call) & (callbacks.c.state == OPEN)
    if not connection.execute(update(callbacks).where(his).values(state=CLOSED, closed_by=call)).rowcount:
        return frozenset()
    log.warning("回拨撤销 call %s is owed nothing: he was reached, as is known now", call)
    return frozenset({call})


_CHINESE: Final = {EMERGENCY: "紧急求助未接通", CUT_OFF: "通话被中断", ASKED: "要求回拨", MISSED: "漏接"}


def _place(record: Mapping[str, Any], reason: str, now: datetime) -> dict[str, Any]:
    """Where he stood, or would stand."""
    asked = record.get("callback_asked") if reason == ASKED else None
    since = (asked or {}).get("since") or record.get("wait_began") or record["arrived"] or written(now)
    return {
        "line": record.get("called", ""),
        "priority": asked["priority"] if asked else PRIORITY.get(reason, 0),
        "since": datetime.fromisoformat(since).timestamp(),
        "skills": json.dumps((asked or record).get("skills") or []),
    }


def _owed(row: Row[Any]) -> Owed | None:
    try:
        return Owed(
            call=CallId(row.call_id),
            number=row.phone,
            called=row.line,
            reason=row.reason,
            since=row.since or datetime.fromisoformat(row.created).timestamp(),
            skills=tuple(json.loads(row.skills)),
            priority=row.priority,
            attempts=row.attempts,
            due=datetime.fromisoformat(row.due).timestamp(),
        )
    except (MalformedInput, ValueError):
        log.error("回拨任务写坏了 the callback of call %s cannot be read", row.call_id)
        return None


def _replaced(connection: Connection, call: str, phone: str) -> frozenset[str]:
    """One call for each number: this one stands for those, too."""
    query = select(callbacks.c.call_id).where((callbacks.c.phone == phone) & (callbacks.c.state == OPEN))
    others = frozenset(connection.execute(query).scalars())
    for other in others:
        connection.execute(update(callbacks).where(callbacks.c.call_id == other).values(state=CLOSED, closed_by=call))
    return others


def _closed(connection: Connection, record: Mapping[str, Any], now: datetime) -> frozenset[str]:
    """He has called again and talked: whatever was owed to this number for an earlier call. Also what this call settled before a crash."""
    his = {"phone": reached(record), "call": record["call"], "before": record["arrived"] or written(now)}
    for call in connection.execute(_EARLIER, his).scalars().all():
        connection.execute(update(callbacks).where(callbacks.c.call_id == call).values(state=CLOSED, closed_by=record["call"]))
    return frozenset(connection.execute(_SETTLED, {"phone": his["phone"], "call": his["call"]}).scalars())


def _got_through_later(connection: Connection, record: Mapping[str, Any]) -> str:
    """The first call after this one in which he talked; it may stand in the ledger before a call whose end had to be found."""
    after = (calls.c.arrived > (record["arrived"] or "")) & (func.json_extract(calls.c.record, "$.caller") == record["caller"])
    query = select(calls.c.record).where(after & (calls.c.call_id != record["call"])).order_by(calls.c.arrived)
    later = (json.loads(text) for text in connection.execute(query).scalars())
    return next((each["call"] for each in later if got_through(each)), "")


def _standing(connection: Connection, phone: str, *, than: str) -> str:
    """One call back is enough for who is owed several: the earlier one, unless he had a better reason now."""
    better = [reason for reason in _RANK if _RANK.index(reason) <= _RANK.index(than)]
    his = (callbacks.c.phone == phone) & (callbacks.c.state == OPEN) & callbacks.c.reason.in_(better)
    query = select(callbacks.c.call_id).where(his).order_by(callbacks.c.created)
    return connection.execute(query.limit(1)).scalar() or ""


_RANK: Final = (EMERGENCY, ASKED, CUT_OFF, MISSED)


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
