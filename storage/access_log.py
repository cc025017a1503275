"""访问日志 in the ledger's database: who saw or did what, append-only, each line sealed as those of the audit are (storage/audit_files.py).

A trigger refuses UPDATE and DELETE. Whoever gets round it (the owner of the file can) breaks the chain from there on, and `verify` names
the line. A tail that was cut off shows by a seal that was noted: every hundredth goes to the process' log, and `head` gives the last.
"""

import asyncio
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Engine, RowMapping, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from hotline.access import Access
from hotline.errors import DoorClosed
from storage.account_tables import access_log
from storage.audit_files import FIRST, Broken, seal_of
from storage.tables import written

log = logging.getLogger(__name__)

NOTED_EVERY: Final = 100
_TABLE: Final = "access_log"
_PLAIN: Final = re.compile(r"[A-Za-z0-9._:/+-]{0,80}")
_ONE_AT_A_TIME: Final = 12345_0006
"""PostgreSQL's advisory lock."""


class AccessLogTable:
    """The `hotline.access.AccessLog` door, and what an auditor reads."""

    def __init__(self, engine: Engine) -> None:
        """`engine`: of `storage.engine.open_for_writing`, or PostgreSQL's."""
        self._engine = engine

    async def keep(self, *seen: Access) -> None:
        """Write these down, in order, all or none. Raises `DoorClosed`: then it must not be shown or done."""
        await asyncio.to_thread(self.write, *seen)

    def write(self, *seen: Access) -> None:
        """The same, for who has a thread of his own."""
        try:
            with self._engine.begin() as connection:
                append(connection, seen)
        except SQLAlchemyError as error:
            raise DoorClosed("访问日志写不进，操作未执行；请检查数据库 the access log cannot be written, so nothing was done") from error

    def lines(self, *, ticket: str = "", actor: str = "", before: int = 0, count: int = 100) -> tuple[dict[str, Any], ...]:
        """The latest first, of one ticket or one person where named; `before`: only those whose `seq` is smaller."""
        wanted = select(access_log).order_by(access_log.c.seq.desc()).limit(count)
        for column, value in ((access_log.c.ticket, ticket), (access_log.c.actor, actor)):
            wanted = wanted.where(column == value) if value else wanted
        wanted = wanted.where(access_log.c.seq < before) if before else wanted
        with self._engine.connect() as connection:
            return tuple(_words(row) for row in connection.execute(wanted).mappings())

    def head(self) -> tuple[int, str]:
        """Number and seal of the last line: to be noted where nobody of this machine writes."""
        with self._engine.connect() as connection:
            return _last(connection)

    def verify(self, noted: Mapping[int, str] | None = None) -> list[Broken]:
        """Every line that is not as it was written, or missing; empty = the whole chain holds. `noted`: number → (begin of) a seal that
        was written down before; a line that is not there any more, or has another, is broken."""
        owed = dict(noted or {})
        with self._engine.connect() as connection:
            return [*_broken(connection, owed), *missing(owed)]


def missing(noted: Mapping[int, str]) -> list[Broken]:
    """Lines that somebody noted once and that are nowhere."""
    return [Broken(file=_TABLE, line=seq, trouble="missing") for seq in sorted(noted)]


def alone(connection: Connection) -> None:
    """From here to the end of the transaction nobody else appends, or does what begins with this call. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})


def append(connection: Connection, seen: Sequence[Access]) -> None:
    """In a transaction of somebody else's: what it did and who did it are written down together."""
    alone(connection)
    last, seal = _last(connection)
    rows = []
    for seq, each in enumerate(seen, start=last + 1):
        row = _row(each, seq, before=seal)
        seal = seal_of(row)
        rows.append({**row, "seal": seal})
        if seq % NOTED_EVERY == 0:
            log.info("access log: line %d, seal %s", seq, seal)
    if rows:
        connection.execute(insert(access_log), rows)


def _row(each: Access, seq: int, *, before: str) -> dict[str, Any]:
    return {
        "seq": seq,
        "at": written(each.at),
        "actor": each.actor,
        "act": each.act[:64],
        "ticket": each.ticket if _PLAIN.fullmatch(each.ticket) else "?",  # an address that somebody made up is not written down
        "done": int(each.done),
        "why": each.why[:200],
        "source": each.source if _PLAIN.fullmatch(each.source[:64]) else "?",
        "before": before,
    }


def _words(row: RowMapping) -> dict[str, Any]:
    return {**row, "done": bool(row["done"])}


def _last(connection: Connection) -> tuple[int, str]:
    row = connection.execute(select(access_log.c.seq, access_log.c.seal).order_by(access_log.c.seq.desc()).limit(1)).first()
    return (row.seq, row.seal) if row else (0, FIRST)


def _broken(connection: Connection, owed: dict[int, str]) -> Iterator[Broken]:
    """Reads the whole table in its order, a thousand lines at a time. Takes out of `owed` what it has met."""
    number, before = 0, FIRST
    rows = connection.execution_options(yield_per=1000).execute(select(access_log).order_by(access_log.c.seq))
    for row in rows.mappings():
        noted = owed.pop(row["seq"], "")
        if seal_of(dict(row)) != row["seal"] or not row["seal"].startswith(noted):
            yield Broken(file=_TABLE, line=row["seq"], trouble="changed")
        elif (row["before"], row["seq"]) != (before, number + 1):
            yield Broken(file=_TABLE, line=row["seq"], trouble="not the next one")
        number, before = row["seq"], row["seal"]
