"""守门: asks the gate on behalf of an endpoint, and writes down what it answered, before anything is shown.

What was done to a ticket is in its history, in the same transaction; its line in the access log follows (`Guard.done`).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from console.problems import Problem, not_there
from hotline.access import Access, AccessLog, Actor
from hotline.errors import DoorClosed
from hotline.gate import Act, Subject, Verdict, may

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Guard:
    """One for the whole console."""

    log: AccessLog
    now: Callable[[], datetime]

    async def let(
        self, actor: Actor, act: Act, *, subject: Subject | None = None, about: str = "", source: str = "", noted: bool = True
    ) -> None:
        """Returns if he may. Raises 403, or 404 where it must look as if there were nothing; `DoorClosed` when it cannot be written down.

        `about`: number or id of what it is about, of something that there is. `noted` False: a yes is written down by whoever does it.
        """
        verdict = may(actor, act, subject)
        if noted or not verdict.ok:
            line = Access(at=self.now(), actor=actor.id, act=act, ticket=about, done=verdict.ok, why=verdict.why, source=source)
            await self.log.keep(line)
        if not verdict.ok:
            raise refusal(verdict)

    async def done(self, line: Access) -> None:
        """Write down what was carried out and cannot be taken back: never raises `DoorClosed`.

        Whoever were told now that it failed would do it once more. A line that cannot be kept stands whole in the process' log, as an
        error; it holds ids only.
        """
        try:
            await self.log.keep(line)
        except DoorClosed as error:
            why = type(error.__cause__ or error).__name__
            said = (line.at.isoformat(), line.actor, line.act, line.ticket, line.source, why)
            log.error("访问日志写不进，操作已执行，请补记 done, but the access log misses it: %s %s %s %s from %s (%s)", *said)


def refusal(verdict: Verdict) -> Problem:
    """A no, as it is told over HTTP."""
    return not_there() if verdict.hidden else Problem(403, "not_allowed", verdict.why, article=verdict.article)
