"""通知出库: a row per notice, made in the transaction of what caused it; patient, and in the end a person. A dead gateway loses nothing."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Engine, Row, RowMapping, func, select, update
from sqlalchemy.exc import IntegrityError

from hotline.notices import Notice, NoticeOutcome, Sent
from storage.notice_tables import notices
from storage.tables import written

LADDER_S: Final = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0)
PATIENCE: Final = timedelta(days=2)
"""After so long without success a person must look."""
LEASE_S: Final = 60.0
"""Who took it has so long before another may: longer than the longest try."""


def notice_rows(told: Iterable[Notice], now: datetime) -> list[dict[str, Any]]:
    """Rows to insert into `notices`, in the transaction of the entry that caused them; the same telling twice is one row."""
    return list({notice.key: _row(notice, now) for notice in told}.values())


class Notices:
    """Every method is one short transaction."""

    def __init__(self, engine: Engine) -> None:
        """`engine`: of `storage.engine.open_for_writing`, or of PostgreSQL."""
        self._engine = engine

    def add(self, notice: Notice, now: datetime) -> bool:
        """A notice that no ticket's transaction wrote (knowledge, bulletins). False: it stands already."""
        try:
            with self._engine.begin() as connection:
                connection.execute(notices.insert(), _row(notice, now))
        except IntegrityError:
            return False
        return True

    def take(self, now: datetime, *, most: int = 50) -> list[Notice]:
        """What should be sent now, the longest due first. Each is leased: not due again for a minute, whatever becomes of the taker."""
        ripe = (notices.c.state == NoticeOutcome.WAITING) & (notices.c.due <= written(now))
        query = select(notices).where(ripe).order_by(notices.c.due, notices.c.key).limit(most)
        with self._engine.connect() as connection:
            if not connection.execute(query).first():
                return []
        taken = []
        with self._engine.begin() as connection:
            for row in connection.execute(query).all():
                mine = (notices.c.key == row.key) & (notices.c.due == row.due) & (notices.c.state == NoticeOutcome.WAITING)
                lease = update(notices).where(mine).values(due=written(now + timedelta(seconds=LEASE_S)))
                if connection.execute(lease).rowcount:
                    taken.append(_notice(row))
        return taken

    def sent(self, key: str, sent: Sent, now: datetime, *, kept: bool = False) -> None:
        """It is out; or kept, where no gateway is set up."""
        state = NoticeOutcome.KEPT if kept else NoticeOutcome.SENT
        self._set(key, state=state, told=written(now), reference=sent.reference, error="")

    def refused(self, key: str, error: str) -> None:
        """Trying again will not help. `error` names no number."""
        self._set(key, state=NoticeOutcome.PERSON, error=error)

    def no_way(self, key: str) -> None:
        """A citizen who left no number: it stays to be read, and is tried no more."""
        self._set(key, state=NoticeOutcome.NO_WAY, error="诉求人没有可收短信的号码 no number that an SMS reaches")

    def failed(self, key: str, error: str, now: datetime) -> NoticeOutcome:
        """Nobody answered: waiting for the next step of the ladder, or for a person after two days."""
        with self._engine.begin() as connection:
            row = connection.execute(select(notices.c.attempts, notices.c.created).where(notices.c.key == key)).one()
            over = now - datetime.fromisoformat(row.created) >= PATIENCE
            state = NoticeOutcome.PERSON if over else NoticeOutcome.WAITING
            due = written(now + timedelta(seconds=LADDER_S[min(row.attempts, len(LADDER_S) - 1)]))
            values = {"state": state, "attempts": row.attempts + 1, "due": due, "error": error}
            connection.execute(update(notices).where(notices.c.key == key).values(**values))
        return state

    def begin_anew(self, now: datetime) -> int:
        """A person has looked: all of these are tried again from the beginning. Returns how many."""
        values = {"state": NoticeOutcome.WAITING, "attempts": 0, "due": written(now), "created": written(now)}
        with self._engine.begin() as connection:
            return int(connection.execute(update(notices).where(notices.c.state == NoticeOutcome.PERSON).values(**values)).rowcount)

    def state(self, key: str) -> NoticeOutcome | None:
        """Where this one stands; None: nobody wrote it."""
        with self._engine.connect() as connection:
            state = connection.execute(select(notices.c.state).where(notices.c.key == key)).scalar()
        return None if state is None else NoticeOutcome(state)

    def of(self, ticket: str) -> list[Mapping[str, Any]]:
        """Every notice of a ticket as plain values, in the order in which they came about."""
        query = select(notices).where(notices.c.ticket == ticket).order_by(notices.c.seq, notices.c.key)
        with self._engine.connect() as connection:
            return [_shown(row) for row in connection.execute(query).mappings()]

    def persons(self) -> list[Mapping[str, Any]]:
        """What a person must look at, the oldest first."""
        query = select(notices).where(notices.c.state == NoticeOutcome.PERSON).order_by(notices.c.created, notices.c.key)
        with self._engine.connect() as connection:
            return [_shown(row) for row in connection.execute(query).mappings()]

    def counts(self) -> dict[str, int]:
        """How many stand in each state."""
        query = select(notices.c.state, func.count()).group_by(notices.c.state)
        with self._engine.connect() as connection:
            return {str(state): int(count) for state, count in connection.execute(query)}

    def _set(self, key: str, **values: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(notices).where(notices.c.key == key).values(attempts=notices.c.attempts + 1, **values))


def _row(notice: Notice, now: datetime) -> dict[str, Any]:
    return {
        "key": notice.key,
        "kind": notice.kind,
        "recipient": notice.to,
        "ticket": notice.ticket,
        "seq": notice.seq,
        "secrecy": notice.secrecy,
        "details": json.dumps(dict(notice.values), ensure_ascii=False, sort_keys=True),
        "created": written(now),
        "state": NoticeOutcome.WAITING,
        "attempts": 0,
        "due": written(now),
        "told": "",
        "reference": "",
        "error": "",
    }


def _notice(row: Row[Any]) -> Notice:
    values = json.loads(row.details)
    return Notice(kind=row.kind, to=row.recipient, ticket=row.ticket, seq=row.seq, secrecy=row.secrecy, values=values)


def _shown(row: RowMapping) -> Mapping[str, Any]:
    return {**row, "details": json.loads(row["details"])}
