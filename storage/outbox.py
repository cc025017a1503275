"""What must still be pushed to the ticket backend: a row per record revision, patient, and in the end a person.

A row is made together with its record (`storage.ledger`), so a crash in between is impossible. The call's own work begins a push at once;
the sweep takes what that could not deliver.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Engine, bindparam, exists, func, select, update

from hotline.messages import Receipt
from storage.tables import calls, pushes, written

Outcome = Literal["delivered", "waiting", "person", "overtaken"]

FIRST_GRACE_S = 60.0
"""The push that is begun with the record has this long before the sweep believes that nobody pushes."""

LADDER_S = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0)
MOST_ATTEMPTS = 48
"""The last step of the ladder repeats: about two days in all, then a person must look."""


def first_push(call: str, revision: int, now: datetime) -> dict[str, Any]:
    """The row of a revision that nobody has pushed yet."""
    due = written(now + timedelta(seconds=FIRST_GRACE_S))
    return {"call_id": call, "revision": revision, "state": "waiting", "attempts": 0, "due": due, "reference": "", "error": ""}


_OF = (pushes.c.call_id == bindparam("call")) & (pushes.c.revision == bindparam("number"))
_STATE = select(pushes.c.state).where(_OF)
_LATER = select(exists().where((calls.c.call_id == bindparam("call")) & (calls.c.revision > bindparam("number"))))


class Outbox:
    """Every method is one short transaction."""

    def __init__(self, engine: Engine) -> None:
        """`engine`: of `storage.engine.open_for_writing`."""
        self._engine = engine

    def due(self, now: datetime, *, most: int = 50) -> list[tuple[str, int, int]]:
        """Call, revision and attempts of what should be tried now, the longest due first. Each is leased: not due again for a minute."""
        waiting = (pushes.c.state == "waiting") & (pushes.c.due <= written(now))
        query = select(pushes.c.call_id, pushes.c.revision, pushes.c.attempts).where(waiting).order_by(pushes.c.due).limit(most)
        with self._engine.connect() as connection:
            if not connection.execute(query).first():
                return []
        with self._engine.begin() as connection:
            found = [(row.call_id, row.revision, row.attempts) for row in connection.execute(query)]
            for call, revision, _ in found:
                lease = {"due": written(now + timedelta(seconds=FIRST_GRACE_S))}
                connection.execute(update(pushes).where(_row(call, revision)).values(**lease))
            return found

    def persons(self) -> list[tuple[str, int, str]]:
        """Call, revision and last error of every draft that a person must look at."""
        query = select(pushes.c.call_id, pushes.c.revision, pushes.c.error).where(pushes.c.state == "person").order_by(pushes.c.call_id)
        with self._engine.connect() as connection:
            return [(row.call_id, row.revision, row.error) for row in connection.execute(query)]

    def begin_anew(self, now: datetime) -> int:
        """A person has looked: all of these are tried again from the beginning. Returns how many."""
        again = update(pushes).where(pushes.c.state == "person").values(state="waiting", attempts=0, due=written(now))
        with self._engine.begin() as connection:
            return int(connection.execute(again).rowcount)

    def begin_again(self, now: datetime) -> None:
        """At the start of a worker: what the one before it was to push for the first time may be tried at once."""
        first = (pushes.c.state == "waiting") & (pushes.c.attempts == 0)
        with self._engine.begin() as connection:
            connection.execute(update(pushes).where(first).values(due=written(now)))

    def make_due(self, call: str, revision: int, now: datetime) -> None:
        """Nobody pushes this one any more: it may be tried at once."""
        waiting = _row(call, revision) & (pushes.c.state == "waiting")
        with self._engine.begin() as connection:
            connection.execute(update(pushes).where(waiting).values(due=written(now)))

    def is_waiting(self, call: str, revision: int) -> bool:
        """Whether this revision must still be pushed. One that a later revision has overtaken need not: that one replaces the draft."""
        row = {"call": call, "number": revision}
        with self._engine.connect() as connection:
            overtaken, state = connection.execute(_LATER, row).scalar(), connection.execute(_STATE, row).scalar()
        if overtaken and state == "waiting":
            self._set(call, revision, state="overtaken", attempts=pushes.c.attempts)
        return state == "waiting" and not overtaken

    def begin(self, call: str, revision: int, now: datetime, settle: timedelta) -> bool:
        """For a backend that knows no keys, right before it is asked and perhaps sent something: may this revision be pushed now?

        Not while another revision of the call may still be on its way; then it is due when that one has come to its end. If it may, it is
        written down that it is on its way, and is not due before `settle` is over, even if this process dies now.
        """
        other = (pushes.c.call_id == call) & (pushes.c.revision != revision) & (pushes.c.state == "waiting") & (pushes.c.attempts > 0)
        underway = select(func.max(pushes.c.due)).where(other & (pushes.c.due > written(now)))
        attempts = select(pushes.c.attempts).where(_row(call, revision))
        with self._engine.begin() as connection:
            until = connection.execute(underway).scalar()
            values: dict[str, Any] = {"due": until or written(now + settle)}
            if until is None:
                values["attempts"] = max(1, connection.execute(attempts).scalar() or 0)
            connection.execute(update(pushes).where(_row(call, revision)).values(**values))
        return until is None

    def again(self, wanted: Iterable[tuple[str, int]], now: datetime) -> int:
        """Push these revisions once more from the beginning, whatever became of them; not one that still waits. Returns how many."""
        fresh = {"state": "waiting", "attempts": 0, "due": written(now), "error": ""}
        with self._engine.begin() as connection:
            rows = (_row(call, revision) & (pushes.c.state != "waiting") for call, revision in wanted)
            return sum(connection.execute(update(pushes).where(row).values(**fresh)).rowcount for row in rows)

    def delivered(self, call: str, revision: int, receipt: Receipt) -> None:
        """The backend has it."""
        self._set(call, revision, state="delivered", reference=receipt.reference, error="")

    def refused(self, call: str, revision: int, error: str) -> None:
        """The backend said no; trying again will not help."""
        self._set(call, revision, state="person", error=error)

    def failed(self, call: str, revision: int, error: str, now: datetime, *, least: timedelta = timedelta()) -> Outcome:
        """The backend did not answer. Returns `waiting`, or `person` after the last attempt. `least`: not due before that is over."""
        query = select(pushes.c.attempts).where(_row(call, revision))
        with self._engine.begin() as connection:
            attempts = (connection.execute(query).scalar() or 0) + 1
            state: Outcome = "person" if attempts >= MOST_ATTEMPTS else "waiting"
            due = now + max(least, timedelta(seconds=LADDER_S[min(attempts, len(LADDER_S)) - 1]))
            values = {"state": state, "attempts": attempts, "due": written(due), "error": error}
            connection.execute(update(pushes).where(_row(call, revision)).values(**values))
        return state

    def _set(self, call: str, revision: int, **values: Any) -> None:  # noqa: ANN401 - values of columns
        with self._engine.begin() as connection:
            connection.execute(update(pushes).where(_row(call, revision)).values({"attempts": pushes.c.attempts + 1, **values}))


def _row(call: str, revision: int) -> Any:  # noqa: ANN401 - an SQL condition
    return (pushes.c.call_id == call) & (pushes.c.revision == revision)
