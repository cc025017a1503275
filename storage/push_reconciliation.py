"""Reconciliation (对账): what the ticket backend was given on a day, held against what it says it has.

The comparison is pure; `PushBook` reads our side from the outbox.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import Engine, Row, exists, select

from hotline.workdays import midnight, midnight_after
from storage.backend_http import Held
from storage.tables import calls, pushes, written


class What(StrEnum):
    """What is wrong with a call's record. The first two mend themselves by being pushed again; the others are for a person."""

    MISSING = "对方没有 missing"
    OLDER = "对方的版本较旧 older there"
    DOUBLED = "对方有多份 doubled there"
    OTHER_REFERENCE = "对方编号与回执不同 another reference than on our receipt"
    UNKNOWN = "本机没有这次通话 no such call here"
    NOT_DELIVERED = "推送不成功 could not be delivered"


MENDED_BY_PUSHING: Final = frozenset({What.MISSING, What.OLDER})


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """One call, as the outbox knows it: its newest revision and that one's state, and the newest one that was delivered (0: none)."""

    call: str
    revision: int
    state: str
    error: str = ""
    delivered: int = 0
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not as it should be, with its reason in words."""

    call: str
    revision: int
    what: What
    words: str


class PushBook:
    """Reading the outbox by day (China)."""

    def __init__(self, engine: Engine) -> None:
        """`engine`: any of `storage.engine`."""
        self._engine = engine

    def of_day(self, day: date) -> list[Pushed]:
        """Every call of the day that has a draft, by its number."""
        within = (calls.c.arrived >= written(midnight(day))) & (calls.c.arrived < written(midnight_after(day)))
        joined = pushes.join(calls, (calls.c.call_id == pushes.c.call_id) & (calls.c.revision == pushes.c.revision))
        query = select(pushes).select_from(joined).where(within).order_by(pushes.c.call_id, pushes.c.revision)
        with self._engine.connect() as connection:
            return _by_call(connection.execute(query))

    def of_call(self, call: str) -> Pushed | None:
        """One call; None when it left no draft."""
        query = select(pushes).where(pushes.c.call_id == call).order_by(pushes.c.revision)
        with self._engine.connect() as connection:
            return next(iter(_by_call(connection.execute(query))), None)

    def knows(self, call: str) -> bool:
        """Whether there was such a call at all."""
        with self._engine.connect() as connection:
            return bool(connection.execute(select(exists().where(calls.c.call_id == call))).scalar())


def compare(pushed: Iterable[Pushed], held: Mapping[str, Sequence[Held]]) -> list[Finding]:
    """What is not as it should be, by call. `held`: by our number; what the backend has besides is no concern of this."""
    return [finding for ours in pushed for finding in _look(ours, held.get(ours.call, ()))]


def by_number(held: Iterable[Held]) -> dict[str, list[Held]]:
    """The backend's records under our number."""
    found: dict[str, list[Held]] = defaultdict(list)
    for each in held:
        found[each.number].append(each)
    return found


def _look(ours: Pushed, theirs: Sequence[Held]) -> list[Finding]:
    def finding(what: What, words: str) -> list[Finding]:
        return [Finding(call=ours.call, revision=ours.revision, what=what, words=words)]

    if len(theirs) > 1:
        return finding(What.DOUBLED, "、".join(each.reference for each in theirs))
    if ours.state == "person":
        return finding(What.NOT_DELIVERED, ours.error)
    if not ours.delivered:
        return []  # still on its way: the outbox sees to it, and a person when it must give up
    if not theirs:
        return finding(What.MISSING, f"回执 receipt {ours.reference}")
    (one,) = theirs
    if ours.reference not in ("", ours.call, one.reference):
        return finding(What.OTHER_REFERENCE, f"回执 receipt {ours.reference}，对方 there {one.reference}")
    if one.revision and one.revision < ours.delivered:
        return finding(What.OLDER, f"对方 there {one.revision}，已送达 delivered {ours.delivered}")
    return []


def _by_call(rows: Iterable[Row[tuple[object, ...]]]) -> list[Pushed]:
    """Rows come by call and revision, so that the last of a call is its newest."""
    found: dict[str, Pushed] = {}
    for row in rows:
        before = found.get(row.call_id)
        got = row.state == "delivered"
        found[row.call_id] = Pushed(
            call=row.call_id,
            revision=row.revision,
            state=row.state,
            error=row.error,
            delivered=row.revision if got else before.delivered if before else 0,
            reference=row.reference if got else before.reference if before else "",
        )
    return list(found.values())
