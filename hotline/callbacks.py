"""Callbacks (回拨): whom the house owes a call, when it tries, and the order to begin one.

The citizen asked for it in the wait and keeps his place (`ASKED`), or nobody answered him (`MISSED`, 漏接回拨, 国办函〔2025〕66号), or the
switch died under his call (`CUT_OFF`), or nobody answered his emergency (`EMERGENCY`). The ledger keeps what is owed; routing is told of it
and calls.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

from hotline.identity import AgentId, CallId, LegId

ASKED: Final = "asked"
MISSED: Final = "missed"
CUT_OFF: Final = "cut_off"
EMERGENCY: Final = "emergency"
"""He asked for 110, 120, 119 or 122, reached neither them nor an agent, and is gone: only a live emergency goes before him, at any hour."""

IN_LINE: Final = frozenset({EMERGENCY, ASKED})
"""Reasons with which one stands in line and is called when it is his turn; all others are called when it is quiet."""

NEVER_AGAIN: Final = frozenset({"not_allowed"})
"""Outcomes after which another try would end alike."""
NO_TRY: Final = frozenset({"given_up"})
"""Outcomes that say nothing about the citizen: the agent hung up before he could answer."""
TALKED: Final = "talked"

_CHINA: Final = timezone(timedelta(hours=8))


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How often he is tried, how long after a try the next one is, and between which hours of the day (China)."""

    attempts: int = 3
    pauses: tuple[timedelta, ...] = (timedelta(minutes=10), timedelta(hours=1))
    opens: int = 8
    closes: int = 21

    def after(self, attempts: int, tried: datetime) -> datetime:
        """When he may be tried again after so many attempts, the last of them at `tried`."""
        return tried + self.pauses[min(attempts, len(self.pauses)) - 1] if attempts and self.pauses else tried

    def open_at(self, moment: datetime) -> bool:
        """Nobody is called at night."""
        return self.opens <= moment.astimezone(_CHINA).hour < self.closes

    def over(self, attempts: int, outcome: str) -> bool:
        """Whether nobody tries any more."""
        return outcome in NEVER_AGAIN or attempts >= self.attempts


@dataclass(frozen=True, kw_only=True)
class Owed:
    """One call that is owed (回拨任务), named by the call for which it is. `number`: the citizen's; `called`: the line that he had dialled.

    `since`: Unix seconds at which his wait began, or his call; `skills` and `priority` as in that wait. `attempts`: how often he was tried;
    `due`: Unix seconds before which he is not tried again.
    """

    call: CallId
    number: str
    called: str
    reason: str
    since: float
    skills: tuple[str, ...] = ()
    priority: int = 0
    attempts: int = 0
    due: float = 0.0


@dataclass(frozen=True, kw_only=True)
class CallBack:
    """Ring this agent; when he picks up he is told that it is a callback, and the citizen is called. Raises `Refused`.

    If the agent does not take it, that comes as the end of `leg`; the rest as the facts of an outgoing call of its own.
    """

    agent: AgentId
    leg: LegId
    task: CallId
    number: str
    attempt: int
    why: str
    ring_seconds: int
