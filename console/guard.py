"""守门: asks the gate on behalf of an endpoint, and writes down what it answered, before anything is shown or done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from console.problems import Problem, not_there
from hotline.access import Access, AccessLog, Actor
from hotline.gate import Act, Subject, Verdict, may


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


def refusal(verdict: Verdict) -> Problem:
    """A no, as it is told over HTTP."""
    return not_there() if verdict.hidden else Problem(403, "not_allowed", verdict.why, article=verdict.article)
