"""What a decision goes by besides the ticket itself: the terms, the calendar, the dispatch catalogue, and the city's choices."""

from dataclasses import dataclass, field
from datetime import datetime

from hotline.errors import MalformedInput, OurMistake
from hotline.workdays import WorkCalendar
from tickets.clauses import CLAUSES
from tickets.dispatch import Catalogue, Tier, Unit
from tickets.terms import Appeal, Due, RuleSet, Step, due
from tickets.ticket import Secrecy

LEAST_KEEP_YEARS = 2
"""档案保存期限不少于2年 (article 5)."""


@dataclass(frozen=True, kw_only=True)
class UnitSecrecy:
    """单位报备的保密要求 (article 10-2): matters whose code begins with `code` are of this level, and only `staff` handle them there."""

    unit: str
    code: str = ""
    level: Secrecy = Secrecy.OPEN
    staff: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Everything that is not the ticket. `follow`: the first rule set that speaks holds. `place`: what codes of places of this city begin
    with. `off`: clauses that a bench switches off, empty in service."""

    follow: tuple[RuleSet, ...]
    calendar: WorkCalendar
    catalogue: Catalogue
    place: str = ""
    keep_years: int = LEAST_KEEP_YEARS
    unit_secrecy: tuple[UnitSecrecy, ...] = ()
    off: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if self.keep_years < LEAST_KEEP_YEARS:
            raise MalformedInput(f"档案至少保存{LEAST_KEEP_YEARS}年（第5条） keep_years is at least {LEAST_KEEP_YEARS}: {self.keep_years}")
        if unknown := self.off - set(CLAUSES):
            raise OurMistake(f"no such clause: {', '.join(sorted(unknown))}")

    def holds(self, clause: str) -> bool:
        """Whether this clause is enforced. Raises `OurMistake` for a name that nobody knows."""
        if clause not in CLAUSES:
            raise OurMistake(f"no such clause: {clause}")
        return clause not in self.off

    def due(self, step: Step, appeal: Appeal, began: datetime) -> Due:
        """The term that began then. Raises `MalformedInput` where no rule set speaks."""
        return due(step, appeal, began, follow=self.follow, calendar=self.calendar)

    def unit(self, unit: str) -> Unit:
        """Raises `MalformedInput` for a unit that is not there."""
        known = self.catalogue.units.get(unit)
        if known is None:
            raise MalformedInput(f"没有单位{unit[:40]} no such unit; choose one of the dispatch catalogue")
        return known

    def reported(self, unit: str, code: str) -> tuple[UnitSecrecy, ...]:
        """What this unit reported about matters of this code; nothing where the clause is not enforced."""
        mine = (rule for rule in self.unit_secrecy if rule.unit == unit and code.startswith(rule.code))
        return tuple(mine) if self.holds("10-2b") else ()

    def above(self, unit: str) -> tuple[str, ...]:
        """The unit's superiors, the nearest first."""
        row: list[str] = []
        known = self.catalogue.units.get(unit)
        while known is not None and known.above and known.above not in row:
            row.append(known.above)
            known = self.catalogue.units.get(known.above)
        return tuple(row)

    def touched(self, unit: str, accused: frozenset[str]) -> bool:
        """Whether it is one of the accused, or stands under one."""
        return not accused.isdisjoint((unit, *self.above(unit)))

    def is_member(self, unit: str) -> bool:
        """二级: a unit that the platform itself dispatches to."""
        return self.unit(unit).tier is not Tier.BELOW
