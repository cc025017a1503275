"""考核 wired: facts from the ledger's database, definitions from config/assessment, names of units from the accounts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from assessment.bulletin import Bulletin
from assessment.model import Definitions, Period
from assessment.policy import figures, in_force
from hotline.access import MOST_SECRET
from hotline.workdays import CHINA
from storage.assessment import AssessmentFacts
from storage.bulletins import Bulletins

PUBLIC: Final = MOST_SECRET - 1
"""Of what is published, and of everybody who is not cleared: 涉密专渠 does not exist for them (article 10-2)."""

FRESH: Final = timedelta(minutes=1)
"""So long a reckoning is shown once more."""


@dataclass(frozen=True, kw_only=True)
class Assessing:
    """The door `console.api_assessment.Assessment`. `units`: names by id, asked anew each time."""

    facts: AssessmentFacts
    definitions: Sequence[Definitions]
    units: Callable[[], Mapping[str, str]]
    kept: Bulletins
    _lately: dict[int, Bulletin] = field(default_factory=dict)
    """The last one of each clearance: a page asks for one month many times."""

    def bulletin(self, period: Period, *, cleared: int, now: datetime) -> Bulletin:
        """The figures as they stood within the last minute, without tickets that are more secret than `cleared` allows."""
        known = self._lately.get(max(cleared, PUBLIC))
        if known is None or known.period != period or not timedelta() <= now - known.reckoned_at < FRESH:
            known = self._lately[max(cleared, PUBLIC)] = self._reckoned(period, cleared=cleared, now=now)
        return known

    def _reckoned(self, period: Period, *, cleared: int, now: datetime) -> Bulletin:
        definitions = in_force(self.definitions, period.begin.astimezone(CHINA).date())
        limit = max(cleared, PUBLIC)
        handlings = [it for it in self.facts.handlings(period) if it.secrecy <= limit]
        found = figures(handlings, self.facts.rated(period), definitions, period, now)
        return Bulletin(period=period, definitions=definitions, reckoned_at=now, figures=tuple(found), units=self.units())

    def publish(self, period: Period, *, by: str, now: datetime) -> dict[str, Any]:
        """Publish it as it stands now: without anything of 涉密专渠, whoever publishes."""
        return self.kept.publish(self._reckoned(period, cleared=PUBLIC, now=now), by=by, at=now)

    def published(self) -> Sequence[dict[str, Any]]:
        """What was published, the newest first."""
        return self.kept.all()

    def publication(self, bulletin_id: str) -> dict[str, Any] | None:
        """One of them."""
        return self.kept.one(bulletin_id)
